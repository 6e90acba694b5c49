/** How soon a halt that could not be stored is tried again (wall ms). */
const EVERY_MS = 2_000;

/** Tries to store waiting halts for as long as the process lives. Returns the way to stop. */
export function keepStoringHalts(agents: { storeHalts(): Promise<void> }, onError: (error: unknown) => void): () => void {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    await agents.storeHalts().catch(onError);
    busy = false;
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
