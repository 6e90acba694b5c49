/** Asks a chain whether a contract wallet stands behind a signature. Speaks only to chains that the installation has set. */
export interface ContractSignatureVerifier {
  /** EIP-155 ids of the chains that can be asked. */
  readonly chainIds: readonly number[];
  /**
   * True when the wallet at `address` accepts `signature` of `message` (EIP-191 text): by its own code (EIP-1271), or, not deployed
   * yet, by the code its factory would deploy there (EIP-6492). False when it does not, whatever way it says so.
   * Throws SIWE_CHAIN_UNREACHABLE when the chain gave no answer that could be used.
   */
  verify(input: { chainId: number; address: string; message: string; signature: string }): Promise<boolean>;
}
