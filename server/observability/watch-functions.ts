import type { Metrics } from "./metrics";

type Handler = (request: Request) => Promise<Response>;

/**
 * The handler of durable functions, with its calls counted, whoever drives it: completed (200), step (206: one step further), error.
 * `known` = ids of the functions; what else a caller asks for makes no label. Registrations and probes are not counted.
 */
export function watchFunctions(handler: Handler, known: readonly string[], m: Metrics): Handler {
  return async (request) => {
    const asked = new URL(request.url).searchParams.get("fnId");
    if (request.method !== "POST" || asked === null) return handler(request);
    const name = known.includes(asked) ? asked : "unknown";
    const from = performance.now();
    let outcome = "error";
    try {
      const response = await handler(request);
      outcome = response.status === 200 ? "completed" : response.status === 206 ? "step" : "error";
      return response;
    } finally {
      m.engineCalls.inc({ function: name, outcome });
      m.engineSeconds.observe({ function: name }, (performance.now() - from) / 1000);
    }
  };
}
