import { Field } from "@/components/ui/field";
import { newProtection, PROTECTION_KINDS, type ProtectionDraft, type ProtectionKind } from "./protections-draft";

type Props = {
  readonly drafts: readonly ProtectionDraft[];
  readonly set: (next: readonly ProtectionDraft[]) => void;
  readonly error: (path: string) => string | null;
};

const MOST = 8;

/** The agent's protections, one box each, and a button for each kind that can be added. */
export function ProtectionFields({ drafts, set, error }: Props) {
  const add = (kind: ProtectionKind) => set([...drafts, newProtection(kind, Math.max(0, ...drafts.map((d) => d.key)) + 1)]);
  return (
    <div className="stack g3">
      {drafts.length === 0 && <p className="t3">None.</p>}
      {drafts.map((draft, i) => (
        <One
          key={draft.key}
          draft={draft}
          set={(next) => set(drafts.map((d) => (d.key === draft.key ? next : d)))}
          remove={() => set(drafts.filter((d) => d.key !== draft.key))}
          error={(name) => error(`protections.${i}.${name}`)}
        />
      ))}
      <div className="row wrap">
        {(Object.keys(PROTECTION_KINDS) as ProtectionKind[]).map((kind) => (
          <button key={kind} type="button" className="btn sm" disabled={drafts.length >= MOST} onClick={() => add(kind)}>
            Add {PROTECTION_KINDS[kind].title.toLowerCase()}
          </button>
        ))}
      </div>
      {error("protections") && !drafts.some((_, i) => error(`protections.${i}`)) && <p className="err">{error("protections")}</p>}
    </div>
  );
}

function One({
  draft,
  set,
  remove,
  error,
}: {
  draft: ProtectionDraft;
  set: (next: ProtectionDraft) => void;
  remove: () => void;
  error: (name: string) => string | null;
}) {
  const { title, what, fields } = PROTECTION_KINDS[draft.kind];
  return (
    <fieldset className="boxed stack g3">
      <legend className="sr">{title}</legend>
      <div className="row between">
        <b className="med">{title}</b>
        <button type="button" className="btn sm" onClick={remove} aria-label={`Remove ${title.toLowerCase()}`}>
          Remove
        </button>
      </div>
      <p className="hint">{what}</p>
      <div className="form-grid">
        {fields.map(({ name, label, unit, hint }) => (
          <Field key={name} label={label} unit={unit} {...(hint && { hint })} error={error(name)}>
            <input
              className="inp"
              inputMode={name.endsWith("Percent") ? "decimal" : "numeric"}
              autoComplete="off"
              value={draft[name]}
              onChange={(e) => set({ ...draft, [name]: e.target.value })}
            />
          </Field>
        ))}
      </div>
      {draft.kind === "stop-loss-guard" && (
        <label className="row">
          <input type="checkbox" checked={draft.onlyPerPair} onChange={(e) => set({ ...draft, onlyPerPair: e.target.checked })} />
          <span>Count and stop each market by itself</span>
        </label>
      )}
    </fieldset>
  );
}
