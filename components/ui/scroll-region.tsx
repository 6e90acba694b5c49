import type { ReactNode } from "react";

/** What may be wider than the screen: it scrolls by itself, also with the keyboard. */
export const ScrollRegion = ({ label, className = "tbl-w", children }: { label: string; className?: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus nobody could scroll it by keyboard
  <section className={className} aria-label={`${label}, scrolls sideways`} tabIndex={0}>
    {children}
  </section>
);
