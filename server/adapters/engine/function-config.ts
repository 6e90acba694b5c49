import { parse } from "@marcbachmann/cel-js";
import { z } from "zod";
import { DomainError } from "@/server/shared";
import { durationMs } from "./when";

const cel = z.string().refine(isExpression, "is not an expression that can be read");
const duration = z.string().refine(isDuration, "is not a duration");
const concurrency = z.strictObject({ key: cel.optional(), limit: z.int().min(1), scope: z.enum(["fn", "env", "account"]).optional() });
const trigger = z.union([z.strictObject({ event: z.string(), expression: cel.optional() }), z.strictObject({ cron: z.string() })]);

/** What the SDK registers of a function, as far as this executor runs it. Strict on purpose: an option it would ignore is refused. */
const functionConfig = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  triggers: z.array(trigger),
  steps: z.record(z.string(), z.looseObject({ retries: z.object({ attempts: z.int().min(0).optional() }).optional() })),
  concurrency: z.preprocess(
    (v) => (v === undefined || Array.isArray(v) ? v : [typeof v === "number" ? { limit: v } : v]),
    z.array(concurrency).max(2).optional(),
  ),
  idempotency: cel.optional(),
  rateLimit: z.strictObject({ key: cel.optional(), limit: z.int().min(1), period: duration }).optional(),
  throttle: z.strictObject({ key: cel.optional(), limit: z.int().min(1), period: duration, burst: z.int().min(1).optional() }).optional(),
  debounce: z.strictObject({ key: cel.optional(), period: duration, timeout: duration.optional() }).optional(),
  singleton: z.strictObject({ key: cel.optional(), mode: z.enum(["skip", "cancel"]) }).optional(),
  priority: z.strictObject({ run: cel.optional() }).optional(),
  timeouts: z.strictObject({ start: duration.optional(), finish: duration.optional() }).optional(),
  cancel: z.array(z.strictObject({ event: z.string(), if: cel.optional(), timeout: duration.optional() })).optional(),
});

export type FunctionConfig = z.output<typeof functionConfig>;

/** Throws ENGINE_OPTION_UNKNOWN naming the function and the option: work that would run differently here than on an Inngest server must not start. */
export function parseFunctionConfigs(registered: unknown): FunctionConfig[] {
  return z
    .array(z.looseObject({ id: z.string() }))
    .parse(registered)
    .map((raw) => {
      const parsed = functionConfig.safeParse(raw);
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      const unknown = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : null;
      const path = issue?.path.join(".") ?? "?";
      const option = unknown === null ? path : [path, unknown].filter((p) => p !== "").join(": ");
      const why = unknown === null ? `${option} ${issue?.message ?? "is wrong"}` : `it does not know ${option}`;
      throw new DomainError(
        "ENGINE_OPTION_UNKNOWN",
        `The embedded executor cannot run "${raw.id}": ${why}. Use an Inngest server, or leave the option out.`,
        { kind: "internal", data: { functionId: raw.id, option } },
      );
    });
}

/** Tries a step has, the first included. */
export const maxAttempts = (fn: FunctionConfig): number => (Object.values(fn.steps)[0]?.retries?.attempts ?? 3) + 1;

function isExpression(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function isDuration(text: string): boolean {
  try {
    return durationMs(text) > 0;
  } catch {
    return false;
  }
}
