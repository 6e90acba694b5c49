import { isDecimal, scaled, shift, unscaled } from "@/components/format/decimal-text";
import type { BreakerView } from "@/server/api/contract/risk";

type Setting = BreakerView["setting"];
/** A breaker's setting as it is being typed: percent and minutes. */
export type BreakerDraft = {
  readonly enabled: boolean;
  readonly threshold: string;
  readonly window: string;
  readonly coolDown: string;
  readonly upTo: Setting["upTo"];
};
const MINUTE_MS = 60_000;

export const fromSetting = (s: Setting, unit: BreakerView["unit"]): BreakerDraft => ({
  enabled: s.enabled,
  threshold: unit === "share" ? shift(s.threshold, 2) : s.threshold,
  window: String(s.windowMs / MINUTE_MS),
  coolDown: String(s.coolDownMs / MINUTE_MS),
  upTo: s.upTo,
});

/** What is no number is passed on, to be refused in words. */
export function toSetting(d: BreakerDraft, unit: BreakerView["unit"]): Setting {
  const threshold = d.threshold.trim().replace(",", ".");
  return {
    enabled: d.enabled,
    threshold: unit === "share" && isDecimal(threshold) ? unscaled(scaled(threshold) / 100n) : threshold,
    windowMs: Math.round(Number(d.window) * MINUTE_MS),
    coolDownMs: Math.round(Number(d.coolDown) * MINUTE_MS),
    upTo: d.upTo,
  };
}
