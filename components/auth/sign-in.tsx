"use client";
import { Flame, LogIn, Wallet } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useEffect, useState } from "react";
import { Logo } from "@/components/shell/logo";
import type { MarketLabel, MeView } from "@/server/api/contract";
import { type SignInWay, signInWith } from "./sign-in-with";

const WalletButtons = dynamic(() => import("./wallet-buttons"), {
  ssr: false,
  loading: () => (
    <button type="button" className="btn lg" disabled>
      <Wallet className="i" aria-hidden="true" />
      Looking for wallets…
    </button>
  ),
});

/** The ways in. Without a wallet of one's own only where nothing real is at stake. */
export function SignIn({ mode, market }: { mode: MeView["mode"]; market: MarketLabel }) {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const run = async (name: string, way: SignInWay) => {
    setBusy(name);
    setProblem(null);
    const failed = await signInWith(way);
    if (failed) {
      setProblem(failed);
      setBusy(null);
    } else window.location.assign("/overview");
  };
  return (
    <div className="auth">
      <main className="card">
        <Link href="/" className="brand" style={{ padding: 0 }}>
          <Logo />
          MemePulse
        </Link>
        <h1 className="fs20 semi">Sign in</h1>
        <p className="t2">Your wallet signs a message that proves the address is yours. It moves no money and allows no trade.</p>
        {problem && (
          <p className="note loss" role="alert">
            {problem}
          </p>
        )}
        <WalletButtons busy={busy} run={run} />
        {mode !== "production" && (
          <>
            <button type="button" className="btn lg" disabled={busy !== null || !ready} onClick={() => void run("burner", { kind: "burner" })}>
              <Flame className="i" aria-hidden="true" />
              {busy === "burner" ? "Signing in…" : "Use a burner wallet"}
            </button>
            <button type="button" className="btn lg" disabled={busy !== null || !ready} onClick={() => void run("demo", { kind: "demo" })}>
              <LogIn className="i" aria-hidden="true" />
              {busy === "demo" ? "Signing in…" : "Continue as the demo trader"}
            </button>
            <p className="hint">
              A burner wallet is made in this browser and kept only here. Both exist in the demo and in development only. Prices: {market.label}. All
              trading is paper trading.
            </p>
          </>
        )}
      </main>
    </div>
  );
}
