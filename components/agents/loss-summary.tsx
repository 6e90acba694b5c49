"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { isDecimal, scaled, unscaled } from "@/components/format/decimal-text";
import { Money, Percent, Plain } from "@/components/format/number";
import type { AgentForm } from "./agent-form-state";

/** The taker fee in and out as a fraction of the price, from basis points. */
const roundTripFees = (takerFeeBp: string): string => unscaled((2n * scaled(takerFeeBp)) / 10_000n);

const isBelow = (typed: string, least: string): boolean => isDecimal(typed.trim()) && scaled(typed.trim()) < scaled(least);

/** What an agent of this form can lose at most, and what it has to earn before it earns anything. */
export function LossSummary({ form, currency }: { form: AgentForm; currency: string }) {
  const trpc = useTRPC();
  const symbols = useQuery(trpc.market.symbols.queryOptions());
  const chosen = (symbols.data ?? []).filter((s) => form.symbols.includes(s.symbol));
  const limit = form.maxDailyLoss.trim();
  return (
    <ul className="stack g2 t2">
      <li>At most its capital, {isDecimal(form.capital) ? <Money value={form.capital} unit={currency} /> : "—"}: it cannot borrow.</li>
      <li>
        {limit && isDecimal(limit) ? (
          <>
            No new buys after losing <Money value={limit} unit={currency} /> in a UTC day.
          </>
        ) : (
          "No limit on a day's loss is set."
        )}
      </li>
      <li>
        {form.deciderKind === "model" ? (
          <>
            Models may cost <Money value={isDecimal(form.dailyModelCap) ? form.dailyModelCap : null} unit="USD" /> a day; to break even it has to earn
            that on top of fees.
          </>
        ) : (
          "Rules cost nothing to run."
        )}
      </li>
      {chosen.map((s) => (
        <li key={s.symbol}>
          {s.symbol} has to move <Percent value={roundTripFees(s.takerFeeBp)} /> before a market order in and out has paid its fees (the spread comes
          on top). The smallest order is <Plain value={s.minNotional} unit={s.quote} />
          {isBelow(form.maxOrderNotional, s.minNotional) && <b className="loss med">: more than the largest order allowed, so it could not trade</b>}.
        </li>
      ))}
      <li>All orders are paper orders.</li>
    </ul>
  );
}
