/** A complete script that uses a key over the typed API. The key comes from the environment, never from the text. */
export function scriptExample(origin: string): string {
  return `import { createTRPCClient, httpBatchLink } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "./server/api/root";

const api = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({
      url: "${origin}/api/trpc",
      transformer: superjson,
      headers: { authorization: \`Bearer \${process.env.MEMEPULSE_KEY}\` },
    }),
  ],
});

for (const agent of await api.agents.list.query()) console.log(agent.name, agent.status, agent.equity);
`;
}
