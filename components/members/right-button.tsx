"use client";
import type { ComponentProps } from "react";
import { type Right, useRefusal } from "./rights";

/**
 * A button that changes something. Without the right it does nothing and says why; it keeps its place in the tab order, so that the reason
 * is found with the keyboard, too.
 */
export function RightButton({ right, ...button }: ComponentProps<"button"> & { right: Right }) {
  const refusal = useRefusal(right);
  if (refusal === null) return <button type="button" {...button} />;
  const { className, style, children, ref } = button;
  const label = button["aria-label"];
  return (
    <button
      type="button"
      aria-disabled="true"
      title={refusal}
      {...{ className, style, ref }}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      {children}
    </button>
  );
}
