import { type BudgetRepository, budgetExceeded } from "@/server/llm";
import { add, type Fixed, sum, type TenantScope, ZERO } from "@/server/shared";

type Row = { readonly agentId: string | null; readonly reserved: Fixed; readonly settled: Fixed | null; readonly at: number };

/** A budget in memory, for one workspace and one day; remembers the highest spend it ever allowed. */
export class MemoryBudget implements BudgetRepository {
  readonly highest: { readonly cap: Fixed; readonly spent: Fixed }[] = [];
  private readonly rows = new Map<string, Row>();
  constructor(private readonly caps: { readonly workspace: Fixed; readonly agent: Fixed }) {}

  async reserve(_scope: TenantScope, asked: { key: string; agentId: string | null; amount: Fixed; wallNow: number }): Promise<boolean> {
    if (this.rows.has(asked.key)) return false;
    this.check("workspace", this.caps.workspace, this.spent(), asked.amount);
    if (asked.agentId) this.check("agent", this.caps.agent, this.spent(asked.agentId), asked.amount);
    const gap = this.gap();
    if (gap) await gap;
    this.rows.set(asked.key, { agentId: asked.agentId, reserved: asked.amount, settled: null, at: asked.wallNow });
    this.note(asked.agentId);
    return true;
  }

  async settle(_scope: TenantScope, key: string, spent: { amount: Fixed }): Promise<void> {
    const row = this.rows.get(key);
    if (!row || row.settled !== null) return;
    this.rows.set(key, { ...row, settled: spent.amount });
    this.note(row.agentId);
  }

  async settleLost(scope: TenantScope, key: string): Promise<Fixed | null> {
    const row = this.rows.get(key);
    if (!row) return null;
    await this.settle(scope, key, { amount: row.reserved });
    return row.settled ?? row.reserved;
  }

  async settleAbandoned(before: number, limit: number): Promise<number> {
    const old = [...this.rows].filter(([, r]) => r.settled === null && r.at < before).slice(0, limit);
    for (const [key, row] of old) this.rows.set(key, { ...row, settled: row.reserved });
    return old.length;
  }

  /** Whether a call was ever reserved under this key. */
  has(key: string): boolean {
    return this.rows.has(key);
  }

  async today(_scope: TenantScope, _wallNow: number, agentId?: string): Promise<{ cap: Fixed; settled: Fixed; reserved: Fixed }> {
    const rows = this.of(agentId);
    return {
      cap: agentId ? this.caps.agent : this.caps.workspace,
      settled: sum(rows.map((r) => r.settled ?? ZERO)),
      reserved: sum(rows.filter((r) => r.settled === null).map((r) => r.reserved)),
    };
  }

  /** What is reserved and not settled (USD). */
  reservedNow(): Fixed {
    return sum(
      this.of()
        .filter((r) => r.settled === null)
        .map((r) => r.reserved),
    );
  }

  /** Between the check and the reservation; a test widens it to prove that it would be noticed. */
  protected gap(): Promise<void> | undefined {
    return undefined;
  }

  private of(agentId?: string): Row[] {
    return [...this.rows.values()].filter((r) => agentId === undefined || r.agentId === agentId);
  }

  private spent(agentId?: string): Fixed {
    return sum(this.of(agentId).map((r) => r.settled ?? r.reserved));
  }

  private check(level: "agent" | "workspace", cap: Fixed, spent: Fixed, asked: Fixed): void {
    if (add(spent, asked) > cap) throw budgetExceeded(level, cap, spent, asked);
  }

  private note(agentId: string | null): void {
    this.highest.push({ cap: this.caps.workspace, spent: this.spent() });
    if (agentId) this.highest.push({ cap: this.caps.agent, spent: this.spent(agentId) });
  }
}
