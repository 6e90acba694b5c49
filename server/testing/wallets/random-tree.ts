import type { Database } from "@/server/adapters/db/database";
import { postInTransaction } from "@/server/adapters/db/post-transactions";
import { PrismaWalletTree } from "@/server/adapters/db/wallets/prisma-wallet-tree";
import { fillDraft } from "@/server/ledger";
import { DomainError, type Fixed, fixed, mul, type TenantScope, toText, ZERO } from "@/server/shared";
import { applyFill, emptyPosition } from "@/server/trading";
import type { MoneyService, MovementKind } from "@/server/wallets";
import type { liveAgents } from "../live-agents";
import { TEST_CONFIG } from "../live-agents";
import { seedWorkspace } from "../seed-workspace";

const SYMBOL = "BTC/USDT";
export type Mover = Pick<MoneyService, "move" | "undo">;

/** A workspace with a random tree, and random things that happen to it: movements, fills, moved wallets, model bills. */
export class RandomTree {
  readonly nodes: string[] = [];
  readonly agents: { agentId: string; nodeId: string; trades: boolean }[] = [];
  readonly movements: string[] = [];
  /** Operations by what came of them. */
  readonly outcomes = new Map<string, number>();
  price: Fixed = fixed("100");
  #count = 0;

  private constructor(
    private readonly db: Database,
    private readonly live: ReturnType<typeof liveAgents>,
    private readonly random: () => number,
    readonly mover: Mover,
    readonly scope: TenantScope,
    readonly workspaceId: string,
    readonly master: string,
  ) {}

  static async grow(
    db: Database,
    live: ReturnType<typeof liveAgents>,
    random: () => number,
    size: { farms: number; agents: number },
    mover: Mover = live.money,
  ): Promise<RandomTree> {
    const { scope, workspaceId, treasuryNodeId } = await seedWorkspace(db);
    const world = new RandomTree(db, live, random, mover, scope, workspaceId, treasuryNodeId);
    world.nodes.push(treasuryNodeId);
    const tree = new PrismaWalletTree(db);
    for (let i = 0; i < size.farms; i++) {
      const vault = random() < 0.2;
      const holders = world.nodes.filter((id) => !world.#vaults.has(id));
      const parentId = pick(random, holders);
      const id = vault
        ? await tree.create(scope, { kind: "vault", name: `Vault ${i}`, parentId }, live.clock.time)
        : await tree.create(scope, { kind: "farm", name: `Farm ${i}`, parentId, strategy: "custom" }, live.clock.time);
      if (vault) world.#vaults.add(id);
      world.nodes.push(id);
      await world.#ask("allocate", treasuryNodeId, id, fixed("3000"), `grow:${i}`);
    }
    for (let i = 0; i < size.agents; i++) {
      const parentNodeId = pick(
        random,
        world.nodes.filter((id) => !world.#vaults.has(id)),
      );
      const { agentId } = await live.service
        .create(scope, { config: { ...TEST_CONFIG, name: `Agent ${i}` }, capital: fixed("1000"), parentNodeId })
        .catch(() => live.service.create(scope, { config: { ...TEST_CONFIG, name: `Agent ${i}` }, capital: fixed("1000") }));
      world.agents.push({ agentId, nodeId: (await live.agents.get(scope, agentId)).nodeId, trades: i % 3 !== 0 });
    }
    return world;
  }

  readonly #vaults = new Set<string>();

  /** `count` random operations, `width` of them at once. Refusals are expected; anything else is thrown. */
  async happen(count: number, width: number): Promise<void> {
    for (let done = 0; done < count; done += width) {
      this.live.clock.time += 60_000;
      this.price = fixed((50 + this.random() * 100).toFixed(2));
      const wave = Array.from({ length: Math.min(width, count - done) }, () => this.#operation());
      await Promise.all(wave.map((run) => this.#counted(run)));
    }
  }

  get prices(): Readonly<Record<string, Fixed>> {
    return { [SYMBOL]: this.price };
  }

  async #counted(run: () => Promise<string>): Promise<void> {
    let outcome: string;
    try {
      outcome = await run();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      outcome = error.code;
    }
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  #operation(): () => Promise<string> {
    const { random } = this;
    const everywhere = [...this.nodes, ...this.agents.map((a) => a.nodeId)];
    const [from, to] = [pick(random, everywhere), pick(random, everywhere)];
    const amount = fixed((random() * (random() < 0.2 ? 200_000 : 900)).toFixed(random() < 0.05 ? 4 : 2));
    const key = `op:${this.#count++}`;
    const agent = pick(random, this.agents);
    const roll = random();
    if (roll < 0.3) return () => this.#ask("rebalance", from, to, amount, key);
    if (roll < 0.4) return () => this.#ask("collect", agent.nodeId, this.master, amount, key);
    if (roll < 0.45) return () => this.#ask("deposit", null, this.master, amount, key);
    if (roll < 0.5) return () => this.#ask("withdraw", this.master, null, amount, key);
    if (roll < 0.6 && this.movements.length > 0) {
      const again = pick(random, this.movements);
      return async () => ((await this.mover.undo(this.scope, again)).moved ? "undone" : "undone before");
    }
    if (roll < 0.65) {
      // The same key, several times at once.
      return async () => {
        const all = await Promise.all(Array.from({ length: 5 }, () => this.#ask("rebalance", from, to, amount, key)));
        return all.filter((o) => o === "moved").length <= 1 ? "replayed" : "MOVED TWICE";
      };
    }
    if (roll < 0.7) return () => this.#replace(agent.nodeId, pick(random, this.nodes));
    if (roll < 0.73) return () => this.#modelBill(agent.agentId);
    return () =>
      this.#fill(
        this.agents.find((a) => a.trades)
          ? pick(
              random,
              this.agents.filter((a) => a.trades),
            )
          : agent,
      );
  }

  async #ask(kind: MovementKind, fromNodeId: string | null, toNodeId: string | null, amount: Fixed, key: string): Promise<string> {
    const { movementId, moved } = await this.mover.move(this.scope, { kind, fromNodeId, toNodeId, amount, key, why: "" });
    if (moved) this.movements.push(movementId);
    return moved ? "moved" : "moved before";
  }

  async #replace(nodeId: string, parentId: string): Promise<string> {
    await new PrismaWalletTree(this.db).move(this.scope, nodeId, parentId, { at: this.live.clock.time, prices: this.prices });
    return "replaced";
  }

  /** A memo: no money of the tree. */
  async #modelBill(agentId: string): Promise<string> {
    const id = crypto.randomUUID();
    await this.db.prisma.modelCall.create({
      data: { id, workspaceId: this.workspaceId, agentId, key: id, model: "m", day: new Date(0), status: "settled", reserved: "1", settled: "0.37" },
    });
    return "billed";
  }

  /** One fill as the product books it: postings and position in one transaction. */
  #fill({ agentId, nodeId }: { agentId: string; nodeId: string }): Promise<string> {
    const { random, price } = this;
    const side = random() < 0.6 ? ("buy" as const) : ("sell" as const);
    const quantity = fixed((random() * 4 + 0.001).toFixed(3));
    const fillId = `${agentId}:${this.#count++}`;
    return this.db.transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Agent" WHERE id = ${agentId}::uuid FOR UPDATE`;
      const row = await tx.position.findUnique({ where: { agentId_symbol: { agentId, symbol: SYMBOL } } });
      const before = row
        ? {
            symbol: SYMBOL,
            quantity: fixed(row.quantity.toFixed()),
            averageEntry: fixed(row.averageEntry.toFixed()),
            realisedPnl: fixed(row.realisedPnl.toFixed()),
            feesPaid: fixed(row.feesPaid.toFixed()),
          }
        : emptyPosition(SYMBOL);
      const notional = mul(quantity, price, "half-even");
      const fee = mul(notional, fixed("0.001"), "up");
      const after = applyFill(before, { symbol: SYMBOL, side, quantity, price, fee });
      const { draft } = fillDraft({
        fillId,
        nodeId,
        at: this.live.clock.time,
        side,
        base: "BTC",
        quote: "USDT",
        quantity,
        notional,
        fee,
        held: ZERO,
      });
      await postInTransaction(tx, this.workspaceId, draft);
      const data = {
        quantity: toText(after.quantity),
        averageEntry: toText(after.averageEntry),
        realisedPnl: toText(after.realisedPnl),
        feesPaid: toText(after.feesPaid),
      };
      await tx.position.upsert({
        where: { agentId_symbol: { agentId, symbol: SYMBOL } },
        create: { agentId, symbol: SYMBOL, ...data },
        update: data,
      });
      return side === "buy" ? "bought" : "sold";
    });
  }
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}
