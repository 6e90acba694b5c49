import { describe, expect, it } from "vitest";
import { parseEvmTokens } from "./evm-tokens";

const USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";

describe("EVM_TOKENS", () => {
  it("reads pairs, several of a chain too", () => {
    const tokens = parseEvmTokens(` 8453=${USDC.toLowerCase()}, 8453=0x000000000000000000000000000000000000dEaD ,`);
    expect(tokens).toEqual(new Map([[8453, [USDC, "0x000000000000000000000000000000000000dEaD"]]]));
    expect(parseEvmTokens("")).toEqual(new Map());
  });
  it.each(["8453", `0=${USDC}`, "1=0x1234", `one=${USDC}`])("refuses %j, saying which pair", (text) => {
    expect(parseEvmTokens(`1=${USDC},${text}`)).toMatch(/pair 2 is not one/);
  });
});
