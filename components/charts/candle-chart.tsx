"use client";
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { CandlesView } from "@/server/api/contract";

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seconds = (ms: number): UTCTimestamp => Math.floor(ms / 1000) as UTCTimestamp;

/** Candles (hollow when they close above their open) with volume and the agent's decisions. Loaded only where it is shown. */
export default function CandleChart({ view, label, onPick }: { view: CandlesView; label: string; onPick: (turnId: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<Drawn | null>(null);
  const latest = useRef(view);
  latest.current = view;
  const { symbol, interval, tickDecimals } = view;
  // A new chart for another market or theme only: new bars must not move what the reader has scrolled to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: symbol and interval make it another chart
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      shown.current?.chart.remove();
      shown.current = makeChart(element, tickDecimals, (time) => {
        const now = latest.current;
        const near = now.markers.find((m) => barOf(now, m.at) === time);
        if (near) onPick(near.turnId);
      });
      fill(shown.current, latest.current);
      shown.current.chart.timeScale().fitContent();
    };
    draw();
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      themes.disconnect();
      shown.current?.chart.remove();
      shown.current = null;
    };
  }, [symbol, interval, tickDecimals, onPick]);
  useEffect(() => {
    if (shown.current) fill(shown.current, view);
  }, [view]);
  return <div ref={box} role="img" aria-label={label} style={{ height: 380 }} data-testid="candles" />;
}

type Drawn = {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<"Candlestick">;
  readonly volume: ISeriesApi<"Histogram">;
  readonly markers: ISeriesMarkersPluginApi<Time>;
};

function makeChart(element: HTMLElement, precision: number, onClick: (time: number) => void): Drawn {
  const [gain, loss, surface] = [colour("--gain-solid"), colour("--loss-solid"), colour("--surface-1")];
  const chart = createChart(element, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: "transparent" },
      textColor: colour("--chart-axis"),
      fontSize: 11,
      fontFamily: getComputedStyle(document.body).fontFamily,
      attributionLogo: false,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--chart-grid") } },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.2 } },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false },
    crosshair: { vertLine: { color: colour("--chart-cross") }, horzLine: { color: colour("--chart-cross") } },
    // The page scrolls under the chart; zooming takes a pinch or Ctrl.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: surface,
    downColor: loss,
    borderUpColor: gain,
    borderDownColor: loss,
    wickUpColor: gain,
    wickDownColor: loss,
    priceFormat: { type: "price", precision, minMove: 10 ** -precision },
  });
  const volume = chart.addSeries(HistogramSeries, {
    color: colour("--surface-3"),
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
  chart.subscribeClick((e) => {
    if (typeof e.time === "number") onClick(e.time);
  });
  return { chart, candles, volume, markers: createSeriesMarkers(candles, []) };
}

function fill(drawn: Drawn, view: CandlesView): void {
  drawn.candles.setData(
    view.candles.map((c) => ({ time: seconds(c.t), open: Number(c.o), high: Number(c.h), low: Number(c.l), close: Number(c.c) })),
  );
  drawn.volume.setData(view.candles.map((c) => ({ time: seconds(c.t), value: Number(c.v) })));
  drawn.markers.setMarkers(markersOf(view, { gain: colour("--gain-solid"), loss: colour("--loss-solid"), quiet: colour("--text-3") }));
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
