import type { Database } from "@/server/adapters/db/database";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import type { OrderRow, TurnLease } from "@/server/agents";

/** The controls: a store that lets an order be sent again when its process died while sending; one that books what comes while it listens. */
export type NaiveStore = "resends" | "forgets";

/** Lets an order whose sending was begun be begun again: what a product without a `sending` state does. */
export class ResendingOrderStore extends PrismaOrderStore {
  override async ofTurn(turnId: string): Promise<readonly OrderRow[]> {
    return (await super.ofTurn(turnId)).map((o) => (o.status === "sending" ? { ...o, status: "intended" } : o));
  }
  override async beginSending(lease: TurnLease, order: OrderRow, wallNow: number): ReturnType<PrismaOrderStore["beginSending"]> {
    const begun = await super.beginSending(lease, order, wallNow);
    return begun === "already" ? "sending" : begun;
  }
}

/** Books only what is executed from its own start on, as a product does that listens to a stream and keeps no cursor. */
export class ForgettingOrderStore extends PrismaOrderStore {
  constructor(
    db: Database,
    private readonly from: number,
  ) {
    super(db);
  }
  override async account(agentId: string): ReturnType<PrismaOrderStore["account"]> {
    const account = await super.account(agentId);
    return { ...account, cursor: Math.max(this.from, account.cursor) };
  }
}
