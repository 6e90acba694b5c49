import type { Instrumentation } from "next";

/** Next calls this once when a server starts. Node's part is loaded only there, so that nothing of it is bundled for elsewhere. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { start } = await import("./instrumentation-node");
    await start();
  }
}

/** Next calls this with what a page or a route of the server threw. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { logRequestError } = await import("./instrumentation-node");
    await logRequestError(error, request, context);
  }
};
