import { Field } from "./field";

/** A labelled choice among few. */
export function Select({
  label,
  value,
  onChange,
  options,
  error,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [string, string])[];
  error?: string | null;
}) {
  return (
    <Field label={label} error={error ?? null}>
      <SelectControl value={value} onChange={(e) => onChange(e.target.value)} options={options} />
    </Field>
  );
}

const SelectControl = ({
  options,
  ...props
}: {
  value: string;
  onChange: (e: { target: { value: string } }) => void;
  options: readonly (readonly [string, string])[];
  id?: string;
  className?: string;
}) => (
  <select {...props}>
    {options.map(([id, text]) => (
      <option key={id} value={id}>
        {text}
      </option>
    ))}
  </select>
);
