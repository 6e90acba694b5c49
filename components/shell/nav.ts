import {
  Bot,
  BrainCircuit,
  FlaskConical,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  PlugZap,
  ScrollText,
  Server,
  Settings,
  Shield,
  Target,
  Users,
  Wallet,
} from "lucide-react";

export type NavItem = { readonly href: string; readonly label: string; readonly icon: LucideIcon };
/** Only pages that exist. */
export const NAV: readonly { readonly group: string | null; readonly items: readonly NavItem[] }[] = [
  { group: null, items: [{ href: "/overview", label: "Overview", icon: LayoutDashboard }] },
  {
    group: "Trade",
    items: [
      { href: "/agents", label: "Agents", icon: Bot },
      { href: "/backtests", label: "Backtests", icon: FlaskConical },
    ],
  },
  {
    group: "Money",
    items: [
      { href: "/risk", label: "Risk", icon: Shield },
      { href: "/wallet", label: "Wallet", icon: Wallet },
      { href: "/goals", label: "Goals", icon: Target },
    ],
  },
  { group: "Mind", items: [{ href: "/models", label: "Models", icon: BrainCircuit }] },
  {
    group: "Account",
    items: [
      { href: "/members", label: "Members", icon: Users },
      { href: "/audit", label: "Audit", icon: ScrollText },
      { href: "/connections", label: "Connections", icon: PlugZap },
      { href: "/api-keys", label: "API keys", icon: KeyRound },
      { href: "/settings", label: "Settings", icon: Settings },
      { href: "/runs", label: "Runs", icon: ListChecks },
      { href: "/system", label: "System", icon: Server },
    ],
  },
];
