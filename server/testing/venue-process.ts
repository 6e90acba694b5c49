import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { startVenueServer } from "@/server/adapters/exchanges/paper/venue-server";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";

// The paper venue as a process of its own: what it logs is what really happened, whoever died. Ends with its standard input.
const { logFile } = JSON.parse(process.argv[2] ?? "{}") as { logFile: string };
const exchange = new PaperExchangeClient({ feed: new SimulatedMarketFeed(7), store: new InMemoryPaperAccountStore() });
const { url } = await startVenueServer({ exchange, logFile });
process.stdout.write(`${url}\n`);
process.stdin.resume().once("end", () => process.exit(0));
