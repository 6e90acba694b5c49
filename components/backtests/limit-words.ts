import { LIMIT_GROUPS } from "@/components/risk/later-limits";
import { type LimitRow, limitRow } from "@/components/risk/limit-row";
import type { LimitsAboveSpec } from "@/server/backtest";

const FIRST = [
  { name: "allowedSymbols", label: "Allowed markets", unit: "" },
  { name: "maxOrderNotional", label: "Largest order", unit: "quote" },
  { name: "maxPositionNotional", label: "Largest position", unit: "quote" },
  { name: "maxDailyLoss", label: "Loss of a day", unit: "quote" },
  { name: "maxOrdersPerHour", label: "Orders an hour", unit: "" },
] as const;

export type LimitLevel = { readonly key: string; readonly label: string; readonly rows: readonly LimitRow[] };

/** Each level above the agents, the widest first, with what is set there. */
export function levelsOf({ workspace, farms }: LimitsAboveSpec, currency: string): readonly LimitLevel[] {
  const fields = [...FIRST, ...LIMIT_GROUPS.flatMap((g) => g.fields)];
  const rows = (limits: LimitsAboveSpec["workspace"]) => fields.flatMap((field) => limitRow(field, limits[field.name], currency));
  return [
    { key: "workspace", label: "Workspace", rows: rows(workspace) },
    ...[...farms].reverse().map((farm) => ({ key: farm.id, label: farm.name, rows: rows(farm.limits) })),
  ];
}

/** "Largest order 250.50 USDT, orders an hour 6", or that there is none. */
export const levelWords = ({ rows }: LimitLevel): string =>
  rows.map(({ label, text }, i) => `${i === 0 ? label : label.charAt(0).toLowerCase() + label.slice(1)} ${text}`).join(", ") || "no limit is set";
