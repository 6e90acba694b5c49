import type { Execution, PaperAccountState, PaperOrder } from "@/server/trading";

/** The paper venue's own books. The state is replaced only where its version is still the one that was read. */
export interface PaperAccountStore {
  /** Version 0 and an empty account when nothing was ever saved. */
  load(account: string): Promise<{ readonly state: PaperAccountState; readonly version: number }>;
  /** Writes state, changed orders and new executions together; false (and nothing written) when the version has moved on. */
  save(
    account: string,
    expectedVersion: number,
    next: { readonly state: PaperAccountState; readonly orders: readonly PaperOrder[]; readonly executions: readonly Execution[] },
  ): Promise<boolean>;
  /** The latest order placed under this client id. */
  findOrder(account: string, clientOrderId: string): Promise<PaperOrder | null>;
  /** In order of sequence. */
  executionsAfter(account: string, sequence: number): Promise<readonly Execution[]>;
}
