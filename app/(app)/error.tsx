"use client";
import { PageFailed } from "@/components/shell/page-failed";

/** A page of the app that failed: the shell with its kill switch stays. */
export default function AppError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="card">
      <PageFailed error={error} onRetry={reset} />
    </div>
  );
}
