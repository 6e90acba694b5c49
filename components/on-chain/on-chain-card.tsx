"use client";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { ChainHoldingsView, OnChainView } from "@/server/api/contract/people";

/** The signed-in wallet's own balances on chain: read only, and never part of the workspace's money. */
export function OnChainCard() {
  const trpc = useTRPC();
  const query = useQuery(trpc.me.onChain.queryOptions(undefined, { staleTime: 30_000 }));
  return (
    <section className="card s6" aria-labelledby="on-chain-h">
      <div className="card-h">
        <h2 id="on-chain-h">Your wallet on chain</h2>
        <span className="sub">read only: agents cannot touch it, and no figure elsewhere counts it</span>
      </div>
      {query.error && (
        <div className="card-b">
          <ErrorNote error={query.error} what="The chains could not be asked" onRetry={() => void query.refetch()} />
        </div>
      )}
      {!query.data && !query.error && <Loading rows={3} label="Asking the chains" />}
      {query.data && <Holdings view={query.data} />}
    </section>
  );
}

function Holdings({ view }: { view: OnChainView }) {
  if (view.address === null) return <Empty title="The demo trader has no wallet">Sign in with a wallet of your own to see what it holds.</Empty>;
  if (!view.configured)
    return <Empty title="No chain is configured">Whoever runs this installation names the chains to ask with the variable EVM_RPC_URLS.</Empty>;
  return (
    <>
      <p className="card-b t2">
        <span className="mono brk">{view.address}</span>, asked at <Time at={view.at} />
      </p>
      <div className="tbl-w">
        <table className="tbl" aria-labelledby="on-chain-h" data-testid="on-chain">
          <TableHead columns={["Chain", "Currency", ["Balance", "r"]]} />
          <tbody>
            {view.chains.flatMap((chain) => (chain.problem === null ? chainRows(chain) : [<Unanswered key={chain.chainId} chain={chain} />]))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const chainRows = ({ chainId, chain, block, balances, unread }: ChainHoldingsView) => [
  ...balances.map(({ symbol, token, amount }) => (
    <tr key={`${chainId}-${token}`}>
      <td>
        {chain}
        <span className="nm2">block {block}</span>
      </td>
      <td title={token ?? undefined}>{symbol}</td>
      <td className="r num">{amount}</td>
    </tr>
  )),
  ...unread.map((token) => (
    <tr key={`${chainId}-${token}`}>
      <td>{chain}</td>
      <td className="mono brk fs12">{token}</td>
      <td className="r t3">gives no answer</td>
    </tr>
  )),
];

const Unanswered = ({ chain }: { chain: ChainHoldingsView }) => (
  <tr>
    <td>{chain.chain}</td>
    <td colSpan={2} className="t2">
      <CircleAlert className="i" aria-hidden="true" /> not known: {chain.problem}
    </td>
  </tr>
);
