import { describe, expect, it } from "vitest";
import type { DecisionRow } from "@/server/api/contract";
import { foldHolds } from "./fold-holds";

const row = (turnId: string, action: string): DecisionRow => ({
  turnId,
  action,
  agentId: "a",
  agentName: "A",
  at: 0,
  phase: "settled",
  trigger: "schedule",
  symbol: "BTC/USDT",
  asked: null,
  allowed: null,
  outcome: action === "hold" ? "no-order" : "approve",
  summary: null,
  reason: null,
  filledQuantity: null,
  fillPrice: null,
  netPnl: null,
  holdPnl: null,
  modelCost: "0",
  settleAt: null,
});

describe("foldHolds", () => {
  it("folds long runs of holds, keeps short ones, loses none", () => {
    const rows = [row("0", "hold"), ...["1", "2", "3", "4", "5"].map((id) => row(id, "hold")), row("6", "buy"), row("7", "hold"), row("8", "hold")];
    const folded = foldHolds(rows);
    expect(folded.map((f) => [f.kind, f.rows.length])).toEqual([
      ["row", 1],
      ["fold", 5],
      ["row", 1],
      ["row", 1],
      ["row", 1],
    ]);
    expect(folded.flatMap((f) => f.rows)).toEqual(rows);
  });
});
