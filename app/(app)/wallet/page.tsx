import type { Metadata } from "next";
import { WalletPage } from "@/components/wallets/wallet-page";

export const metadata: Metadata = { title: "Wallet" };

export default function Page() {
  return <WalletPage />;
}
