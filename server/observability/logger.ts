import pino from "pino";

const SECRET_FIELDS = ["key", "apiKey", "secret", "password", "token", "authorization", "cookie", "signature", "VAULT_KEY", "NEXTAUTH_SECRET"];
const SECRET_TEXT = /sk-ant-[\w-]+|mp_[0-9a-f]{8}_[\w-]{43}|signkey-[\w-]+|Bearer\s+\S+|0x[0-9a-fA-F]{130}/g;

/** Text without what looks like a key, token or signature. */
const withoutSecrets = (text: string): string => text.replace(SECRET_TEXT, "[redacted]");

/** Structured logs to standard output; secrets are taken out by field name and by shape. */
export function createLogger(level: string, destination?: pino.DestinationStream): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((f) => [f, `*.${f}`, `*.*.${f}`]), censor: "[redacted]" },
    serializers: {
      err: (e: unknown) =>
        e instanceof Error ? { type: e.name, message: withoutSecrets(e.message), stack: withoutSecrets(e.stack ?? "") } : withoutSecrets(String(e)),
    },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((a) => (typeof a === "string" ? withoutSecrets(a) : a)) as Parameters<typeof method>);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
