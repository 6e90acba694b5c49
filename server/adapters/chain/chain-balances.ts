import { LRUCache } from "lru-cache";
import { type Address, type Chain, decodeFunctionResult, encodeFunctionData, erc20Abi, formatUnits, getAddress, type Hex, isHex } from "viem";
import { arbitrum, base, baseSepolia, bsc, foundry, mainnet, optimism, polygon, sepolia } from "viem/chains";
import { DomainError } from "@/server/shared";
import { askChain, type ChainRequest, type ChainTries } from "./ask-chain";
import { KNOWN_TOKENS } from "./known-tokens";

/** Exact decimal text in units of the currency. `token` = the contract's address, null for the chain's own currency. */
export type ChainBalance = { readonly symbol: string; readonly token: string | null; readonly amount: string };
export type ChainHoldings = {
  readonly chainId: number;
  readonly chain: string;
  /** Why nothing is known of this chain; null when its balances are. */
  readonly problem: string | null;
  /** The newest block that the chain knew when it was asked. */
  readonly block: string | null;
  readonly balances: readonly ChainBalance[];
  /** Tokens that gave no usable answer, by address. */
  readonly unread: readonly string[];
};
export type WalletHoldings = { /** Wall ms. */ readonly at: number; readonly chains: readonly ChainHoldings[] };

const CHAINS: ReadonlyMap<number, Chain> = new Map(
  [mainnet, base, arbitrum, optimism, polygon, bsc, sepolia, baseSepolia, foundry].map((c) => [c.id, c]),
);
const KEPT_MS = 30_000;
const MOST_DECIMALS = 36;

/**
 * What an address holds on the configured chains: read only, by plain JSON-RPC questions. A chain that does not answer, or whose address
 * turns out to be another chain's, is named with its problem and hides no other. Each address is asked about at most twice a minute.
 */
export class ChainBalances {
  readonly #tries: ChainTries;
  readonly #recent = new LRUCache<string, WalletHoldings>({ max: 1_000, ttl: KEPT_MS });
  readonly #running = new Map<string, Promise<WalletHoldings>>();
  readonly #tokens = new Map<string, { readonly symbol: string; readonly decimals: number }>();

  constructor(
    private readonly parts: {
      /** JSON-RPC address by chain id. */
      readonly urls: ReadonlyMap<number, string>;
      /** Tokens to look for by chain id, beside the known stablecoins. */
      readonly tokens?: ReadonlyMap<number, readonly Address[]>;
      readonly wall: { now(): number };
      readonly tries?: Partial<ChainTries>;
    },
  ) {
    this.#tries = { timeoutMs: 4_000, maxAttempts: 2, basePauseMs: 150, random: Math.random, ...parts.tries };
  }

  /** Throws INVALID_ADDRESS. */
  async read(address: string): Promise<WalletHoldings> {
    const owner = addressOf(address);
    const known = this.#recent.get(owner) ?? this.#running.get(owner);
    if (known) return known;
    const asking = this.#ask(owner).finally(() => this.#running.delete(owner));
    this.#running.set(owner, asking);
    const holdings = await asking;
    this.#recent.set(owner, holdings);
    return holdings;
  }

  async #ask(owner: Address): Promise<WalletHoldings> {
    const chains = await Promise.all([...this.parts.urls].map(([chainId, url]) => this.#chain(chainId, url, owner)));
    return { at: this.parts.wall.now(), chains };
  }

  async #chain(chainId: number, url: string, owner: Address): Promise<ChainHoldings> {
    const chain = CHAINS.get(chainId);
    const about = { chainId, chain: chain?.name ?? `Chain ${chainId}` };
    const failed = (problem: string): ChainHoldings => ({ ...about, problem, block: null, balances: [], unread: [] });
    const ask = (request: ChainRequest) => this.#value(url, request);
    const id = await ask({ method: "eth_chainId" });
    if (!id.ok) return failed(id.why);
    if (Number(id.value) !== chainId) return failed("the address is of another chain");
    const [block, own] = await Promise.all([ask({ method: "eth_blockNumber" }), ask({ method: "eth_getBalance", address: owner })]);
    if (!block.ok) return failed(block.why);
    if (!own.ok) return failed(own.why);
    const tokens = [...new Set([...(KNOWN_TOKENS.get(chainId) ?? []), ...(this.parts.tokens?.get(chainId) ?? [])])];
    const held = await Promise.all(tokens.map(async (token) => ({ token, balance: await this.#token(chainId, url, token, owner) })));
    const currency = chain?.nativeCurrency ?? { symbol: "native", decimals: 18 };
    return {
      ...about,
      problem: null,
      block: BigInt(block.value).toString(),
      balances: [
        { symbol: currency.symbol, token: null, amount: formatUnits(BigInt(own.value), currency.decimals) },
        ...held.flatMap(({ balance }) => (balance ? [balance] : [])),
      ],
      unread: held.filter(({ balance }) => balance === null).map(({ token }) => token),
    };
  }

  /** Null when the contract is none, or answers nothing that a token answers. */
  async #token(chainId: number, url: string, token: Address, owner: Address): Promise<ChainBalance | null> {
    try {
      const about = this.#tokens.get(`${chainId}:${token}`) ?? (await this.#aboutToken(chainId, url, token));
      const raw = await this.#call(url, token, encodeFunctionData({ abi: erc20Abi, functionName: "balanceOf", args: [owner] }));
      const amount = decodeFunctionResult({ abi: erc20Abi, functionName: "balanceOf", data: raw });
      return { symbol: about.symbol, token, amount: formatUnits(amount, about.decimals) };
    } catch {
      // Whatever a stranger's contract answers: it is named as unread.
      return null;
    }
  }

  async #aboutToken(chainId: number, url: string, token: Address): Promise<{ symbol: string; decimals: number }> {
    const decimals = decodeFunctionResult({
      abi: erc20Abi,
      functionName: "decimals",
      data: await this.#call(url, token, encodeFunctionData({ abi: erc20Abi, functionName: "decimals" })),
    });
    const symbol = decodeFunctionResult({
      abi: erc20Abi,
      functionName: "symbol",
      data: await this.#call(url, token, encodeFunctionData({ abi: erc20Abi, functionName: "symbol" })),
    });
    if (decimals > MOST_DECIMALS) throw new Error("no token has so many decimals");
    const about = { symbol: symbol.replaceAll(/[^\w.$₮-]/g, "").slice(0, 16) || "token", decimals };
    this.#tokens.set(`${chainId}:${token}`, about);
    return about;
  }

  async #call(url: string, to: Address, data: Hex): Promise<Hex> {
    const answer = await this.#value(url, { method: "eth_call", to, data });
    if (!answer.ok) throw new Error(answer.why);
    return answer.value;
  }

  async #value(url: string, request: ChainRequest): Promise<{ ok: true; value: Hex } | { ok: false; why: string }> {
    const answer = await askChain(url, request, this.#tries);
    if (answer.kind === "failed") return { ok: false, why: answer.reason };
    if (answer.kind === "reverted" || !isHex(answer.value) || answer.value === "0x") return { ok: false, why: "no usable answer" };
    return { ok: true, value: answer.value };
  }
}

function addressOf(address: string): Address {
  try {
    return getAddress(address);
  } catch {
    throw new DomainError("INVALID_ADDRESS", "must be a wallet address", { field: "address" });
  }
}
