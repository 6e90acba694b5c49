import { afterEach, expect, it, vi } from "vitest";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import { readEvents } from "@/server/adapters/events/prisma-event-log";
import { turnCode } from "@/server/agents";
import { handleEvents } from "@/server/api/handle-events";
import type { Caller } from "@/server/auth/auth-service";
import type { EventMap, EventReader, StoredEvent } from "@/server/events";
import { fixed, HOUR_MS } from "@/server/shared";
import { testDatabase, truncateAll } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { eventSourceOver } from "@/server/testing/test-event-source";
import { announcement } from "./announcement";
import { sharedStream } from "./shared-stream";

const scope = testScope("00000000-0000-7000-8000-0000000000aa");

/** What happened while two agents bought, sold, settled, were funded and halted: recorded from the product. */
async function recordHistory(): Promise<readonly StoredEvent[]> {
  const db = await testDatabase("pglite");
  await truncateAll(db);
  const o = await openEventLog(db);
  try {
    const { scope: owner, workspaceId } = await seedWorkspace(db);
    let round = 0;
    const code = {
      ...turnCode("test"),
      decideByRules: () => decides({ action: round % 3 === 2 ? "close" : "buy", size: { unit: "quote", amount: "200" } })(),
    };
    const live = liveAgents(db, { start: Date.UTC(2026, 10, 2), code });
    const ids: string[] = [];
    for (const name of ["Luna", "Nova"])
      ids.push((await live.service.create(owner, { config: { ...TEST_CONFIG, name }, capital: fixed("1000") })).agentId);
    for (; round < 4; round++) {
      live.clock.time += HOUR_MS;
      await live.runner.settleDue();
      for (const agentId of ids)
        await live.runner.run({
          workspaceId,
          agentId,
          tickId: `m:${round}`,
          at: live.clock.time,
          trigger: { kind: "manual", eventId: `${round}`, actorId: "test" },
        });
      await live.service.fund(owner, { agentId: ids[0] ?? "", amount: fixed("10"), key: `fund-${round}` });
    }
    await live.service.kill(owner, { agentId: ids[1] ?? "", flatten: false });
    const { events } = await readEvents(db, workspaceId, 0, 10_000);
    return events;
  } finally {
    await o.close();
  }
}

/** All that a page could show of events, each counted: an event that is taken twice or not at all shows. */
function screen() {
  const shown = new Map<string, unknown>();
  const add = (key: string, value: unknown) => shown.set(key, [...((shown.get(key) as unknown[] | undefined) ?? []), value]);
  return {
    shown,
    take(event: StoredEvent) {
      const d = event.data as Partial<EventMap["fill/posted"] & EventMap["turn/phase.changed"] & EventMap["agent/status.changed"]>;
      add(`${event.type} of ${d.turnId ?? d.orderId ?? d.agentId ?? ""}`, event.data);
      const said = announcement(event);
      if (said) add("said", said);
    },
    /** Loads all of it anew, as far as the log has come. */
    load(events: readonly StoredEvent[]) {
      shown.clear();
      for (const e of events) this.take(e);
    },
  };
}

const folded = (events: readonly StoredEvent[]) => {
  const s = screen();
  s.load(events);
  return s.shown;
};

/** The recorded log, which grows and forgets as the test wants. */
function playedLog(history: readonly StoredEvent[]) {
  let [oldest, newest] = [1, 0];
  const listeners = new Set<() => void>();
  const reader: EventReader = {
    read: async (_, after, limit) => ({ events: history.slice(Math.max(after, oldest - 1), newest).slice(0, limit), oldest, newest }),
    subscribe: (_, onGrown) => {
      listeners.add(onGrown);
      return () => void listeners.delete(onGrown);
    },
  };
  return {
    reader,
    history: () => history.slice(0, newest),
    growTo(place: number) {
      newest = place;
      for (const listener of [...listeners]) listener();
    },
    forgetUpTo(place: number) {
      oldest = place + 1;
    },
  };
}

/** A tab that follows the log with the product's own client and route. Resolves with its screen once it has reached the end. */
async function follow(
  log: ReturnType<typeof playedLog>,
  plan: Parameters<typeof eventSourceOver>[1] & { maxMs?: number },
  reached: (last: number) => boolean,
) {
  const s = screen();
  let last = 0;
  let gaps = 0;
  const route = (request: Request) =>
    handleEvents(request, {
      auth: { authenticate: async () => ({ scope }) as Caller },
      reader: log.reader,
      ...(plan.maxMs ? { maxMs: plan.maxMs } : {}),
    });
  vi.stubGlobal("EventSource", eventSourceOver(route, plan));
  vi.stubGlobal("BroadcastChannel", undefined);
  vi.stubGlobal("document", { visibilityState: "visible", addEventListener() {}, removeEventListener() {} });
  const stop = sharedStream("w", 0, {
    onEvent: (event) => {
      last = event.seq;
      s.take(event);
    },
    onGap: () => {
      gaps += 1;
      s.load(log.history());
      last = log.history().length;
    },
    onState: () => {},
  });
  await vi.waitFor(() => expect(reached(last)).toBe(true), { timeout: 5_000, interval: 1 }).catch(() => {});
  // Whatever would come twice has the time to.
  await new Promise((done) => setTimeout(done, 2));
  stop();
  return { shown: s.shown, gaps };
}

let recorded: Promise<readonly StoredEvent[]> | null = null;
const history = () => {
  recorded ??= recordHistory();
  return recorded;
};
afterEach(() => void vi.unstubAllGlobals());

it("records a run with turns, orders, fills, settlements and a halt", async () => {
  const types = new Set((await history()).map((e) => e.type));
  for (const type of ["agent/created", "turn/phase.changed", "turn/decided", "order/changed", "fill/posted", "turn/settled", "agent/status.changed"])
    expect(types).toContain(type);
  expect((await history()).map((e) => e.seq)).toEqual((await history()).map((_, i) => i + 1));
});

it("ends in the same state whichever event the stream was cut after", async () => {
  const all = await history();
  const whole = folded(all);
  for (let k = 1; k < all.length; k++) {
    const log = playedLog(all);
    // Some of what is to come is on its way already when the stream is cut.
    log.growTo(Math.min(all.length, k + 2));
    const { shown, gaps } = await follow(log, { cutAfter: [k], onCut: () => log.growTo(all.length) }, (last) => last === all.length);
    expect(gaps, `cut after ${k}`).toBe(0);
    expect(shown, `cut after ${k}`).toEqual(whole);
  }
});

it("ends in the same state when it is cut after every event", async () => {
  const all = await history();
  const log = playedLog(all);
  log.growTo(all.length);
  const cutAfter = all.map((_, i) => i + 1);
  const { shown, gaps } = await follow(log, { cutAfter }, (last) => last === all.length);
  expect([gaps, cutAfter]).toEqual([0, []]);
  expect(shown).toEqual(folded(all));
});

it("ends in the same state when the stream says goodbye every few milliseconds while it grows", async () => {
  const all = await history();
  const log = playedLog(all);
  let place = 0;
  const growing = setInterval(() => log.growTo(Math.min(all.length, ++place)), 2);
  const { shown, gaps } = await follow(log, { cutAfter: [], maxMs: 5 }, (last) => last === all.length);
  clearInterval(growing);
  expect(gaps).toBe(0);
  expect(shown).toEqual(folded(all));
});

it("loads anew and goes on without a gap when the events it missed are no longer kept, whichever it had last", async () => {
  const all = await history();
  const whole = folded(all);
  const end = all.length - 3;
  for (let k = 1; k < end - 2; k++) {
    const log = playedLog(all);
    log.growTo(k);
    const onCut = () => {
      log.growTo(end);
      log.forgetUpTo(k + 2);
    };
    const following = follow(log, { cutAfter: [k], onCut }, (last) => {
      if (last >= end) log.growTo(all.length);
      return last === all.length;
    });
    const { shown, gaps } = await following;
    expect(gaps, `away after ${k}`).toBe(1);
    expect(shown, `away after ${k}`).toEqual(whole);
  }
});

it("control: a stream that comes back without its last place misses what happened meanwhile", async () => {
  const all = await history();
  const log = playedLog(all);
  const k = Math.floor(all.length / 2);
  log.growTo(k);
  const { shown } = await follow(log, { cutAfter: [k], forgetful: true, onCut: () => log.growTo(all.length - 1) }, () => {
    if (log.history().length < all.length - 1) return false;
    log.growTo(all.length);
    return true;
  });
  expect(shown).not.toEqual(folded(all));
});

it("control: a client that is not told of what is no longer kept ends in another state", async () => {
  const all = await history();
  const log = playedLog(all);
  const k = Math.floor(all.length / 2);
  log.growTo(k);
  const silent = {
    ...log,
    reader: { ...log.reader, read: async (...args: Parameters<EventReader["read"]>) => ({ ...(await log.reader.read(...args)), oldest: 1 }) },
  };
  // The client would notice the hole by its places; this one is blind to that too.
  const seen: StoredEvent[] = [];
  for (const after of [0, k]) {
    if (after === k) {
      log.growTo(all.length);
      log.forgetUpTo(k + 2);
    }
    seen.push(...(await silent.reader.read(scope, after, 10_000)).events);
  }
  expect(folded(seen)).not.toEqual(folded(all));
});
