import type { Metadata } from "next";
import { AgentPage } from "@/components/agents/agent-page";

export const metadata: Metadata = { title: "Agent" };

export default async function Agent({ params, searchParams }: { params: Promise<{ id: string }>; searchParams: Promise<{ tab?: string }> }) {
  const { tab } = await searchParams;
  return <AgentPage agentId={(await params).id} tab={tab === "settings" || tab === "evidence" ? tab : "decisions"} />;
}
