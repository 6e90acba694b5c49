import { encodeDeployData, erc6492SignatureValidatorAbi, erc6492SignatureValidatorByteCode, getAddress, hashMessage, isHex } from "viem";
import type { ContractSignatureVerifier } from "@/server/auth/contract-signature-verifier";
import { DomainError } from "@/server/shared";
import { askChain, type ChainTries } from "./ask-chain";

/** EIP-1271 and EIP-6492 by the reference validator, run inside one `eth_call` without being deployed. */
export class ViemContractSignatureVerifier implements ContractSignatureVerifier {
  readonly chainIds: readonly number[];
  readonly #urls: ReadonlyMap<number, string>;
  readonly #tries: ChainTries;
  readonly #onProblem: ((problem: { chainId: number; reason: string }) => void) | undefined;
  /** Chains whose address has proven to be theirs: a mistyped pair must not let another chain's wallets in. */
  readonly #proven = new Set<number>();

  constructor(
    urls: ReadonlyMap<number, string>,
    options: Partial<ChainTries> & { readonly onProblem?: (problem: { chainId: number; reason: string }) => void } = {},
  ) {
    this.chainIds = [...urls.keys()];
    this.#urls = urls;
    this.#tries = {
      timeoutMs: options.timeoutMs ?? 3_000,
      maxAttempts: options.maxAttempts ?? 3,
      basePauseMs: options.basePauseMs ?? 150,
      random: options.random ?? Math.random,
    };
    this.#onProblem = options.onProblem;
  }

  async verify(input: { chainId: number; address: string; message: string; signature: string }): Promise<boolean> {
    const { chainId, signature } = input;
    const url = this.#urls.get(chainId);
    if (url === undefined) throw this.#unreachable(chainId, "not configured");
    if (!isHex(signature)) return false;
    await this.#prove(chainId, url);
    const data = encodeDeployData({
      abi: erc6492SignatureValidatorAbi,
      bytecode: erc6492SignatureValidatorByteCode,
      args: [getAddress(input.address), hashMessage(input.message), signature],
    });
    const answer = await askChain(url, { method: "eth_call", data }, this.#tries);
    if (answer.kind === "failed") throw this.#unreachable(chainId, answer.reason);
    if (answer.kind === "reverted" || answer.value === "0x00") return false;
    if (answer.value === "0x01") return true;
    throw this.#unreachable(chainId, "an answer that is neither yes nor no");
  }

  async #prove(chainId: number, url: string): Promise<void> {
    if (this.#proven.has(chainId)) return;
    const answer = await askChain(url, { method: "eth_chainId" }, this.#tries);
    if (answer.kind !== "result") throw this.#unreachable(chainId, answer.kind === "failed" ? answer.reason : "no chain id");
    if (typeof answer.value !== "string" || Number(answer.value) !== chainId) throw this.#unreachable(chainId, "the address is of another chain");
    this.#proven.add(chainId);
  }

  #unreachable(chainId: number, reason: string): DomainError {
    this.#onProblem?.({ chainId, reason });
    return new DomainError("SIWE_CHAIN_UNREACHABLE", `Chain ${chainId} could not be asked about this wallet's signature: try again in a moment`, {
      kind: "unavailable",
      field: "chainId",
      data: { chainId, reason },
    });
  }
}
