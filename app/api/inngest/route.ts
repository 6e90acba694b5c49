import { http } from "@/server/container";

/** Where an Inngest server drives the durable functions. The embedded executor calls the same handler in process; unsigned calls are refused either way. */
const handler = (request: Request): Promise<Response> =>
  http.serve("inngest", request, async ({ inngestHandler, engine }) => {
    if (engine && request.method !== "POST") return Response.json({ error: "Durable work is embedded in this process." }, { status: 404 });
    return inngestHandler(request);
  });

export { handler as GET, handler as POST, handler as PUT };
