"use client";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

const HOLD_MS = 1500;

/** A dangerous action: hold for a second and a half, or with the keyboard type HALT. */
export function HoldButton({
  children,
  onConfirm,
  busy = false,
  className = "btn dan",
}: {
  children: ReactNode;
  onConfirm: () => void;
  busy?: boolean;
  className?: string;
}) {
  const [holding, setHolding] = useState(false);
  const [typed, setTyped] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const hint = useId();
  const begin = () => {
    if (busy) return;
    cancel();
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      onConfirm();
    }, HOLD_MS);
  };
  const cancel = () => {
    setHolding(false);
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
  };
  // A dialog left while the button is held takes the button away without a word from the pointer.
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
    },
    [],
  );
  const onKey = (key: string) => {
    const next = /^[a-zA-Z]$/.test(key) ? (typed + key).toUpperCase().slice(-4) : typed;
    setTyped(next);
    if (next === "HALT") {
      setTyped("");
      if (!busy) onConfirm();
    }
  };
  return (
    <button
      type="button"
      className={`${className} hold`}
      data-holding={holding}
      disabled={busy}
      aria-describedby={hint}
      onPointerDown={(e) => {
        if (e.button === 0) begin();
      }}
      onPointerUp={cancel}
      onPointerLeave={cancel}
      onPointerCancel={cancel}
      onBlur={cancel}
      onContextMenu={(e) => e.preventDefault()}
      onKeyDown={(e) => onKey(e.key)}
    >
      <i aria-hidden="true" />
      <span>{busy ? "Working…" : children}</span>
      <span id={hint} className="sr">
        Hold the button for one and a half seconds, or type HALT.
      </span>
    </button>
  );
}
