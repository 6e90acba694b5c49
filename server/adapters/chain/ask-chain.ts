import { setTimeout as sleep } from "node:timers/promises";
import { type Address, type Client, createClient, type Hex, HttpRequestError, http, ResponseBodyTooLargeError, TimeoutError } from "viem";

export type ChainRequest =
  /** Without `to`: code that is run without being deployed. */
  | { readonly method: "eth_call"; readonly to?: Address; readonly data: Hex }
  | { readonly method: "eth_getBalance"; readonly address: Address }
  | { readonly method: "eth_blockNumber" }
  | { readonly method: "eth_chainId" };
/** `reverted`: the chain ran the call and it failed, which is an answer. `failed`: no answer; the reason repeats no address. */
export type ChainAnswer = { readonly kind: "result"; readonly value: unknown } | { readonly kind: "reverted" } | ChainFailure;
export type ChainFailure = { readonly kind: "failed"; readonly reason: string };
export type ChainTries = {
  /** Time of one try (ms), the body of the answer included. */
  readonly timeoutMs: number;
  /** Tries of one request, the first included. */
  readonly maxAttempts: number;
  /** First pause between tries (ms); doubles, with jitter. */
  readonly basePauseMs: number;
  /** Randomness for the jitter, 0 to 1. */
  readonly random: () => number;
};

const MAX_ANSWER_BYTES = 64 * 1024;
/** How nodes say that a call ran and failed; EIP-1474 has no code of its own for it, so -32000 is told apart by its words. */
const REVERT_CODES = new Set([3, -32015]);
const REVERT_WORDS = /revert|vm execution error|vm exception|invalid opcode|out of gas|stack (?:under|over)flow|invalid jump/i;

/**
 * One JSON-RPC request to one address, tried again with jitter while the chain gives no answer. Plain requests only: the client's
 * own `call` would follow a contract's OffchainLookup to any address that the contract names. Redirects are not followed.
 */
export async function askChain(url: string, request: ChainRequest, tries: ChainTries): Promise<ChainAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await askOnce(url, request, tries.timeoutMs);
    if (answer.kind !== "failed" || !answer.retry) return answer;
    if (attempt >= tries.maxAttempts) return { kind: "failed", reason: answer.reason };
    await sleep(tries.basePauseMs * 2 ** (attempt - 1) * (0.5 + tries.random()));
  }
}

async function askOnce(url: string, request: ChainRequest, timeoutMs: number): Promise<ChainAnswer & { readonly retry?: boolean }> {
  // The library's timeout ends with the headers; the signal also covers a body that never ends.
  const signal = AbortSignal.timeout(timeoutMs);
  const transport = http(url, { retryCount: 0, timeout: timeoutMs, maxResponseBodySize: MAX_ANSWER_BYTES, fetchOptions: { redirect: "error" } });
  const client = createClient({ transport, ccipRead: false });
  try {
    const value: unknown = await send(client, request, signal);
    return { kind: "result", value };
  } catch (error) {
    return signal.aborted ? { kind: "failed", reason: "timeout", retry: true } : classify(error);
  }
}

function send(client: Client, request: ChainRequest, signal: AbortSignal): Promise<unknown> {
  switch (request.method) {
    case "eth_call":
      return client.request(
        { method: "eth_call", params: [{ data: request.data, ...(request.to ? { to: request.to } : {}) }, "latest"] },
        { signal },
      );
    case "eth_getBalance":
      return client.request({ method: "eth_getBalance", params: [request.address, "latest"] }, { signal });
    default:
      return client.request({ method: request.method }, { signal });
  }
}

/** Errors of the library name the address, which often holds a key: only what is known to be harmless is kept. */
function classify(error: unknown): ChainAnswer & { readonly retry?: boolean } {
  if (error instanceof TimeoutError) return { kind: "failed", reason: "timeout", retry: true };
  if (error instanceof ResponseBodyTooLargeError) return { kind: "failed", reason: "answer too large", retry: false };
  if (error instanceof HttpRequestError) {
    if (error.status === undefined) return { kind: "failed", reason: "no usable answer", retry: true };
    return { kind: "failed", reason: `http ${error.status}`, retry: error.status >= 500 || error.status === 408 || error.status === 429 };
  }
  const { code, said } = rpcError(error);
  if (code === undefined) return { kind: "failed", reason: "no JSON-RPC answer", retry: true };
  if (REVERT_CODES.has(code) || REVERT_WORDS.test(said)) return { kind: "reverted" };
  return { kind: "failed", reason: `rpc error ${code}`, retry: code !== -32601 && code !== -32602 };
}

/** The node's own code and words: of the innermost error that has a code, since the library wraps them in sentences of its own. */
function rpcError(error: unknown): { code: number | undefined; said: string } {
  let found: { code: number | undefined; said: string } = { code: undefined, said: "" };
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ("code" in e && typeof e.code === "number")
      found = { code: e.code, said: "details" in e && typeof e.details === "string" ? e.details : e.message };
  }
  return found;
}
