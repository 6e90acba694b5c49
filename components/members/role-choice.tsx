import { useId } from "react";
import { ROLES, type Role } from "./role-words";

/** One of the three roles, each with what it may do. */
export function RoleChoice({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const name = useId();
  return (
    <fieldset className="stack g2">
      <legend className="lbl">Role</legend>
      {ROLES.map(({ role, label, may }) => (
        <label key={role} className="row-t">
          <input type="radio" name={name} checked={value === role} onChange={() => onChange(role)} style={{ marginTop: 3 }} />
          <span>
            <span className="med">{label}</span> <span className="hint">{may}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
