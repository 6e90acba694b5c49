type Timed = Pick<PerformanceResourceTiming, "name" | "startTime" | "serverTiming">;

/**
 * Id of the request that brought this page, or the newest part of it: the server names it in Server-Timing, which scripts may read.
 * Null when the browser tells none (pages that are not from a secure origin).
 */
export function pageRequestId(entries: readonly Timed[], pathname: string): string | null {
  const own = entries.filter((e) => URL.canParse(e.name) && new URL(e.name).pathname === pathname);
  for (const entry of own.sort((a, b) => b.startTime - a.startTime)) {
    const named = entry.serverTiming?.find((t) => t.name === "request");
    if (named) return named.description;
  }
  return null;
}
