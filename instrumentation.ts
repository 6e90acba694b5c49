/** Next calls this once when a server starts. Node's part is loaded only there, so that nothing of it is bundled for elsewhere. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { start } = await import("./instrumentation-node");
    await start();
  }
}
