import type { DecisionDetail } from "@/server/api/contract";

type Trust = DecisionDetail["context"][number]["trust"];
const WORDS: Readonly<Record<Trust, { label: string; bars: number }>> = {
  exchange: { label: "exchange", bars: 4 },
  own: { label: "own records", bars: 4 },
  agent: { label: "another agent", bars: 2 },
  external: { label: "outside", bars: 1 },
};

/** How far an item can be believed: bars and a word. */
export function TrustMark({ trust }: { trust: Trust }) {
  const { label, bars } = WORDS[trust];
  return (
    <span className={trust === "external" ? "trust ext" : "trust"}>
      <span className="tb" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <i key={bar} className={bar <= bars ? "f" : undefined} />
        ))}
      </span>
      {label}
    </span>
  );
}
