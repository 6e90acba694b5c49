"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import type { StoredEvent } from "@/server/events";
import { announcement } from "./announcement";
import { setLiveState } from "./live-state";
import { sharedStream } from "./shared-stream";

const SPEAK_EVERY_MS = 10_000;
/** Events come in bursts; pages are asked for anew once a burst, not once an event. */
const SETTLE_MS = 250;

/**
 * Keeps what is on screen true while things happen elsewhere, and tells screen readers what matters.
 * `place` is where the log of events stood before anything of the page was loaded.
 */
export function LiveUpdates({ workspaceId, place }: { workspaceId: string; place: number }) {
  const [from] = useState(place);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [polite, setPolite] = useState("");
  const [urgent, setUrgent] = useState("");
  const spokenAt = useRef(0);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = null;
        for (const key of [
          trpc.overview.pathKey(),
          trpc.agents.pathKey(),
          trpc.decisions.pathKey(),
          trpc.workspace.pathKey(),
          trpc.risk.alerts.pathKey(),
          trpc.wallets.pathKey(),
        ])
          void queryClient.invalidateQueries({ queryKey: key });
      }, SETTLE_MS);
    };
    const speak = (event: StoredEvent) => {
      const said = announcement(event);
      if (!said) return;
      if (said.urgent) setUrgent(said.text);
      else if (Date.now() - spokenAt.current > SPEAK_EVERY_MS) {
        spokenAt.current = Date.now();
        setPolite(said.text);
      }
    };
    const stop = sharedStream(workspaceId, from, {
      onEvent: (event) => {
        speak(event);
        if (event.type === "model/key.changed") void queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() });
        else if (event.type === "risk/breaker.acted") void queryClient.invalidateQueries({ queryKey: trpc.risk.pathKey() });
        else if (event.type === "backtest/changed") void queryClient.invalidateQueries({ queryKey: trpc.backtests.pathKey() });
        else if (event.type === "workspace/members.changed") void queryClient.invalidateQueries({ queryKey: trpc.members.pathKey() });
        else if (event.type.startsWith("goal/")) {
          void queryClient.invalidateQueries({ queryKey: trpc.goals.list.pathKey() });
          void queryClient.invalidateQueries({ queryKey: trpc.goals.get.pathKey() });
        } else refresh();
      },
      onGap: () => void queryClient.invalidateQueries(),
      onState: setLiveState,
    });
    return () => {
      if (timer) clearTimeout(timer);
      stop();
    };
  }, [trpc, queryClient, workspaceId, from]);

  return (
    <>
      <div className="sr" aria-live="polite">
        {polite}
      </div>
      <div className="sr" aria-live="assertive">
        {urgent}
      </div>
    </>
  );
}
