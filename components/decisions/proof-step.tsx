import { RotateCcw } from "lucide-react";
import type { DecisionDetail, ReplayView } from "@/server/api/contract";
import { HashRow } from "./hash-row";
import { ReplayPanel } from "./replay-panel";
import type { ReplayState } from "./replay-state";
import { Step } from "./step";

type Props = { n: number; view: DecisionDetail; replay: ReplayState; result: ReplayView | undefined; onReplay: () => void };

/** The hashes of the record and the button that computes them again from what was recorded. */
export function ProofStep({ n, view, replay, result, onReplay }: Props) {
  const replayed = result && result.result !== "cannot" ? new Map(result.stages.map((s) => [s.stage, s.replayed])) : null;
  const running = replay.state === "running";
  return (
    <Step n={n} id="proof" title="Proof" about="Hashes of what was recorded" aside={view.recordHash ? "sealed" : "not sealed yet"}>
      <div className="card">
        <div aria-live="polite">
          <ReplayPanel replay={replay} result={result} />
        </div>
        <div className="row wrap between" style={{ padding: "12px 16px 0" }}>
          <span className="fs12 t2" style={{ maxWidth: "60ch" }}>
            A replay runs the decision again from its recorded inputs and answers, reads nothing live and changes nothing.
          </span>
          <button type="button" className="btn" onClick={onReplay} disabled={running}>
            <RotateCcw className="i i-s" aria-hidden="true" />
            {running ? "Replaying…" : replay.state === "idle" ? "Replay" : "Replay again"}
          </button>
        </div>
        <dl className="kv fs12" style={{ padding: "12px 16px" }}>
          {view.stages.map((s) => (
            <HashRow key={s.stage} name={s.stage} hash={s.hash} replayed={replayed?.get(s.stage)} />
          ))}
          {view.recordHash && <HashRow name="record" hash={view.recordHash} />}
          <dt>Build</dt>
          <dd className="mono">{view.build}</dd>
          <dt>Configuration</dt>
          <dd>version {view.configVersion}</dd>
          <dt>Tick</dt>
          <dd className="mono" style={{ overflowWrap: "anywhere" }}>
            {view.tickId}
          </dd>
        </dl>
      </div>
    </Step>
  );
}
