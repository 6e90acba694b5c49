"use client";
import { Menu } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { useState } from "react";
import { NAV } from "./nav";
import { NavGroups } from "./nav-groups";

/** What a phone's bar has room for; the drawer has everything. */
const FIRST = ["/overview", "/agents", "/risk", "/wallet"];

/** The pages on a phone: the first ones in a bar at the bottom, all of them in a drawer behind "More". */
export function BottomBar() {
  const path = usePathname();
  const [open, setOpen] = useState(false);
  const items = NAV.flatMap((g) => g.items).filter(({ href }) => FIRST.includes(href));
  const elsewhere = !items.some(({ href }) => path.startsWith(href));
  return (
    <nav className="bottombar" aria-label="Pages, bottom bar">
      {items.map(({ href, label, icon: Icon }) => (
        <Link key={href} href={href} aria-current={path.startsWith(href) ? "page" : undefined}>
          <Icon className="i" aria-hidden="true" />
          {label}
        </Link>
      ))}
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger data-here={elsewhere ? "" : undefined}>
          <Menu className="i" aria-hidden="true" />
          More
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Overlay className="overlay" />
          <Radix.Content className="drawer" aria-describedby={undefined}>
            <Radix.Title className="sr">All pages</Radix.Title>
            <nav aria-label="All pages">
              <NavGroups path={path} onChoose={() => setOpen(false)} />
            </nav>
            <Radix.Close className="btn">Close</Radix.Close>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </nav>
  );
}
