"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Logo } from "./logo";
import { NavGroups } from "./nav-groups";

/** Pages, by group. */
export function Sidebar({ build }: { build: string }) {
  const path = usePathname();
  return (
    <nav className="side" aria-label="Pages">
      <Link href="/overview" className="brand">
        <Logo />
        MemePulse
      </Link>
      <NavGroups path={path} />
      <div className="side-foot t3 fs11">
        Build {build}
        <br />
        Paper trading only
      </div>
    </nav>
  );
}
