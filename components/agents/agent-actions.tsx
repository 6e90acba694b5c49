"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { OctagonX, Play, Square, Zap } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { RightButton } from "@/components/members/right-button";
import type { AgentDetail } from "@/server/api/contract";
import { HaltAgent } from "./halt-agent";
import { MoveMoney } from "./move-money";

/** What can be done with an agent in its present state. */
export function AgentActions({ agent: a }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const common = {
    onSuccess: () => void queryClient.invalidateQueries(),
    onError: (e: unknown) => setProblem(apiError(e).message),
    onMutate: () => setProblem(null),
  };
  const start = useMutation(trpc.agents.start.mutationOptions(common));
  const stop = useMutation(trpc.agents.stop.mutationOptions(common));
  const resume = useMutation(trpc.agents.resume.mutationOptions(common));
  const decide = useMutation(trpc.agents.decideNow.mutationOptions(common));
  const archive = useMutation(trpc.agents.archive.mutationOptions({ ...common, onSuccess: () => router.push("/agents") }));
  const id = { agentId: a.id };
  return (
    <div className="stack g2" style={{ alignItems: "flex-end" }}>
      <div className="row wrap">
        {a.status === "stopped" && (
          <RightButton right="trade" className="btn pri" disabled={start.isPending} onClick={() => start.mutate(id)}>
            <Play className="i" aria-hidden="true" />
            Start
          </RightButton>
        )}
        {(a.status === "running" || a.status === "starting") && (
          <RightButton right="trade" className="btn" disabled={stop.isPending} onClick={() => stop.mutate(id)}>
            <Square className="i" aria-hidden="true" />
            Stop
          </RightButton>
        )}
        {a.status === "halted" && (
          <RightButton right="trade" className="btn pri" disabled={resume.isPending} onClick={() => resume.mutate(id)}>
            <Play className="i" aria-hidden="true" />
            Resume
          </RightButton>
        )}
        {a.status !== "halted" && a.status !== "archived" && (
          <RightButton right="trade" className="btn" disabled={decide.isPending} onClick={() => decide.mutate({ ...id, key: crypto.randomUUID() })}>
            <Zap className="i" aria-hidden="true" />
            {decide.isPending ? "Asking…" : "Decide now"}
          </RightButton>
        )}
        {a.status !== "archived" && <MoveMoney agent={a} />}
        {(a.status === "stopped" || a.status === "halted") && (
          <RightButton right="trade" className="btn" disabled={archive.isPending} onClick={() => archive.mutate(id)}>
            Archive
          </RightButton>
        )}
        {a.status !== "halted" && a.status !== "archived" && (
          <HaltAgent
            agent={a}
            trigger={
              <RightButton right="trade" className="btn dan-o">
                <OctagonX className="i" aria-hidden="true" />
                Halt agent
              </RightButton>
            }
          />
        )}
      </div>
      {problem && (
        <p className="err" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
