import {
  type ChartOptions,
  CrosshairMode,
  createChart,
  type DeepPartial,
  type IChartApi,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { colorOf, fadedColorOf } from "./theme.ts";

/** A chart in the page's colours, its times local. */
export function openChart(host: HTMLElement): IChartApi {
  return createChart(host, { autoSize: true, ...chartColors() });
}

export function chartColors(): DeepPartial<ChartOptions> {
  const line = { color: fadedColorOf("line", 0.6) };
  const label = { labelBackgroundColor: colorOf("muted") };
  return {
    layout: {
      background: { color: "transparent" },
      textColor: colorOf("muted"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 12,
      // It would bring a style of its own, which the page's policy forbids: the name stands in the footer.
      attributionLogo: false,
      panes: { separatorColor: colorOf("line"), separatorHoverColor: colorOf("line") },
    },
    grid: { vertLines: { visible: false }, horzLines: line },
    crosshair: { mode: CrosshairMode.Normal, vertLine: label, horzLine: label },
    rightPriceScale: { borderVisible: false },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      rightOffset: 4,
      tickMarkFormatter: markText,
    },
    localization: { timeFormatter: (time: Time) => dateOf(time).toLocaleString("en-GB") },
    // The page itself scrolls.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  };
}

/** ISO time → the chart's: whole seconds. */
export function chartTime(iso: string): UTCTimestamp {
  return Math.floor(Date.parse(iso) / 1000) as UTCTimestamp;
}

/** @param kind 0 year, 1 month, 2 day, 3 time, 4 time with seconds */
function markText(time: Time, kind: number): string {
  const date = dateOf(time);
  if (kind === 0) return String(date.getFullYear());
  if (kind === 1) return date.toLocaleDateString("en-GB", { month: "short" });
  if (kind === 2) return date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  const seconds = kind === 4 ? ({ second: "2-digit" } as const) : {};
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...seconds });
}

function dateOf(time: Time): Date {
  return new Date((time as number) * 1000);
}
