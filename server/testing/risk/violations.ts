import { type Limits, type ProposedOrder, SECTORS } from "@/server/risk";
import type { MadeUp } from "./situations";

/** Plain BigInt arithmetic; nothing of the judge's own. Units of 10^-18. */
const UNIT = 10n ** 18n;
const MINUTE = 60_000;
type Add = (text: string) => void;

/** Every limit that the order passes when it is made with this quantity, in words; empty when it passes none. */
export function violations(s: MadeUp, o: ProposedOrder, quantity: bigint): string[] {
  if (quantity <= 0n) return [];
  const found: string[] = [];
  const add: Add = (text) => found.push(text);
  const i = s.instrument;
  if (!i || s.lastPrice === null) return ["a market without rules or price"];
  if (quantity > o.quantity) add("more than was asked for");
  if (quantity % i.lotSize !== 0n) add("not whole lots");
  if (quantity < i.minQuantity || quantity > i.maxQuantity) add("venue quantity");
  if (o.type === "limit" && (o.limitPrice === null || o.limitPrice <= 0n || o.limitPrice % i.tickSize !== 0n)) add("off the tick");
  const price = o.type === "limit" ? (o.limitPrice ?? 0n) : s.lastPrice;
  if (quantity * price < (i.minNotional - 1n) * UNIT) add("venue notional");
  for (const { level, tradingState: state } of s.levels) {
    if (state === "reducing" && o.side === "buy") add(`${level} reducing`);
    if (state === "halted" && (o.side === "buy" || !s.byPerson)) add(`${level} halted`);
  }
  if (s.session !== "open" && o.side === "buy") add("the session");
  if (s.session === "closed" && !s.byPerson) add("the session");
  if (o.side === "sell") {
    if (quantity > s.quantity - s.claimedBySells) add("sells what is not free");
    return found;
  }
  if (!s.symbols.includes(o.symbol)) add("not the agent's market");
  const worst = o.type === "limit" ? price : (price * 105n) / 100n;
  if (quantity * worst * (UNIT + i.takerFee) > s.cash * UNIT * UNIT) add("more than the free cash");
  const asks = s.openOrders.filter((x) => x.symbol === o.symbol && x.side === "sell");
  if (asks.some((x) => o.type === "market" || x.limitPrice === null || x.limitPrice <= price)) add("meets an own order");
  for (const l of s.levels) levelViolations(s, o, quantity, price, l, (text) => add(`${l.level} ${text}`));
  const agent = s.levels[0];
  if (s.goalBudget && agent) {
    const worth = Object.values(agent.holds);
    const held = worth.reduce<bigint>((t, v) => t + (v ?? 0n), 0n);
    if (worth.includes(null) || agent.equity === null) add("the goals' exposure is not known");
    else if (held * UNIT + quantity * price > (s.goalBudget.maxExposurePercent * agent.equity) / 100n) add("more than its goals allow");
  }
  protectionViolations(s, o, add);
  return found;
}

function levelViolations(s: MadeUp, o: ProposedOrder, quantity: bigint, price: bigint, l: MadeUp["levels"][number], add: Add): void {
  const m: Limits = l.limits;
  const value = quantity * price;
  const over = (limit: bigint | null | undefined, before: bigint): boolean => limit != null && before * UNIT + value > limit * UNIT;
  if (m.allowedSymbols && !m.allowedSymbols.includes(o.symbol)) add("allow-list");
  if (over(m.maxOrderNotional, 0n)) add("order notional");
  const high = s.lastPrice !== null && s.lastPrice > price ? s.lastPrice : price;
  if (m.maxPositionNotional != null) {
    const held = l.symbolNotional === null ? s.quantity * high : l.symbolNotional * UNIT;
    if (held + s.openBuyNotional * UNIT + value > m.maxPositionNotional * UNIT) add("position notional");
  }
  if (m.maxDailyLoss != null && -l.dayPnl >= m.maxDailyLoss) add("daily loss");
  if (m.maxOrdersPerHour != null && l.ordersLastHour >= m.maxOrdersPerHour) add("orders per hour");
  if (m.maxOrdersPerMinute != null && l.ordersLastMinute >= m.maxOrdersPerMinute) add("orders per minute");
  if (m.minOrderNotional != null && value <= (m.minOrderNotional - 1n) * UNIT) add("smaller than its smallest");
  const sectorOf = (symbol: string): string => {
    for (const x of s.levels) if (x.limits.sectors?.[symbol]) return x.limits.sectors[symbol] as string;
    return SECTORS[symbol.split("/")[0] ?? ""] ?? (symbol.split("/")[0] as string);
  };
  const sums = (name: string, limit: bigint | null | undefined, percent: boolean, counts: (symbol: string) => boolean): void => {
    if (limit == null) return;
    const members = Object.entries(l.holds).filter(([symbol]) => counts(symbol));
    if (members.some(([, v]) => v === null) || (percent && l.equity === null)) {
      add(`${name} is not known`);
      return;
    }
    const held = members.reduce((t, [, v]) => t + (v ?? 0n), 0n);
    const bound = percent ? (limit * (l.equity ?? 0n)) / 100n : limit * UNIT;
    if (held * UNIT + value > bound) add(name);
  };
  sums("gross notional", m.maxGrossNotional, false, () => true);
  sums("gross share", m.maxGrossPercent, true, () => true);
  sums("concentration", m.maxSymbolPercent, true, (x) => x === o.symbol);
  sums("sector", m.maxSectorPercent, true, (x) => sectorOf(x) === sectorOf(o.symbol));
  const threshold = m.correlationThreshold == null ? 0.7 : Number(m.correlationThreshold) / 1e18;
  sums("correlated", m.maxCorrelatedPercent, true, (x) => x === o.symbol || (s.correlations[x] ?? 1) > threshold);
  if (m.maxVolumePercent != null) {
    const traded = s.volumes.slice(-(m.volumeBars ?? 24)).reduce<bigint>((t, v) => t + v, 0n);
    if (quantity * 100n * UNIT > traded * m.maxVolumePercent) add("volume share");
  }
  if (m.maxDepthPercent != null && s.depth !== null && quantity * 100n * UNIT > s.depth * m.maxDepthPercent) add("depth share");
  if (m.priceCollarBps != null) {
    if (s.reference === null) add("no reference");
    else if ((price > s.reference ? price - s.reference : s.reference - price) * 10_000n > s.reference * BigInt(m.priceCollarBps))
      add("price collar");
  }
  if (m.maxPriceAgeSeconds != null && s.at - (s.lastPriceAt ?? 0) > m.maxPriceAgeSeconds * 1000) add("stale price");
  if (m.tradingHours) {
    const clock = new Date(s.at).toISOString().slice(11, 16);
    const [from = "", to = ""] = m.tradingHours.split("-");
    if (!(from < to ? clock >= from && clock < to : clock >= from || clock < to)) add("outside its hours");
  }
  if (m.duplicateWindowSeconds != null) {
    const limitPrice = o.type === "limit" ? o.limitPrice : null;
    for (const r of s.recentOrders) {
      const same = r.symbol === o.symbol && r.side === o.side && r.limitPrice === limitPrice && r.quantity === quantity;
      if (same && r.levels.includes(l.level) && s.at - r.at < m.duplicateWindowSeconds * 1000) add("the same order again");
    }
  }
}

/** freqtrade's loop: after each close the protections are asked, and locks stay until they end. Percentages as plain numbers. */
function protectionViolations(s: MadeUp, o: ProposedOrder, add: Add): void {
  const percent = (x: bigint): number => Math.round(Number(x) / 1e12) / 1e6;
  for (const p of s.protections) {
    const lookback = (p.kind === "cooldown-period" ? p.stopMinutes : p.lookbackMinutes) * MINUTE;
    for (const close of new Set(s.closedTrades.map((t) => t.closedAt))) {
      const perPair = p.kind === "low-profit-pairs" || p.kind === "cooldown-period" || (p.kind === "stop-loss-guard" && p.onlyPerPair);
      let seen = s.closedTrades.filter((t) => t.closedAt <= close && t.closedAt > close - lookback && (!perPair || t.symbol === o.symbol));
      const profits = () => seen.map((t) => Math.round(Number(t.profit) / 1e14) / 100);
      let stops = seen.length > 0;
      if (p.kind === "stop-loss-guard") {
        seen = seen.filter((t) => Math.round(Number(t.profit) / 1e14) / 100 < -percent(p.lossPercent));
        stops = seen.length >= p.tradeLimit;
      } else if (p.kind === "low-profit-pairs") {
        stops = seen.length >= p.tradeLimit && Math.round(profits().reduce((a, b) => a + b, 0) * 1e6) / 1e6 < percent(p.requiredProfitPercent);
      } else if (p.kind === "max-drawdown") {
        let [total, peak, worst] = [0, 0, 0];
        for (const x of profits()) {
          total += x;
          peak = Math.max(peak, total);
          worst = Math.max(worst, peak - total);
        }
        stops = seen.length >= p.tradeLimit && Math.round(worst * 1e6) / 1e6 > percent(p.maxDrawdownPercent);
      }
      if (!stops || seen.length === 0) continue;
      if (Math.max(...seen.map((t) => t.closedAt)) + p.stopMinutes * MINUTE > s.at) add(`${p.kind} holds`);
    }
  }
}
