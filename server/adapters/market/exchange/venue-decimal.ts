import { DomainError, type Fixed, fixed } from "@/server/shared";

const NUMBER = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A venue's decimal, exactly: text as it was sent, exponents included, and digits beyond the 18th dropped only when they are zeros.
 * A number (venues that send JSON numbers) is taken at its shortest text. Throws INVALID_DECIMAL.
 */
export function venueDecimal(value: unknown): Fixed {
  const text = typeof value === "number" ? String(value) : value;
  const m = typeof text === "string" && text.length <= 80 ? NUMBER.exec(text) : null;
  if (!m || !`${m[2]}${m[3] ?? ""}`) throw new DomainError("INVALID_DECIMAL", `"${String(value).slice(0, 40)}" is not a decimal`);
  const [, sign, whole = "", fraction = "", exponent] = m;
  const point = whole.length + Number(exponent ?? 0);
  const digits = `${"0".repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(Math.max(0, point), "0");
  const at = Math.max(0, point);
  const head = digits.slice(0, at).replace(/^0+(?=\d)/, "") || "0";
  const tail = digits.slice(at).replace(/0+$/, "");
  return fixed(`${sign}${head}${tail ? `.${tail}` : ""}`);
}
