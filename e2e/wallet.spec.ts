import { expect } from "@playwright/test";
import { verifyMessage } from "viem";
import { test } from "./fixtures/wallet";

type Eip1193 = { request(call: { method: string; params?: unknown[] }): Promise<unknown> };

test("the injected wallet shows no account until asked, then signs what its address proves", async ({ page, wallet }) => {
  await page.goto("/api/health");
  const seen = await page.evaluate(async () => {
    const { ethereum } = window as unknown as { ethereum: Eip1193 };
    const before = await ethereum.request({ method: "eth_accounts" });
    const connected = await ethereum.request({ method: "eth_requestAccounts" });
    const signature = await ethereum.request({ method: "personal_sign", params: ["0x68656c6c6f", (connected as string[])[0]] });
    const refused = await ethereum.request({ method: "eth_sendTransaction" }).catch((error: { code: number }) => error.code);
    return { before, connected, signature: signature as `0x${string}`, refused };
  });
  expect(seen.before).toEqual([]);
  expect(seen.connected).toEqual([wallet.address]);
  expect(seen.refused).toBe(4200);
  expect(await verifyMessage({ address: wallet.address, message: "hello", signature: seen.signature })).toBe(true);
  expect(await verifyMessage({ address: wallet.address, message: "hello!", signature: seen.signature })).toBe(false);
});
