import type { ProtectionView } from "@/server/api/contract/risk-limits";

export type ProtectionKind = ProtectionView["kind"];
type TextField = "lookbackMinutes" | "stopMinutes" | "tradeLimit" | "lossPercent" | "maxDrawdownPercent" | "requiredProfitPercent";

/** A protection as typed. */
export type ProtectionDraft = { readonly key: number; readonly kind: ProtectionKind; readonly onlyPerPair: boolean } & Readonly<
  Record<TextField, string>
>;

export type ProtectionField = { readonly name: TextField; readonly label: string; readonly unit: string; readonly hint?: string };

const LOOKBACK: ProtectionField = { name: "lookbackMinutes", label: "Looks back", unit: "minutes" };
const STOP: ProtectionField = { name: "stopMinutes", label: "Stops for", unit: "minutes", hint: "From the close of the last trade that counted." };
const TRADES: ProtectionField = { name: "tradeLimit", label: "From so many closed trades", unit: "trades" };

/** What each protection is, and the fields it has, in order. */
export const PROTECTION_KINDS: Readonly<
  Record<ProtectionKind, { readonly title: string; readonly what: string; readonly fields: readonly ProtectionField[] }>
> = {
  "stop-loss-guard": {
    title: "Stop-loss guard",
    what: "Opens nothing for a while after several losing trades.",
    fields: [{ ...TRADES, label: "After so many losing trades" }, { name: "lossPercent", label: "That lost more than", unit: "%" }, LOOKBACK, STOP],
  },
  "max-drawdown": {
    title: "Maximum drawdown",
    what: "Opens nothing for a while when the profits of closed trades have fallen too far from their peak.",
    fields: [{ name: "maxDrawdownPercent", label: "Fall of more than", unit: "%" }, TRADES, LOOKBACK, STOP],
  },
  "low-profit-pairs": {
    title: "Low-profit markets",
    what: "Leaves a market alone for a while when its trades made too little.",
    fields: [{ name: "requiredProfitPercent", label: "Profit of less than", unit: "%", hint: "May be negative." }, TRADES, LOOKBACK, STOP],
  },
  "cooldown-period": { title: "Cooldown", what: "Leaves a market alone for a while after each of its trades.", fields: [STOP] },
};

/** A new one, with numbers that make sense on hourly bars. */
export const newProtection = (kind: ProtectionKind, key: number): ProtectionDraft => ({
  key,
  kind,
  onlyPerPair: false,
  lookbackMinutes: "1440",
  stopMinutes: kind === "cooldown-period" ? "120" : "720",
  tradeLimit: kind === "low-profit-pairs" ? "2" : "4",
  lossPercent: "0",
  maxDrawdownPercent: "10",
  requiredProfitPercent: "0",
});

/** Stored protections as texts. */
export const protectionDrafts = (stored: readonly ProtectionView[] | undefined): readonly ProtectionDraft[] =>
  (stored ?? []).map((one, i) => ({
    ...newProtection(one.kind, i),
    ...Object.fromEntries(Object.entries(one).map(([k, v]) => [k, typeof v === "number" ? String(v) : v])),
  }));

/** The texts as the API takes them; a count that is no number is sent as NaN, which the API refuses by name. */
export const protectionsInputOf = (drafts: readonly ProtectionDraft[]): ProtectionView[] =>
  drafts.map((draft) => {
    const own = Object.fromEntries(
      PROTECTION_KINDS[draft.kind].fields.map(({ name }) => [
        name,
        name.endsWith("Percent") ? draft[name].trim() : Number(draft[name].trim() || "x"),
      ]),
    );
    return { kind: draft.kind, ...own, ...(draft.kind === "stop-loss-guard" && { onlyPerPair: draft.onlyPerPair }) } as ProtectionView;
  });
