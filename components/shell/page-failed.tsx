"use client";

/** What is shown in place of a page that failed: what is safe, the error's id, a way on. */
export function PageFailed({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  return (
    <>
      <div className="card-h">
        <h1>This page could not be shown</h1>
      </div>
      <div className="card-b stack g3">
        <p className="t2">Nothing was changed. Your agents go on as they were.</p>
        {digest && <p className="t3 mono">Error id {digest}</p>}
        <div>
          <button type="button" className="btn pri" onClick={onRetry}>
            Try again
          </button>
        </div>
      </div>
    </>
  );
}
