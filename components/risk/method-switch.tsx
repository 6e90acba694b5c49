import { METHOD_WORDS, type Method } from "./risk-words";

/** One choice out of a few, side by side. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="seg" style={{ margin: 0 }}>
      <legend className="sr">{label}</legend>
      {options.map(([id, name]) => (
        <button key={id} type="button" aria-pressed={id === value} onClick={() => onChange(id)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}

const METHODS = (Object.keys(METHOD_WORDS) as Method[]).map((id) => [id, METHOD_WORDS[id].name] as const);

/** How value at risk is computed. */
export const MethodSwitch = ({ value, onChange }: { value: Method; onChange: (method: Method) => void }) => (
  <Segments label="How value at risk is computed" value={value} options={METHODS} onChange={onChange} />
);
