import { formatPercent } from "@/components/format/decimal-text";
import { Return, Unknown } from "@/components/format/number";
import type { EvidenceView } from "@/server/api/contract";
import { days, lengthText, ratio, sure, trialsText } from "./evidence-text";

/** What the spread of the trials' ratios was taken from. */
const LUCK_FROM = {
  "known trials": "from how far the known trials lie apart",
  default: "from how far chance alone lies apart",
} as const;

/** Each figure with what it is measured against; a dash and the reason where there is none. */
export function EvidenceFigures({ evidence: e }: { evidence: EvidenceView }) {
  const { score, band } = e;
  const why = e.refusal?.message ?? "Not known yet";
  const exposure = e.exposure.map((x) => `${formatPercent(x.average.toFixed(6), 1)} ${x.symbol}`).join(", ");
  return (
    <>
      <dl className="evf">
        <div>
          <dt className="fig-l">Deflated Sharpe</dt>
          <dd className="fig-m num">{score ? score.deflated.toFixed(3) : <Unknown reason={why} />}</dd>
          <dd className="fs12 t3">
            probability of more than luck, after {e.trials} {e.trials === 1 ? "trial" : "trials"}
          </dd>
        </div>
        <div>
          <dt className="fig-l">When every look counts</dt>
          <dd className="fig-m num">{score ? score.anyTime.toFixed(3) : <Unknown reason={why} />}</dd>
          <dd className="fs12 t3">deflated, whenever and however often it is looked at: what going live asks for</dd>
        </div>
        <div>
          <dt className="fig-l">Probabilistic Sharpe</dt>
          <dd className="fig-m num">{score ? score.probabilistic.toFixed(3) : <Unknown reason={why} />}</dd>
          <dd className="fs12 t3">the same as if it had been the only one tried</dd>
        </div>
        <div>
          <dt className="fig-l">Trials</dt>
          <dd className="fig-m num">{e.trials}</dd>
          <dd className="fs12 t3">{trialsText(e) || "this record alone"}</dd>
        </div>
        <div>
          <dt className="fig-l">Record</dt>
          <dd className="fig-m num">{score && e.sample ? days(e.sample.days) : <Unknown reason={why} />}</dd>
          <dd className="fs12 t3">{lengthText(e)}</dd>
        </div>
        <div>
          <dt className="fig-l">Above the matched hold</dt>
          <dd className="fig-m">{score ? <Return value={score.excessReturn.toFixed(6)} /> : <Unknown reason={why} />}</dd>
          <dd className="fs12 t3">{exposure ? `that hold has ${exposure} on average` : "a hold of the same average exposure"}</dd>
        </div>
        <div>
          <dt className="fig-l">Sharpe of that, a year</dt>
          <dd className="fig-m num">{score ? ratio(score.yearlySharpe) : <Unknown reason={why} />}</dd>
          <dd className="fs12 t3">
            {score && e.trials > 1 ? `luck alone: ${ratio(score.luckYearlySharpe)}, ${LUCK_FROM[score.varianceFrom]}` : "luck alone: 0.00"}
            {band?.sharpeLow != null &&
              band.sharpeHigh != null &&
              `; the agent's own, reshuffled: ${ratio(band.sharpeLow, 1)} to ${ratio(band.sharpeHigh, 1)}`}
          </dd>
        </div>
      </dl>
      {score && score.probabilistic > 0.5 && score.deflated < 0.5 && (
        <p className="hint">
          It beats its hold, but by no more than the best of {e.trials} lucky ones would: {sure(score.deflated)}.
        </p>
      )}
    </>
  );
}
