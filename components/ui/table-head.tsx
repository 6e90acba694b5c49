import type { ReactNode } from "react";

/** A column's head: its name, or its name with "r" (figures, to the right), "hide-s" (not on a phone), or "sr" (for screen readers only). */
export type Column = string | readonly [name: string, kind: "r" | "hide-s" | "sr"] | readonly [name: string, kind: "r", extra: ReactNode];

/** The head of a table. */
export const TableHead = ({ columns }: { columns: readonly Column[] }) => (
  <thead>
    <tr>
      {columns.map((column) => {
        const [name, kind, extra] = typeof column === "string" ? [column] : column;
        const hidden = kind === "sr" || kind === "hide-s";
        return (
          <th scope="col" key={name} {...(kind === "r" || kind === "hide-s" ? { className: kind } : {})}>
            {hidden ? <span className="sr">{name}</span> : name}
            {extra}
          </th>
        );
      })}
    </tr>
  </thead>
);
