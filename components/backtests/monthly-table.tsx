import type { MonthlyReturn } from "@/server/backtest";
import { SignedReturn } from "./figures";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A row a year, a column a month; below each return what holding made. Months compound to the year. */
export function MonthlyTable({ months, total, holdTotal }: { months: readonly MonthlyReturn[]; total: number; holdTotal: number }) {
  const years = [...new Set(months.map((m) => m.year))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className="tbl-w" tabIndex={0} aria-label="Monthly returns">
      <table className="tbl compact months" data-testid="monthly">
        <thead>
          <tr>
            <th scope="col">Year</th>
            {MONTHS.map((m) => (
              <th scope="col" className="r" key={m}>
                {m}
              </th>
            ))}
            <th scope="col" className="r">
              Year
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map((year) => {
            const mine = months.filter((m) => m.year === year);
            const whole = (pick: (m: MonthlyReturn) => number) => mine.reduce((p, m) => p * (1 + pick(m)), 1) - 1;
            return (["strategy", "hold"] as const).map((who) => (
              <tr key={`${year} ${who}`}>
                <th scope="row" className={who === "hold" ? "t3" : ""} style={{ position: "static" }}>
                  {who === "hold" ? "held" : year}
                </th>
                {MONTHS.map((name, i) => {
                  const found = mine.find((m) => m.month === i + 1);
                  return (
                    <td className={`r ${who === "hold" ? "t3" : ""}`} key={name}>
                      {found ? <SignedReturn figure={found[who]} /> : ""}
                    </td>
                  );
                })}
                <td className="r med">
                  <SignedReturn figure={whole((m) => m[who])} />
                </td>
              </tr>
            ));
          })}
        </tbody>
        <tfoot>
          <tr>
            <td colSpan={13}>All, strategy and held</td>
            <td className="r">
              <SignedReturn figure={total} /> / <SignedReturn figure={holdTotal} />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
