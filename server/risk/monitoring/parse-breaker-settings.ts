import { z } from "zod";
import { DAY_MS, DomainError, fixed } from "@/server/shared";
import { BREAKERS, type BreakerKind, type BreakerSetting, type BreakerSettings, DEFAULT_BREAKERS, MITIGATION_STEPS } from "./breakers";

/** Least and most a threshold may be: beyond them it never acts, or always. */
const BOUNDS: Readonly<Record<BreakerKind, readonly [string, string]>> = {
  drawdown: ["0.001", "1"],
  volatility: ["0.001", "100"],
  "venue-divergence": ["0.0001", "1"],
  "stale-data": ["1", "10000"],
  "model-failures": ["0.01", "1"],
};
const LONGEST_MS = 7 * DAY_MS;

/** One breaker's setting; unknown fields are refused. */
export const breakerSetting = z.strictObject({
  enabled: z.boolean(),
  threshold: z.string().max(40),
  windowMs: z.number().int().min(60_000).max(LONGEST_MS),
  coolDownMs: z.number().int().min(0).max(LONGEST_MS),
  upTo: z.enum(MITIGATION_STEPS),
});

/** What a workspace has changed: for all its agents (and itself), and for single agents beyond that. */
const stored = z.strictObject({
  workspace: z.partialRecord(z.enum(BREAKERS), breakerSetting),
  agents: z.record(z.string().max(60), z.partialRecord(z.enum(BREAKERS), breakerSetting)),
});
export type StoredBreakers = z.infer<typeof stored>;

export const NO_STORED_BREAKERS: StoredBreakers = { workspace: {}, agents: {} };

/** Throws INVALID_THRESHOLD naming the bounds. */
export function checkThreshold(kind: BreakerKind, setting: BreakerSetting): BreakerSetting {
  const [least, most] = BOUNDS[kind];
  const refuse = () =>
    new DomainError("INVALID_THRESHOLD", `The threshold must be a number from ${least} to ${most}, not “${setting.threshold}”.`, {
      field: "threshold",
    });
  if (!/^\d{1,6}(\.\d{1,12})?$/.test(setting.threshold)) throw refuse();
  const value = fixed(setting.threshold);
  if (value < fixed(least) || value > fixed(most)) throw refuse();
  return setting;
}

/** Settings as stored. Throws INVALID_BREAKERS naming the field, INVALID_THRESHOLD: what cannot be read is not taken for the defaults. */
export function parseStoredBreakers(value: unknown): StoredBreakers {
  const read = stored.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new DomainError("INVALID_BREAKERS", `The breakers cannot be read: ${issue?.message ?? "unknown"}`, { field: issue?.path.join(".") ?? "" });
  }
  for (const settings of [read.data.workspace, ...Object.values(read.data.agents)])
    for (const [kind, setting] of Object.entries(settings)) checkThreshold(kind as BreakerKind, setting);
  return read.data;
}

/** What holds for an agent, or for the workspace itself (null): its own, else the workspace's, else the default. */
export function breakersOf(settings: StoredBreakers, agentId: string | null): BreakerSettings {
  const own = agentId !== null && Object.hasOwn(settings.agents, agentId) ? settings.agents[agentId] : undefined;
  return { ...DEFAULT_BREAKERS, ...settings.workspace, ...own };
}
