import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredEvent } from "@/server/events";
import { EventTails } from "./event-tails";

const event = (seq: number): StoredEvent => ({ seq, id: `e${seq}`, type: "wallet/changed", data: { nodeId: "n" }, at: seq });
const stretch = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => event(from + i));
const seqs = (events: readonly StoredEvent[] | undefined) => events?.map((e) => e.seq);

describe("EventTails", () => {
  it("keeps nothing for workspaces that nobody listens to, and drops what it kept with the last listener", () => {
    const tails = new EventTails();
    tails.push("w", stretch(1, 3));
    expect(tails.after("w", 0, 10)).toBeNull();
    const stop = tails.subscribe("w", () => {});
    tails.push("w", stretch(1, 3));
    expect(seqs(tails.after("w", 1, 10)?.events)).toEqual([2, 3]);
    stop();
    expect(tails.workspaces()).toEqual([]);
    expect(tails.last("w")).toBeNull();
  });

  it("answers whoever stands at its end with nothing, and whoever stands before its beginning or beyond its end with: ask the database", () => {
    const tails = new EventTails();
    tails.subscribe("w", () => {});
    tails.push("w", stretch(5, 8));
    expect(tails.after("w", 8, 10)).toEqual({ events: [], newest: 8 });
    expect(seqs(tails.after("w", 4, 2)?.events)).toEqual([5, 6]);
    expect(tails.after("w", 3, 10)).toBeNull();
    expect(tails.after("w", 9, 10)).toBeNull();
  });

  it("whatever is pushed, in whatever order: what it answers follows on the place without a hole, and it stays small", () => {
    const pushes = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 300 })), { maxLength: 12 });
    fc.assert(
      fc.property(pushes, fc.integer({ min: 0, max: 1_200 }), (all, place) => {
        const tails = new EventTails();
        let told = 0;
        tails.subscribe("w", () => told++);
        for (const [from, length] of all) tails.push("w", stretch(from, from + length));
        const answer = tails.after("w", place, 10_000);
        if (answer) expect(seqs(answer.events)).toEqual(seqs(stretch(place + 1, answer.newest)));
        const last = tails.last("w");
        expect(told > 0).toBe(last !== null);
        if (last !== null && last >= 257) expect(tails.after("w", last - 257, 10_000)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
