import { CircleCheck, OctagonX } from "lucide-react";
import { apiError } from "@/components/api/api-error";
import type { ModelTestView } from "@/server/api/contract";
import { usd } from "./budget-bar";

/** What a test of a key showed, or why there was none. */
export function KeyTestResult({ result, failure }: { result: ModelTestView | undefined; failure: unknown }) {
  if (failure)
    return (
      <div className="note loss" role="alert">
        <OctagonX className="i" aria-hidden="true" />
        <p>
          <b className="semi">The key was not tested.</b> {apiError(failure).message} Nothing was stored.
        </p>
      </div>
    );
  if (!result) return null;
  const good = result.accepted && result.structured;
  return (
    <div className={`note ${good ? "gain" : result.accepted ? "warn" : "loss"}`} role="status">
      {result.accepted ? <CircleCheck className="i" aria-hidden="true" /> : <OctagonX className="i" aria-hidden="true" />}
      <div className="grow">
        <b className="semi">{good ? "Test passed" : result.accepted ? "Key accepted, answer not usable" : "Key refused"}</b>
        {result.error && <p className="fs12 t2">{result.error}</p>}
        <dl className="kv fs12" style={{ marginTop: 6 }}>
          <dt>Key accepted</dt>
          <dd>{result.accepted ? "yes" : "no"}</dd>
          <dt>Structured output</dt>
          <dd>{result.structured ? "valid" : "not valid"}</dd>
          <dt>Answer of {result.model}</dt>
          <dd>{result.latencyMs.toLocaleString("en-US")} ms</dd>
          <dt>Tokens in, out</dt>
          <dd>
            {result.usage.inputTokens}, {result.usage.outputTokens}
          </dd>
          <dt>Cost of the test</dt>
          <dd>{usd(result.cost)} USD</dd>
        </dl>
      </div>
    </div>
  );
}
