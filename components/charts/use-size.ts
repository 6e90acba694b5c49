"use client";
import { type RefObject, useEffect, useRef, useState } from "react";

export type Size = { readonly width: number; readonly height: number };

/** The pixels an element has, followed as they change; null before the first measure. */
export function useSize<T extends HTMLElement>(): { ref: RefObject<T | null>; size: Size | null } {
  const ref = useRef<T>(null);
  const [size, setSize] = useState<Size | null>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, size };
}
