import pg from "pg";

const RECONNECT_MS = 1_000;

/** LISTENs on a connection of its own, which is made anew when it breaks. What is notified in between is missed: poll as well. */
export async function listenPostgres(
  connection: pg.ClientConfig,
  channel: string,
  onNotify: (payload: string) => void,
): Promise<() => Promise<void>> {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  const later = () => {
    client = null;
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = null;
      connect().catch(later);
    }, RECONNECT_MS);
    timer.unref();
  };
  const connect = async () => {
    const c = new pg.Client({ ...connection, keepAlive: true });
    c.on("error", () => void c.end().catch(() => {}));
    c.on("end", later);
    c.on("notification", (n) => onNotify(n.payload ?? ""));
    await c.connect();
    await c.query(`LISTEN ${c.escapeIdentifier(channel)}`);
    client = c;
  };
  await connect();
  return async () => {
    stopped = true;
    if (timer) clearTimeout(timer);
    await client?.end();
  };
}
