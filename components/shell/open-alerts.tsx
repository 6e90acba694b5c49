"use client";
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTRPC } from "@/components/api/trpc";

/** How many alerts nobody has acknowledged; nothing while there is none. */
export function OpenAlerts() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.risk.alerts.queryOptions({ state: "open", limit: 1 }, { refetchInterval: 60_000 }));
  if (!data || data.unseen === 0) return null;
  return (
    <span className="bdg warn" style={{ marginLeft: "auto" }}>
      <TriangleAlert className="i i-xs" aria-hidden="true" />
      {data.unseen}
      <span className="sr"> alerts to look at</span>
    </span>
  );
}
