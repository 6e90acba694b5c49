import { gzipSync } from "node:zlib";
import { type Area, type Figure, percentile, timed } from "../measure";
import { query, type ServedProduct, serveProduct } from "../served-product";

/** The production build behind real HTTP on the loopback: starts, reads, live events, and what a page weighs. */
export const http: Area = {
  name: "http",
  async measure(brief) {
    const product = await serveProduct();
    try {
      const [first, second] = product.startedIn;
      return [
        { area: "http", what: "start in a new data folder, to a healthy answer (without install and build)", value: first, unit: "s" },
        { area: "http", what: "second start, to a healthy answer", value: second, unit: "s", budget: 10, better: "less" },
        ...(await reads(product, brief ? 150 : 1_000)),
        ...(await liveEvents(product, brief ? 30 : 200)),
        await weight(product),
      ];
    } finally {
      await product.stop();
    }
  },
};

async function reads({ url, cookie }: ServedProduct, times: number): Promise<readonly Figure[]> {
  const get = async (path: string): Promise<void> => {
    const answer = await fetch(url + path, { headers: { cookie } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  };
  const me = `/api/trpc/me.get?input=${encodeURIComponent(JSON.stringify({ json: null, meta: { values: ["undefined"] } }))}`;
  const p99 = async (path: string): Promise<number> => percentile(await timed(times, () => get(path)), 0.99);
  // In turns, so that a busy moment of the machine meets both.
  const [bare, session, read] = [await p99("/api/live"), await p99("/api/auth/session"), await p99(me)];
  return [
    { area: "http", what: "bare route handler (no session, no database), p99", value: bare, unit: "ms" },
    { area: "http", what: "next-auth's own session route, p99", value: session, unit: "ms" },
    { area: "http", what: "tRPC read me.get (session and member checked in the database), p99", value: read, unit: "ms", budget: 50, better: "less" },
    { area: "http", what: "the same as a multiple of the bare route", value: read / bare, unit: "×", budget: 1.5, better: "less" },
  ];
}

/** From the beginning of the writing transaction (the event's own time, 1 ms fine) to its arrival: longer than from the commit. */
async function liveEvents({ url, cookie }: ServedProduct, times: number): Promise<readonly Figure[]> {
  const stop = new AbortController();
  const stream = await fetch(`${url}/api/events`, { headers: { cookie }, signal: stop.signal });
  const reader = stream.body?.getReader();
  if (!stream.ok || !reader) throw new Error(`the event stream answered ${stream.status}`);
  const samples: number[] = [];
  let told: () => void = () => {};
  const reading = (async () => {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const arrived = performance.timeOrigin + performance.now();
      text += decoder.decode(value, { stream: true });
      const frames = text.split("\n\n");
      text = frames.pop() ?? "";
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1] ?? "{}";
        const event = JSON.parse(data) as { type?: string; at?: number };
        // Only what this benchmark caused: the demo's own agents go on deciding.
        if (event.type !== "agent/updated" || event.at === undefined) continue;
        samples.push(Math.max(0, arrived - event.at));
        told();
      }
    }
  })().catch(() => {});
  const agents = await query<{ id: string }[]>(url, cookie, "agents.list");
  for (let i = 0; i < times; i++) {
    const heard = new Promise<void>((done) => {
      told = done;
      setTimeout(done, 5_000).unref();
    });
    const answer = await fetch(`${url}/api/trpc/agents.fund`, {
      method: "POST",
      headers: { cookie, origin: url, "content-type": "application/json" },
      body: JSON.stringify({ json: { agentId: agents[i % agents.length]?.id, amount: "1", key: `benchmark-${i}` } }),
    });
    if (!answer.ok) throw new Error(`money could not be moved: ${await answer.text()}`);
    await heard;
    await new Promise((done) => setTimeout(done, 20));
  }
  stop.abort();
  await reading;
  return [0.5, 0.99].map((p) => ({
    area: "http",
    what: `event written → at a subscriber over HTTP, p${p * 100} of ${samples.length} (from the start of its transaction)`,
    value: percentile(samples, p),
    unit: "ms",
    ...(p === 0.99 ? { budget: 10, better: "less" as const } : {}),
  }));
}

/** Every script that the agent's page names, gzipped. */
async function weight({ url, cookie }: ServedProduct): Promise<Figure> {
  const [agent] = await query<{ id: string }[]>(url, cookie, "agents.list");
  const page = await (await fetch(`${url}/agents/${agent?.id}`, { headers: { cookie } })).text();
  const scripts = [...new Set([...page.matchAll(/\/_next\/static\/[^"'\\ ]+?\.js/g)].map(([path]) => path))];
  if (scripts.length === 0) throw new Error("the agent page names no script");
  let bytes = 0;
  for (const script of scripts) bytes += gzipSync(Buffer.from(await (await fetch(url + script)).arrayBuffer())).byteLength;
  return {
    area: "http",
    what: `scripts of the agent page, gzip (${scripts.length} files)`,
    value: bytes / 1000,
    unit: "kB",
    budget: 350,
    better: "less",
  };
}
