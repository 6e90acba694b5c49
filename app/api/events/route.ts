import { handleEvents } from "@/server/api/handle-events";
import { container } from "@/server/container";

/** The caller's workspace as a live stream. */
export async function GET(request: Request): Promise<Response> {
  const { auth, events } = await container();
  return handleEvents(request, { auth, reader: events.log });
}
