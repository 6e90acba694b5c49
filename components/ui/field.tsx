import { cloneElement, type InputHTMLAttributes, type ReactElement, useId } from "react";

type Control = ReactElement<InputHTMLAttributes<HTMLInputElement> & { className?: string }>;

/** A labelled control with its hint and its error; the error is read with the control. */
export function Field({
  label,
  hint,
  error,
  unit,
  children,
}: {
  label: string;
  hint?: string;
  error?: string | null;
  unit?: string;
  children: Control;
}) {
  const id = useId();
  const described = [error ? `${id}-e` : null, hint ? `${id}-h` : null].filter(Boolean).join(" ");
  const control = cloneElement(children, {
    id,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": described || undefined,
    className: `${children.props.className ?? "inp"}${error ? " bad" : ""}`,
  });
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {unit ? (
        <div className="inp-u">
          {control}
          <span>{unit}</span>
        </div>
      ) : (
        control
      )}
      {error && (
        <p className="err" id={`${id}-e`}>
          {error}
        </p>
      )}
      {hint && (
        <p className="hint" id={`${id}-h`}>
          {hint}
        </p>
      )}
    </div>
  );
}
