import { http } from "@/server/container";

/** 200 while the product can work, 503 when a part it needs is down. Names no secret and no tenant. */
export const GET = (request: Request): Promise<Response> =>
  http.serve("health", request, async ({ report, services, env, clocks }) => {
    const { status, parts } = await report();
    const body = {
      status,
      mode: services.mode,
      origin: env.origin,
      wallNow: clocks.wall.now(),
      marketNow: clocks.market.now(),
      parts: parts.map(({ id, kind, state, since }) => ({ id, kind, state, since })),
    };
    return Response.json(body, { status: status === "down" ? 503 : 200, headers: { "cache-control": "no-store" } });
  });
