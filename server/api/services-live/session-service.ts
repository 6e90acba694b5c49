import type { PrismaSessionRepository } from "@/server/adapters/db/prisma-session-repository";
import type { Caller } from "@/server/auth/auth-service";
import { type Clock, notFound } from "@/server/shared";
import type { SessionView } from "../contract";
import type { SessionService } from "../services";

/** A person's own sessions. */
export class LiveSessionService implements SessionService {
  constructor(
    private readonly sessions: PrismaSessionRepository,
    private readonly wall: Clock,
  ) {}

  async list(caller: Caller): Promise<SessionView[]> {
    const rows = await this.sessions.list(caller.userId, this.wall.now());
    return rows.map((s) => ({ ...s, current: s.id === caller.sessionId }));
  }

  async revoke(caller: Caller, sessionId: string): Promise<void> {
    if (!(await this.sessions.revoke(caller.userId, sessionId, this.wall.now()))) throw notFound("This session");
  }
}
