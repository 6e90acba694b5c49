"use client";
import { PageFailed } from "@/components/shell/page-failed";

/** The shell itself, the landing or the sign-in page failed: there is nothing around it to keep. */
export default function RootError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="auth">
      <main className="card">
        <PageFailed error={error} onRetry={reset} />
      </main>
    </div>
  );
}
