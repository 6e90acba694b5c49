import { describe, expect, it } from "vitest";
import type { StoredEvent } from "@/server/events";
import { announcement } from "./announcement";

const event = (type: StoredEvent["type"], data: unknown): StoredEvent => ({ seq: 1, id: "a", at: 0, type, data }) as StoredEvent;

describe("announcement", () => {
  it("is urgent only for halts", () => {
    expect(announcement(event("workspace/trading.changed", { state: "halted", reason: null }))?.urgent).toBe(true);
    expect(announcement(event("workspace/trading.changed", { state: "active", reason: null }))).toBeNull();
    expect(announcement(event("agent/status.changed", { name: "Luna", to: "halted" }))).toEqual({ text: "Luna is halted.", urgent: true });
    expect(announcement(event("agent/status.changed", { name: "Luna", to: "running" }))).toBeNull();
  });

  it("reads gains, losses and fills as a person would", () => {
    expect(announcement(event("turn/settled", { netPnl: "40.8" }))?.text).toBe("A decision was settled: plus 40.80, a gain.");
    expect(announcement(event("turn/settled", { netPnl: "-1.005" }))?.text).toBe("A decision was settled: minus 1.01, a loss.");
    expect(announcement(event("turn/settled", { netPnl: "0" }))?.text).toBe("A decision was settled: no gain or loss.");
    expect(announcement(event("fill/posted", { side: "buy", quantity: "8660", symbol: "DOGE/USDT", price: "0.24184" }))?.text).toBe(
      "Filled: buy 8,660 DOGE/USDT at 0.24184.",
    );
  });

  it("says an alert once, urgently when somebody was halted", () => {
    const alert = (severity: string) => announcement(event("risk/alert.raised", { severity, title: "Drawdown: Luna" }));
    expect(alert("warning")).toEqual({ text: "Alert: Drawdown: Luna.", urgent: false });
    expect(alert("critical")?.urgent).toBe(true);
    expect(announcement(event("risk/alert.changed", { state: "resolved" }))).toBeNull();
  });

  it("says nothing of phases", () => {
    expect(announcement(event("turn/phase.changed", { phase: "context" }))).toBeNull();
  });
});
