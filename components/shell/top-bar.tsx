"use client";
import { LogOut, Moon, Settings, Sun } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { DropdownMenu } from "radix-ui";
import { LiveState } from "@/components/live/live-state";
import { WorkspaceMenu } from "@/components/members/workspace-menu";
import type { MarketLabel } from "@/server/api/contract";
import { KillSwitch } from "./kill-switch";

function toggleTheme() {
  const root = document.documentElement;
  const next = root.dataset.theme === "light" ? "dark" : "light";
  root.dataset.theme = next;
  localStorage.setItem("theme", next);
}

/** On every screen: which prices, which money, the kill switch, the theme, the account. */
export function TopBar({ market, address, isDemo }: { market: MarketLabel; address: string | null; isDemo: boolean }) {
  const name = isDemo ? "Demo trader" : address ? `${address.slice(0, 6)}…${address.slice(-4)}` : "Account";
  return (
    <header className="top">
      <span className={`bdg ${market.kind === "exchange" ? "" : "m-sim"}`}>{market.label}</span>
      <LiveState />
      <span className="grow" />
      <span className="bdg m-paper">PAPER</span>
      <KillSwitch />
      <button type="button" className="btn gho ico" aria-label="Switch between dark and light" onClick={toggleTheme}>
        <Sun className="i theme-sun" aria-hidden="true" />
        <Moon className="i theme-moon" aria-hidden="true" />
      </button>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className="btn" data-testid="account">
          <span className={isDemo ? "" : "mono"}>{name}</span>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
            <WorkspaceMenu />
            <DropdownMenu.Item asChild>
              <Link href="/settings">
                <Settings className="i" aria-hidden="true" />
                Settings
              </Link>
            </DropdownMenu.Item>
            <DropdownMenu.Item onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
              <LogOut className="i" aria-hidden="true" />
              Sign out
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </header>
  );
}
