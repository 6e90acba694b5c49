import type { ReactNode } from "react";

type Props = {
  /** What keeps the whole form from being saved; null when nothing does, or one field is to blame. */
  readonly problem: string | null;
  readonly label: string;
  readonly pending: boolean;
  readonly disabled?: boolean;
  /** Said once it is saved. */
  readonly saved: string | null;
  readonly children?: ReactNode;
};

/** The end of a form: what is wrong with all of it, the button, and the word that it is saved. */
export const FormFoot = ({ problem, label, pending, disabled = false, saved, children }: Props) => (
  <>
    {problem && (
      <p className="err" role="alert">
        {problem}
      </p>
    )}
    <div className="row wrap">
      {children}
      <button type="submit" className="btn pri" disabled={pending || disabled}>
        {pending ? "Saving…" : label}
      </button>
      <span className="gain fs12" role="status">
        {saved}
      </span>
    </div>
  </>
);
