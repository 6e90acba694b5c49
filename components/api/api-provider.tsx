"use client";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import type { AppRouter } from "@/server/api/root";
import { apiError } from "./api-error";
import { TRPCProvider } from "./trpc";

const isOurFault = (error: unknown) => apiError(error).status >= 500 || apiError(error).status === 0;

/** A session that ended elsewhere: what is on screen is stale, and nothing here works until the next sign-in. */
function leaveWhenSignedOut(error: unknown) {
  if (apiError(error).status === 401) window.location.assign("/sign-in");
}

/** One query cache and one API client for the whole app. Refusals are not asked again; outages are, twice. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(
    () =>
      new QueryClient({
        queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
        defaultOptions: { queries: { staleTime: 5_000, retry: (count, error) => count < 2 && isOurFault(error) }, mutations: { retry: false } },
      }),
  );
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/api/trpc", transformer: superjson, maxURLLength: 6000 })] }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
