"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Logo } from "./logo";
import { NAV } from "./nav";
import { OpenAlerts } from "./open-alerts";

/** Pages, by group. */
export function Sidebar({ build }: { build: string }) {
  const path = usePathname();
  return (
    <nav className="side" aria-label="Pages">
      <Link href="/overview" className="brand">
        <Logo />
        MemePulse
      </Link>
      {NAV.map(({ group, items }) => (
        <div className="nav-g" key={group ?? "top"}>
          {group && <div className="nav-h">{group}</div>}
          {items.map(({ href, label, icon: Icon }) => (
            <Link key={href} href={href} className="nav-a" aria-current={path.startsWith(href) ? "page" : undefined}>
              <Icon className="i" aria-hidden="true" />
              {label}
              {href === "/risk" && <OpenAlerts />}
            </Link>
          ))}
        </div>
      ))}
      <div className="side-foot t3 fs11">
        Build {build}
        <br />
        Paper trading only
      </div>
    </nav>
  );
}

/** The same on a phone: a bar at the bottom. */
export function BottomBar() {
  const path = usePathname();
  return (
    <nav className="bottombar" aria-label="Pages, bottom bar">
      {NAV.flatMap((g) => g.items).map(({ href, label, icon: Icon }) => {
        const current = path.startsWith(href);
        return (
          <Link key={href} href={href} aria-current={current ? "page" : undefined} ref={current ? intoView : undefined}>
            <Icon className="i" aria-hidden="true" />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}

/** The bar scrolls sideways: the page one is on is never out of sight. */
const intoView = (link: HTMLAnchorElement | null) => link?.scrollIntoView({ inline: "center", block: "nearest" });
