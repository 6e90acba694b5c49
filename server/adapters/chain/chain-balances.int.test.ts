import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileContracts } from "@/server/testing/compile-contracts";
import { type LocalChain, noLocalChain, startLocalChain } from "@/server/testing/local-chain";
import { startRpcServer } from "@/server/testing/rpc-server";
import { ChainBalances } from "./chain-balances";

const CHAIN = 31_337;
const DEAD = 31_339;
const wall = { now: () => 5 };
const tries = { maxAttempts: 1, basePauseMs: 1, timeoutMs: 5_000 };

describe.skipIf(noLocalChain !== null)(`balances on chain${noLocalChain ? ` [skipped: ${noLocalChain}]` : ""}`, () => {
  let chain: LocalChain;
  beforeAll(async () => {
    chain = await startLocalChain(CHAIN);
  });
  afterAll(() => chain?.stop());

  it("are the chain's own, to the last digit, with what cannot be read named", async () => {
    const owner = privateKeyToAccount(generatePrivateKey()).address;
    const contracts = await compileContracts();
    const amount = 1_234_567_890_123n;
    const usdc = await chain.deploy(contracts("Token"), ["USDC", 6, owner, amount]);
    const odd = await chain.deploy(contracts("Token"), ["<script>", 0, owner, 7n]);
    const none = await chain.deploy(contracts("WalletFactory"), []);
    await chain.give(owner, parseEther("1.000000000000000001"));
    const read = new ChainBalances({
      urls: new Map([
        [CHAIN, chain.url],
        [DEAD, "http://127.0.0.1:9"],
        [1, chain.url],
      ]),
      tokens: new Map([[CHAIN, [usdc, odd, none]]]),
      wall,
      tries,
    });
    const { chains, at } = await read.read(owner.toLowerCase());
    expect(at).toBe(5);
    expect(chains).toEqual([
      {
        chainId: CHAIN,
        chain: "Foundry",
        problem: null,
        block: expect.stringMatching(/^\d+$/),
        balances: [
          { symbol: "ETH", token: null, amount: "1.000000000000000001" },
          { symbol: "USDC", token: usdc, amount: "1234567.890123" },
          { symbol: "script", token: odd, amount: "7" },
        ],
        unread: [none],
      },
      { chainId: DEAD, chain: `Chain ${DEAD}`, problem: "no usable answer", block: null, balances: [], unread: [] },
      // Another chain's balances are never shown as this one's.
      { chainId: 1, chain: "Ethereum", problem: "the address is of another chain", block: null, balances: [], unread: [] },
    ]);
  });
});

describe("a chain that answers nonsense", () => {
  it("is asked once for many readers, and its balances are not made up", async () => {
    const server = await startRpcServer(({ method, id }, response) => {
      const result = method === "eth_chainId" ? "0x7a69" : method === "eth_blockNumber" ? "0x1" : "0x";
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
    try {
      const read = new ChainBalances({ urls: new Map([[CHAIN, server.url]]), wall, tries });
      const address = "0x000000000000000000000000000000000000dEaD";
      const answers = await Promise.all([read.read(address), read.read(address), read.read(address.toLowerCase())]);
      for (const { chains } of answers) expect(chains).toMatchObject([{ problem: "no usable answer", balances: [] }]);
      expect(server.requests.filter((m) => m === "eth_getBalance")).toHaveLength(1);
      await expect(read.read("0x12")).rejects.toMatchObject({ code: "INVALID_ADDRESS", details: { field: "address" } });
    } finally {
      await server.close();
    }
  });
});
