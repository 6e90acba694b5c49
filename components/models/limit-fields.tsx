import { fieldMessage, formMessage } from "@/components/format/field-message";
import { LaterLimitFields } from "@/components/risk/later-limit-fields";
import { LIMIT_GROUPS } from "@/components/risk/later-limits";
import { Field } from "@/components/ui/field";
import type { LimitsDraft } from "./limits-draft";

export type LimitFieldSpec = {
  readonly name: Exclude<keyof LimitsDraft, "later">;
  readonly path: string;
  readonly label: string;
  readonly hint: string;
};
type Refusal = Parameters<typeof fieldMessage>[0];
type Props = {
  readonly fields: readonly LimitFieldSpec[];
  readonly draft: LimitsDraft;
  readonly set: (draft: LimitsDraft) => void;
  readonly refusal: Refusal;
  /** What notionals are in, as words. */
  readonly currency: string;
};

/** What is wrong with the limits as a whole; null when nothing is, or one of the fields is to blame. */
export const wholeLimitsMessage = (refusal: Refusal, fields: readonly LimitFieldSpec[]): string | null =>
  formMessage(refusal, [...fields.map((f) => f.path), ...LIMIT_GROUPS.flatMap((g) => g.fields.map((f) => `limits.${f.name}`))]);

/** The main limits as fields and, folded, the later ones: of an agent's superiors, the workspace and its farms. */
export const LimitFields = ({ fields, draft, set, refusal, currency }: Props) => (
  <>
    <div className="form-grid">
      {fields.map(({ name, path, label, hint }) => (
        <Field key={name} label={label} hint={hint} error={fieldMessage(refusal, path)}>
          <input
            type="text"
            className="inp"
            inputMode={name === "allowedSymbols" ? "text" : "decimal"}
            value={draft[name]}
            onChange={(e) => set({ ...draft, [name]: e.target.value })}
          />
        </Field>
      ))}
    </div>
    <LaterLimitFields
      draft={draft.later}
      set={(later) => set({ ...draft, later })}
      error={(path) => fieldMessage(refusal, path)}
      currency={currency}
    />
  </>
);
