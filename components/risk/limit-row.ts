import { formatDecimal, isDecimal } from "@/components/format/decimal-text";

export type LimitRow = { readonly key: string; readonly label: string; readonly text: string };

/** One limit in words, or nothing where it is not set. `unit` "quote" is the currency. */
export function limitRow(
  { name, label, unit }: { readonly name: string; readonly label: string; readonly unit: string },
  value: unknown,
  currency: string,
): readonly LimitRow[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return [{ key: name, label, text: value.join(", ") }];
  if (typeof value === "object") return [{ key: name, label, text: `${Object.keys(value).length} markets` }];
  const figure = isDecimal(String(value)) && name !== "correlationThreshold" ? formatDecimal(String(value), 0) : String(value);
  const exact = String(value).includes(".") ? String(value) : figure;
  return [{ key: name, label, text: `${exact} ${unit === "quote" ? currency : unit === "0 to 1" ? "" : unit}`.trim() }];
}
