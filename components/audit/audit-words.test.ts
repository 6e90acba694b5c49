import { describe, expect, it } from "vitest";
import { actionWords, detailText } from "./audit-words";

describe("audit words", () => {
  it("keeps the name of an action that has no words", () => {
    expect(actionWords("member.invited")).toBe("invited an address");
    expect(actionWords("something.quite-new")).toBe("something quite new");
  });
  it("says the details in one line", () => {
    expect(detailText({ role: "viewer", chainId: 1, reason: null, limits: { a: "1" } })).toBe('role viewer · chain id 1 · limits {"a":"1"}');
    expect(detailText({})).toBe("");
    const movement = { to: "b", why: "Capital", from: "a", kind: "allocate", amount: "5000", currency: "USDT" };
    expect(detailText(movement, { a: "Treasury", b: "Momentum farm" })).toBe("5000 USDT from Treasury to Momentum farm: Capital");
    expect(detailText({ ...movement, from: null, why: "" })).toBe("5000 USDT to b");
  });
});
