import { useState } from "react";
import { Field } from "@/components/ui/field";
import { type LaterDraft, LIMIT_GROUPS, type LimitField, type LimitGroup } from "./later-limits";

type Props = {
  readonly draft: LaterDraft;
  readonly set: (next: LaterDraft) => void;
  /** The message that belongs to a field, by its path in the API's input. */
  readonly error: (path: string) => string | null;
  readonly currency: string;
};

/** Limits beyond the first five, by group, folded away until one is set or refused. */
export function LaterLimitFields(props: Props) {
  return (
    <div className="folds">
      {LIMIT_GROUPS.map((group) => (
        <Group key={group.title} group={group} {...props} />
      ))}
    </div>
  );
}

function Group({ group, draft, set, error, currency }: Props & { group: LimitGroup }) {
  const used = group.fields.filter((f) => draft[f.name].trim() !== "").length;
  const wrong = group.fields.some((f) => error(`limits.${f.name}`) !== null);
  const [open, setOpen] = useState(false);
  return (
    <details open={open || wrong} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <span className="med">{group.title}</span> <span className="t3">{used === 0 ? "not set" : `${used} set`}</span>
      </summary>
      <div className="stack g3">
        <p className="hint">{group.hint}</p>
        <div className="form-grid">
          {group.fields.map((f) => (
            <Field
              key={f.name}
              label={f.label}
              {...(f.unit && { unit: f.unit === "quote" ? currency : f.unit })}
              {...(f.hint && { hint: f.hint })}
              error={error(`limits.${f.name}`)}
            >
              <Control field={f} value={draft[f.name]} onChange={(e) => set({ ...draft, [f.name]: e.target.value })} />
            </Field>
          ))}
        </div>
      </div>
    </details>
  );
}

type Change = { target: { value: string } };

function Control({ field, ...rest }: { field: LimitField; value: string; onChange: (e: Change) => void; id?: string; className?: string }) {
  if (field.name === "sectors") return <textarea rows={3} maxLength={8000} {...rest} />;
  return <input inputMode={field.name === "tradingHours" ? "text" : field.whole ? "numeric" : "decimal"} autoComplete="off" {...rest} />;
}
