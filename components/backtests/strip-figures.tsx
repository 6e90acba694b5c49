import { Money } from "@/components/format/number";
import type { StripFigure } from "@/components/ui/figure-strip";
import type { BacktestResult } from "@/server/backtest";
import { Drawdown, SignedReturn } from "./figures";

type Measured = Pick<BacktestResult, "performance" | "holdPerformance" | "equity" | "capital" | "currency">;

/** What the money became. */
export const netReturn = (label: string, { performance, equity, capital, currency }: Measured): StripFigure => ({
  label,
  value: <SignedReturn figure={performance.totalReturn} />,
  note: (
    <>
      <Money value={equity} unit={currency} /> from <Money value={capital} />
    </>
  ),
});

/** The deepest fall, beside holding's. */
export const drawdown = ({ performance, holdPerformance }: Measured): StripFigure => ({
  label: "Deepest drawdown",
  value: <Drawdown depth={performance.drawdown.depth} />,
  note: (
    <>
      hold <Drawdown depth={holdPerformance.drawdown.depth} />
    </>
  ),
});
