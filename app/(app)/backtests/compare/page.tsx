import type { Metadata } from "next";
import { ComparePage } from "@/components/backtests/compare-page";

export const metadata: Metadata = { title: "Compare backtests" };

export default async function Page({ searchParams }: { searchParams: Promise<{ ids?: string }> }) {
  const ids = ((await searchParams).ids ?? "").split(",").filter((id) => /^[0-9a-f-]{36}$/.test(id));
  return <ComparePage ids={[...new Set(ids)].slice(0, 4)} />;
}
