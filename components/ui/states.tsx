"use client";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { apiError } from "@/components/api/api-error";
import { ErrorId } from "./error-id";

/** Grey blocks where content will be. */
export const Loading = ({ rows = 4, label = "Loading" }: { rows?: number; label?: string }) => (
  <div role="status" aria-label={label} className="stack g3" style={{ padding: 16 }}>
    {Array.from({ length: rows }, (_, i) => `row-${i}`).map((key, i) => (
      <div key={key} className="skel" style={{ height: 18, width: `${92 - i * 11}%` }} />
    ))}
  </div>
);

/** Nothing here yet, and what to do about it. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="stack g2" style={{ padding: "28px 16px", alignItems: "center", textAlign: "center" }}>
    <p className="med">{title}</p>
    {children && <div className="t3">{children}</div>}
  </div>
);

/** What happened, what is safe, what to do. */
export function ErrorNote({ error, what = "This could not be loaded", onRetry }: { error: unknown; what?: string; onRetry?: () => void }) {
  const { message, requestId } = apiError(error);
  return (
    <div className="note loss" role="alert">
      <CircleAlert className="i" aria-hidden="true" />
      <div className="grow stack g1">
        <p>
          <b className="med">{what}.</b> {message}
        </p>
        {requestId && <ErrorId id={requestId} />}
      </div>
      {onRetry && (
        <button type="button" className="btn sm" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
