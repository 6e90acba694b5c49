import type { Metadata } from "next";
import { NodePage } from "@/components/wallets/node-page";

export const metadata: Metadata = { title: "Wallet" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <NodePage nodeId={(await params).id} />;
}
