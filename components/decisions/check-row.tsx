import { formatFigure, isDecimal, percentOf, scaled, unscaled } from "@/components/format/decimal-text";
import type { DecisionDetail } from "@/server/api/contract";
import { hasBar, levelName, ruleName, verdictWord } from "./rule-words";

type Check = NonNullable<DecisionDetail["verdict"]>["checks"][number];

/** One rule: its limit beside the value before and the value asked for. */
export function CheckRow({ check, decided }: { check: Check; decided: boolean }) {
  const { word, tone } = verdictWord(check.outcome);
  const name = ruleName(check.rule);
  const numbers = [check.before, check.asked, check.limit].every(isDecimal);
  return (
    <li style={{ display: "grid", gap: 7, padding: "11px 0", borderTop: "1px solid var(--line-1)" }}>
      <div className="row wrap" style={{ gap: "2px 8px" }}>
        <span className={decided ? "med" : "t2"}>{name}</span>
        <span className="fs11 t3">{levelName(check.level)}</span>
        <span className={`bdg ${tone || "quiet"}`} style={{ height: 18 }}>
          {word.toLowerCase()}
        </span>
        {decided && (
          <span className="bdg" style={{ height: 18 }}>
            this rule decided
          </span>
        )}
        {(check.before || check.asked || check.limit) && (
          <span className="fs12" style={{ marginLeft: "auto" }}>
            <Figure label="before" text={check.before} /> <Figure label="asked" text={check.asked} strong={check.outcome !== "pass"} />{" "}
            <Figure label="limit" text={check.limit} /> <span className="t3">{check.unit}</span>
          </span>
        )}
      </div>
      {numbers && scaled(check.limit) > 0n && hasBar(check.rule) && <CheckBar check={check} name={name} />}
      {check.reason && <span className="fs12 t3">{check.reason}</span>}
    </li>
  );
}

function Figure({ label, text, strong = false }: { label: string; text: string; strong?: boolean }) {
  return (
    <span style={{ marginLeft: 8 }}>
      <span className="t3">{label}</span>{" "}
      <span className={strong ? "loss num" : "num"}>{isDecimal(text) ? formatFigure(text, { max: 6 }) : text || "—"}</span>
    </span>
  );
}

/** Before (solid), asked up to the limit, asked beyond it (hatched), and the limit as a tick; all on one scale. */
function CheckBar({ check, name }: { check: Check; name: string }) {
  const [before, asked, limit] = [scaled(check.before), scaled(check.asked), scaled(check.limit)];
  const top = unscaled((largest([before, asked, limit]) * 106n) / 100n);
  const at = (value: string) => percentOf(value, top);
  const [beforeAt, askedAt, limitAt] = [at(check.before), at(check.asked), at(check.limit)];
  const within = Math.min(askedAt, limitAt);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot show what was there before, what is asked and the limit at once
    <div
      className="bar l"
      role="meter"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={Number(check.limit)}
      aria-valuenow={Math.max(0, Math.min(Number(check.asked), Number(check.limit)))}
      aria-valuetext={`asked ${check.asked} of ${check.limit} ${check.unit}`}
    >
      <i style={{ width: `${beforeAt}%`, opacity: 0.55 }} />
      {within > beforeAt && <i style={{ left: `${beforeAt}%`, width: `${within - beforeAt}%`, right: "auto" }} />}
      {askedAt > limitAt && <i className="ask" style={{ left: `${limitAt}%`, width: `${askedAt - limitAt}%`, right: "auto" }} />}
      <b style={{ left: `${limitAt}%` }} />
    </div>
  );
}

const largest = (values: readonly bigint[]): bigint => [...values].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))[0] ?? 0n;
