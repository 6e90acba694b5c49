import type { Metadata } from "next";
import { BacktestPage } from "@/components/backtests/backtest-page";

export const metadata: Metadata = { title: "Backtest" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <BacktestPage backtestId={(await params).id} />;
}
