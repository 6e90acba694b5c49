"use client";
import { useEffect, useState } from "react";
import { apiError } from "@/components/api/api-error";
import { ErrorId } from "@/components/ui/error-id";
import { pageRequestId } from "./page-request-id";

/** What is shown in place of a page that failed: what is safe, the error's id, a way on. */
export function PageFailed({ error, onRetry }: { error: Error & { digest?: string }; onRetry: () => void }) {
  // The failed call's own id; else that of the page's request, which the browser knows after the first paint; else the framework's digest.
  // Each of them stands in a log line of ours.
  const [id, setId] = useState(() => apiError(error).requestId ?? error.digest ?? null);
  useEffect(() => {
    const entries = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type) as PerformanceResourceTiming[]);
    setId(apiError(error).requestId ?? pageRequestId(entries, window.location.pathname) ?? error.digest ?? null);
  }, [error]);
  return (
    <>
      <div className="card-h">
        <h1>This page could not be shown</h1>
      </div>
      <div className="card-b stack g3">
        <p className="t2">Nothing was changed. Your agents go on as they were.</p>
        {id !== null && <ErrorId id={id} />}
        <div>
          <button type="button" className="btn pri" onClick={onRetry}>
            Try again
          </button>
        </div>
      </div>
    </>
  );
}
