"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/api/trpc";
import { Money, Percent, Pnl, Return, Unknown } from "@/components/format/number";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { WalletNodeView } from "@/server/api/contract/wallets";
import { FarmForm } from "./farm-form";
import { RulesForm } from "./rules-form";
import { StatementCard } from "./statement-card";
import { FlowChart } from "./tree-flows";
import { childWords, POLICY_WORDS } from "./wallet-words";

/** One wallet: its figures, its rules, its limits if it is a farm, and its statement. */
export function NodePage({ nodeId }: { nodeId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.wallets.node.queryOptions({ nodeId, days: 30 }, { refetchInterval: 30_000 }));
  const node = query.data;
  return (
    <>
      <div className="page-h wrap">
        <div>
          <p className="crumb">
            <Link href="/wallet">Wallet</Link> ›{" "}
            {node?.path.map((p) => (
              <span key={p.id}>
                <Link href={`/wallet/${p.id}`}>{p.name}</Link> ›{" "}
              </span>
            ))}
          </p>
          <h1>{node?.row.name ?? "Wallet"}</h1>
          {node && (
            <div className="scope">
              <span className={`bdg ${node.row.mode === "paper" ? "m-paper" : "m-live"}`}>{node.row.mode.toUpperCase()}</span>
              <span>{childWords(node.row)}</span>
              {node.rebalance && node.rebalance.schedule !== "off" && (
                <span>
                  rebalanced {node.rebalance.schedule}, {(POLICY_WORDS[node.rebalance.policy]?.name ?? "").toLowerCase()},{" "}
                  {node.rebalance.apply ? "by itself" : "only proposed"}
                </span>
              )}
            </div>
          )}
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} what="This wallet could not be loaded" onRetry={() => void query.refetch()} />}
      {!node && !query.error && (
        <div className="card">
          <Loading rows={8} label="Loading the wallet" />
        </div>
      )}
      {node && (
        <div className="grid">
          <Figures node={node} />
          <section className="card s12" aria-labelledby="flows-h">
            <div className="card-h">
              <h2 id="flows-h">Flows over time</h2>
              <span className="sub">the last 30 days of market time</span>
            </div>
            <FlowChart node={node} currency={node.row.currency} />
          </section>
          <RulesForm node={node} />
          {node.row.kind === "farm" && <FarmForm node={node} />}
          <StatementCard rows={[]} nodeId={nodeId} marketNow={node.marketNow} />
        </div>
      )}
    </>
  );
}

function Figures({ node }: { node: WalletNodeView }) {
  const { row: r } = node;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Worth", <Money key="v" value={r.equity} unit={r.currency} />],
    ["Own cash", <Money key="v" value={r.balance} unit={r.currency} />],
    ["Free", <Money key="v" value={r.free} unit={r.currency} />],
    ["Allocated", <Money key="v" value={r.allocated} unit={r.currency} />],
    ["Reserved for orders", <Money key="v" value={r.reserved} unit={r.currency} />],
    ["Made, net of fees", <Pnl key="v" value={r.made} unit={r.currency} />],
    ["Realised", <Pnl key="v" value={r.realised} unit={r.currency} />],
    ["Unrealised", <Pnl key="v" value={r.unrealised} unit={r.currency} />],
    ["Fees", <Money key="v" value={r.fees} unit={r.currency} />],
    ["Return, time-weighted", <Return key="v" value={r.return === null ? null : r.return.toFixed(6)} />],
    [
      "Return a year, money-weighted",
      node.moneyReturn.ok ? <Return key="v" value={node.moneyReturn.value.toFixed(6)} /> : <Unknown key="v" reason={node.moneyReturn.message} />,
    ],
    ["Deepest fall, 30 days", <Percent key="v" value={node.drawdown === null ? null : node.drawdown.toFixed(6)} />],
    ["Model cost, a memo", <Money key="v" value={r.modelCost} unit="USD" />],
  ];
  return (
    <section className="card s12" aria-label="Figures">
      <dl className="strip risk-strip" style={{ margin: 0 }}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="fig-l">{name}</dt>
            <dd className="fs16" style={{ margin: 0 }}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
