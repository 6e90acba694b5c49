import type { Database } from "@/server/adapters/db/database";
import { PrismaBlobStore } from "@/server/adapters/db/prisma-blob-store";
import type { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { replayTurn, STAGES, type StageName, type TurnCode } from "@/server/agents";
import { type Clock, DomainError, notFound, type TenantScope } from "@/server/shared";
import type { ReplayView } from "../contract";
import type { ReplayService } from "../services";

/** Replays a stored decision with the code of this build. */
export class LiveReplayService implements ReplayService {
  constructor(private readonly ports: { readonly db: Database; readonly turns: PrismaTurnStore; readonly code: TurnCode; readonly wall: Clock }) {}

  async replay(scope: TenantScope, turnId: string): Promise<ReplayView> {
    const { db, turns, code, wall } = this.ports;
    const from = wall.now();
    const turn = await db.prisma.turn.findFirst({ where: { id: turnId, workspaceId: scope.workspaceId } });
    if (!turn) throw notFound("This decision");
    const hashes: Record<StageName, string | null> = {
      context: turn.contextHash,
      prompt: turn.promptHash,
      decision: turn.decisionHash,
      verdict: turn.verdictHash,
      intents: turn.intentsHash,
    };
    try {
      const { inputs, replies } = await turns.loadStored(turnId);
      const values = await new PrismaBlobStore(db).getMany(Object.values(hashes).filter((h) => h !== null));
      const stages = STAGES.flatMap((stage) => {
        const hash = hashes[stage];
        return hash === null ? [] : [{ stage, hash, value: values.get(hash) ?? null }];
      });
      const result = replayTurn({ inputs, replies, stages, build: turn.build }, code);
      if (result.result === "cannot") return result;
      return { ...result, stages: result.stages.map((s) => ({ ...s })), durationMs: wall.now() - from };
    } catch (error) {
      if (error instanceof DomainError && error.code === "BLOB_DAMAGED")
        return { result: "cannot", missing: `${error.message} It no longer has the hash it was stored under.` };
      throw error;
    }
  }
}
