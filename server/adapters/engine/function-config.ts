import { z } from "zod";
import { DomainError } from "@/server/shared";

const concurrency = z.strictObject({ key: z.string().optional(), limit: z.int().min(1), scope: z.literal("fn").optional() });
const trigger = z.union([z.strictObject({ event: z.string(), expression: z.string().optional() }), z.strictObject({ cron: z.string() })]);

/** What the SDK registers of a function, as far as this executor runs it. Strict on purpose: an option it would ignore is refused. */
const functionConfig = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  triggers: z.array(trigger).min(1),
  steps: z.record(z.string(), z.looseObject({ retries: z.object({ attempts: z.int().min(0) }).optional() })),
  concurrency: z.union([z.int().min(1), z.array(concurrency).max(2)]).optional(),
  idempotency: z.string().optional(),
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
      const option = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : (issue?.path.join(".") ?? "?");
      throw new DomainError(
        "ENGINE_OPTION_UNKNOWN",
        `The embedded executor cannot run "${raw.id}": it does not know ${option}. Use an Inngest server, or leave the option out.`,
        {
          kind: "internal",
          data: { functionId: raw.id, option },
        },
      );
    });
}

/** Tries a step has, the first included. */
export const maxAttempts = (fn: FunctionConfig): number => (Object.values(fn.steps)[0]?.retries?.attempts ?? 3) + 1;
