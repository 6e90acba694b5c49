import type { Metadata } from "next";
import { NewBacktest } from "@/components/backtests/new-backtest";

export const metadata: Metadata = { title: "New backtest" };

export default async function Page({ searchParams }: { searchParams: Promise<{ from?: string }> }) {
  return <NewBacktest copyOf={(await searchParams).from ?? null} />;
}
