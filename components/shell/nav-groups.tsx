import Link from "next/link";
import { NAV } from "./nav";
import { OpenAlerts } from "./open-alerts";

/** Every page, by group; `onChoose` is told when one was chosen. */
export const NavGroups = ({ path, onChoose }: { path: string; onChoose?: () => void }) =>
  NAV.map(({ group, items }) => (
    <div className="nav-g" key={group ?? "top"}>
      {group && <div className="nav-h">{group}</div>}
      {items.map(({ href, label, icon: Icon }) => (
        <Link
          key={href}
          href={href}
          className="nav-a"
          aria-current={path.startsWith(href) ? "page" : undefined}
          {...(onChoose ? { onClick: onChoose } : {})}
        >
          <Icon className="i" aria-hidden="true" />
          {label}
          {href === "/risk" && <OpenAlerts />}
        </Link>
      ))}
    </div>
  ));
