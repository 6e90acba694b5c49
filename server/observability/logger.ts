import { trace } from "@opentelemetry/api";
import pino from "pino";
import { currentRequestId } from "./request-context";

const SECRET_FIELDS = new Set(
  [
    "key",
    "apiKey",
    "secret",
    "password",
    "token",
    "authorization",
    "cookie",
    "set-cookie",
    "signature",
    "VAULT_KEY",
    "NEXTAUTH_SECRET",
    "METRICS_TOKEN",
  ].map((f) => f.toLowerCase()),
);
const SECRET_TEXT = /sk-ant-[\w-]+|mp_[0-9a-f]{8}_[\w-]{43}|signkey-[\w-]+|Bearer\s+\S+|0x[0-9a-fA-F]{130}/g;

/** Text without what looks like a key, token or signature. */
const withoutSecrets = (text: string): string => text.replace(SECRET_TEXT, "[redacted]");

/** A copy without secrets at any depth, by field name and by shape. What refers to itself is cut. */
function clean(value: unknown, above: readonly object[] = []): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[circular]";
  const within = [...above, value];
  if (value instanceof Error) {
    // `cause` and own members too: an SDK's error carries its request.
    const { name, message, stack, cause } = value;
    const own = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, cleanField(k, v, within)]));
    return {
      ...own,
      type: name,
      message: withoutSecrets(message),
      stack: withoutSecrets(stack ?? ""),
      ...(cause === undefined ? {} : { cause: clean(cause, within) }),
    };
  }
  if (Array.isArray(value)) return value.map((v) => clean(v, within));
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return clean(toJSON.call(value), within);
  const entries = value instanceof Map || value instanceof Headers ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([k, v]) => [String(k), cleanField(String(k), v, within)]));
}

const cleanField = (name: string, value: unknown, above: readonly object[]): unknown =>
  SECRET_FIELDS.has(name.toLowerCase()) && value !== null && value !== undefined ? "[redacted]" : clean(value, above);

/** What leads from a line to its request, and to its trace where the host collects any. */
function whence(): Record<string, string> {
  const requestId = currentRequestId();
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return { ...(requestId === null ? {} : { requestId }), ...(traceId === undefined ? {} : { traceId }) };
}

/** Structured logs to standard output; each line of a request carries its id; secrets are taken out by field name and by shape. */
export function createLogger(level: string, destination?: pino.DestinationStream): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    mixin: whence,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: (fields) => clean(fields) as Record<string, unknown> },
    // Errors are plain objects by then.
    serializers: { err: (e: unknown) => e },
    hooks: {
      logMethod(args, method) {
        // A bare error would become the message as it is.
        const [first, ...rest] = args as unknown[];
        if (first instanceof Error && rest.length === 0) return method.call(this, { err: first } as never, withoutSecrets(first.message) as never);
        method.apply(this, args.map((a) => (typeof a === "string" ? withoutSecrets(a) : a)) as Parameters<typeof method>);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
