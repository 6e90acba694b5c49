import type { Metadata } from "next";
import { BacktestsPage } from "@/components/backtests/backtests-page";

export const metadata: Metadata = { title: "Backtests" };

export default function Page() {
  return <BacktestsPage />;
}
