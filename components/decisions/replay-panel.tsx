import { CircleCheck, CircleHelp, OctagonX } from "lucide-react";
import type { ReplayView } from "@/server/api/contract";
import type { ReplayState } from "./replay-state";

/** How the replay ended, in place: identical, different with both values, or what was missing. */
export function ReplayPanel({ replay, result }: { replay: ReplayState; result: ReplayView | undefined }) {
  if (replay.state === "idle") return null;
  if (replay.state === "running")
    return (
      <p className="fs12 t2" style={{ padding: "14px 16px 0" }}>
        Running the decision again, stage by stage…
      </p>
    );
  const tone = replay.state === "identical" ? "gain" : replay.state === "cannot" ? "warn" : "loss";
  const Icon = tone === "gain" ? CircleCheck : tone === "warn" ? CircleHelp : OctagonX;
  return (
    <div style={{ padding: "12px 12px 0" }}>
      <div className={`note ${tone}`}>
        <Icon className="i" aria-hidden="true" />
        <div className="grow">
          <b className="semi">{replay.title}</b>
          <p className="fs12 t2" style={{ overflowWrap: "anywhere" }}>
            {replay.text}
          </p>
          {result?.result === "different" && (
            <dl className="stack g1 fs12" style={{ marginTop: 8 }}>
              <dt className="t3">Recorded</dt>
              <dd className="well">{result.recorded}</dd>
              <dt className="t3">Replayed</dt>
              <dd className="well">{result.replayed}</dd>
            </dl>
          )}
        </div>
      </div>
    </div>
  );
}
