"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { CurvesChart } from "@/components/charts/curves-chart";
import { Segments } from "@/components/risk/method-switch";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { WalletNodeView } from "@/server/api/contract/wallets";

const DAYS = [
  ["1", "1 day"],
  ["7", "7 days"],
  ["30", "30 days"],
] as const;

/** What a wallet was worth beside the money that flowed in and out of it. */
export function TreeFlows({ nodeId, name, currency }: { nodeId: string; name: string; currency: string }) {
  const trpc = useTRPC();
  const [days, setDays] = useState<(typeof DAYS)[number][0]>("7");
  const query = useQuery(trpc.wallets.node.queryOptions({ nodeId, days: Number(days) }, { refetchInterval: 60_000 }));
  return (
    <div className="card-line" style={{ paddingTop: 12 }}>
      <div className="card-h wrap">
        <h3>Flows over time</h3>
        <span className="sub">what {name} was worth, and the money paid in less out</span>
        <span className="end">
          <Segments label="Period, market time" value={days} options={DAYS} onChange={setDays} />
        </span>
      </div>
      {query.error && <ErrorNote error={query.error} what="The flows could not be loaded" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading rows={3} label="Loading the flows" />}
      {query.data && <FlowChart node={query.data} currency={currency} />}
    </div>
  );
}

/** Equity (solid) and net money in (dashed); the difference is what was made. */
export function FlowChart({ node, currency }: { node: WalletNodeView; currency: string }) {
  const { record } = node;
  if (record.length < 2)
    return (
      <p className="card-b t3">There is no curve yet: a point is added with every decision of an agent under this wallet and with every movement.</p>
    );
  // What had come in by the first point: what is known today less what has come since.
  const later = record.slice(1).reduce((s, p) => s + Number(p.flow), 0);
  let paid =
    Number(node.row.kind === "treasury" ? node.row.paidIn : node.row.capital) - (node.row.kind === "treasury" ? Number(node.row.paidOut) : 0) - later;
  const paidIn = record.map((p, i) => {
    if (i > 0) paid += Number(p.flow);
    return paid;
  });
  return (
    <CurvesChart
      times={record.map((p) => p.at)}
      currency={currency}
      simulated={false}
      height={220}
      curves={[
        { name: "Worth", color: "var(--c1)", kind: "own", values: record.map((p) => Number(p.equity)) },
        { name: "Paid in, net", color: "var(--chart-bench)", kind: "bench", values: paidIn },
      ]}
    />
  );
}
