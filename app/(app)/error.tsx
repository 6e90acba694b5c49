"use client";

/** A page that failed: what is safe, the id, and a way on. */
export default function AppError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="card">
      <div className="card-h">
        <h1>This page could not be shown</h1>
      </div>
      <div className="card-b stack g3">
        <p className="t2">Nothing was changed. Your agents go on as they were.</p>
        {error.digest && <p className="t3 mono">Error id {error.digest}</p>}
        <div>
          <button type="button" className="btn pri" onClick={reset}>
            Try again
          </button>
        </div>
      </div>
    </div>
  );
}
