"use client";
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { CandlesView } from "@/server/api/contract";

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seconds = (ms: number): UTCTimestamp => Math.floor(ms / 1000) as UTCTimestamp;

/** Candles (hollow when they close above their open) with the agent's decisions on them. Loaded only where it is shown. */
export default function CandleChart({ view, label, onPick }: { view: CandlesView; label: string; onPick: (turnId: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let chart: IChartApi | null = null;
    const draw = () => {
      chart?.remove();
      chart = makeChart(element, view, onPick);
    };
    draw();
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      themes.disconnect();
      chart?.remove();
    };
  }, [view, onPick]);
  return <div ref={box} role="img" aria-label={label} style={{ height: 360 }} data-testid="candles" />;
}

function makeChart(element: HTMLElement, view: CandlesView, onPick: (turnId: string) => void): IChartApi {
  const [gain, loss, surface] = [colour("--gain-solid"), colour("--loss-solid"), colour("--surface-1")];
  const chart = createChart(element, {
    autoSize: true,
    layout: { background: { type: ColorType.Solid, color: "transparent" }, textColor: colour("--chart-axis"), fontSize: 11, attributionLogo: false },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--chart-grid") } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false },
    crosshair: { vertLine: { color: colour("--chart-cross") }, horzLine: { color: colour("--chart-cross") } },
  });
  const series = chart.addSeries(CandlestickSeries, {
    upColor: surface,
    downColor: loss,
    borderUpColor: gain,
    borderDownColor: loss,
    wickUpColor: gain,
    wickDownColor: loss,
    priceFormat: { type: "price", precision: view.tickDecimals, minMove: 10 ** -view.tickDecimals },
  });
  series.setData(view.candles.map((c) => ({ time: seconds(c.t), open: Number(c.o), high: Number(c.h), low: Number(c.l), close: Number(c.c) })));
  createSeriesMarkers(series, markersOf(view, { gain, loss, quiet: colour("--text-3") }));
  chart.subscribeClick((e) => {
    const time = typeof e.time === "number" ? e.time : null;
    const near = time === null ? undefined : view.markers.find((m) => barOf(view, m.at) === time);
    if (near) onPick(near.turnId);
  });
  chart.timeScale().fitContent();
  return chart;
}

const barOf = (view: CandlesView, at: number): number => {
  const bar = view.candles.findLast((c) => c.t <= at);
  return seconds(bar?.t ?? at);
};

function markersOf(view: CandlesView, colours: { gain: string; loss: string; quiet: string }): SeriesMarker<Time>[] {
  const first = view.candles[0]?.t ?? 0;
  return view.markers
    .filter((m) => m.at >= first && m.action !== "hold")
    .map((m): SeriesMarker<Time> => {
      const buy = m.action === "buy";
      const denied = m.outcome === "deny";
      const size = m.outcome === "reduce" && m.asked ? `${m.filled ?? "0"} of ${m.asked}` : (m.filled ?? "");
      return {
        time: barOf(view, m.at) as UTCTimestamp,
        position: buy ? "belowBar" : "aboveBar",
        shape: denied ? "circle" : buy ? "arrowUp" : "arrowDown",
        color: denied ? colours.quiet : buy ? colours.gain : colours.loss,
        text: denied ? "denied" : size,
      };
    })
    .sort((a, b) => Number(a.time) - Number(b.time));
}
