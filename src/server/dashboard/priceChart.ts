import {
  CandlestickSeries,
  createSeriesMarkers,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type LineWidth,
  type SeriesMarker,
  type Time,
} from "lightweight-charts";
import { chartColors, chartTime, openChart } from "./chart.ts";
import { amountText, decimalsOf, directionOf, priceText } from "./format.ts";
import { colorOf } from "./theme.ts";
import type { Candle, Order, Position, Trade } from "./wire.ts";

/** More than a venue's prices ever have. */
const mostDecimals = 8;

/** Candles of one symbol, with its trades as arrows, its open orders and its position as lines. */
export class PriceChart {
  readonly #chart: IChartApi;
  readonly #series: ISeriesApi<"Candlestick">;
  readonly #markers: ISeriesMarkersPluginApi<Time>;
  readonly #lines = new Map<string, { readonly line: IPriceLine; readonly about: string }>();
  #times: readonly number[] = [];
  #decimals = 0;

  constructor(host: HTMLElement) {
    this.#chart = openChart(host);
    this.#series = this.#chart.addSeries(CandlestickSeries, candleColors());
    this.#markers = createSeriesMarkers(this.#series, []);
  }

  recolor(): void {
    this.#chart.applyOptions(chartColors());
    this.#series.applyOptions(candleColors());
    for (const { line } of this.#lines.values()) this.#series.removePriceLine(line);
    this.#lines.clear();
  }

  /** Oldest first. @param isNew another symbol, or another session: looked at from its end */
  setCandles(candles: readonly Candle[], isNew: boolean): void {
    this.#times = candles.map(({ timestamp }) => chartTime(timestamp));
    this.#fitDecimals(candles);
    this.#series.setData(candles.map(barOf));
    if (isNew) this.#chart.timeScale().resetTimeScale();
  }

  /** The last ones again, and those that came since. */
  updateCandles(candles: readonly Candle[]): void {
    const last = this.#times.at(-1) ?? 0;
    const news = candles.filter(({ timestamp }) => chartTime(timestamp) >= last);
    this.#fitDecimals(news);
    for (const candle of news) this.#series.update(barOf(candle));
    const times = news.map(({ timestamp }) => chartTime(timestamp)).filter((time) => time > last);
    this.#times = [...this.#times, ...times];
  }

  /** Whether these overlap with what is shown: otherwise some in between were missed. */
  follows(candles: readonly Candle[]): boolean {
    const [first] = candles;
    return first !== undefined && this.#times.includes(chartTime(first.timestamp));
  }

  setTrades(trades: readonly Trade[]): void {
    const [up, down] = [colorOf("up"), colorOf("down")];
    const markers = trades.flatMap((trade): SeriesMarker<Time>[] => {
      const time = this.#candleAt(chartTime(trade.timestamp));
      if (time === null) return [];
      const text = amountText(trade.quantity);
      const isBuy = trade.side === "buy";
      return [
        isBuy
          ? { time, text, position: "belowBar", shape: "arrowUp", color: up }
          : { time, text, position: "aboveBar", shape: "arrowDown", color: down },
      ];
    });
    this.#markers.setMarkers(markers.sort((a, b) => Number(a.time) - Number(b.time)));
  }

  /** Lines at the prices that orders wait for, and where a position was entered. */
  setLines(orders: readonly Order[], position: Position | null): void {
    const wanted = new Map(orders.flatMap(linesOf));
    if (position !== null) wanted.set("position", entryOf(position));
    for (const [key, { line, about }] of this.#lines) {
      if (JSON.stringify(wanted.get(key)) === about) continue;
      this.#series.removePriceLine(line);
      this.#lines.delete(key);
    }
    for (const [key, options] of wanted) {
      if (this.#lines.has(key)) continue;
      const color = colorOf(options.color);
      const line = this.#series.createPriceLine({ ...options, color, axisLabelColor: color });
      this.#lines.set(key, { line, about: JSON.stringify(options) });
    }
  }

  #candleAt(time: number): Time | null {
    const i = this.#times.findLastIndex((opened) => opened <= time);
    return i < 0 ? null : (this.#times[i]! as Time);
  }

  #fitDecimals(candles: readonly Candle[]): void {
    const found = candles.flatMap(({ open, high, low, close }) => [open, high, low, close]).map(decimalsOf);
    const decimals = Math.min(mostDecimals, Math.max(this.#decimals, 2, ...found));
    if (decimals === this.#decimals) return;
    this.#decimals = decimals;
    const formatter = (price: number) => priceText(price.toFixed(decimals), decimals);
    const priceFormat = { type: "custom", formatter, minMove: 10 ** -decimals } as const;
    this.#series.applyOptions({ priceFormat });
  }
}

function candleColors() {
  const [up, down] = [colorOf("up"), colorOf("down")];
  return {
    ...{ upColor: up, borderUpColor: up, wickUpColor: up },
    ...{ downColor: down, borderDownColor: down, wickDownColor: down },
  };
}

function barOf({ timestamp, open, high, low, close }: Candle) {
  const prices = { open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
  return { time: chartTime(timestamp), ...prices };
}

/** A line across the chart, before it has its colour. */
interface Level {
  readonly price: number;
  readonly title: string;
  readonly color: string;
  readonly lineStyle: LineStyle;
  readonly lineWidth: LineWidth;
}

function linesOf(order: Order): [string, Level][] {
  const prices = [
    ["limit", order.price],
    ["stop", order.stop_price],
  ] as const;
  return prices.flatMap(([kind, price]): [string, Level][] =>
    price === null ? [] : [[`${order.order_id} ${kind}`, levelOf(order, kind, price)]],
  );
}

function levelOf({ side, quantity }: Order, kind: string, price: string): Level {
  const title = [side, quantity === null ? null : amountText(quantity), kind].filter((word) => word !== null);
  const color = side === "buy" ? "up" : "down";
  return { price: Number(price), title: title.join(" "), color, lineStyle: LineStyle.Dashed, lineWidth: 1 };
}

function entryOf({ quantity, entry_price }: Position): Level {
  const title = `${directionOf(quantity) === "up" ? "long" : "short"} ${amountText(quantity.replace("-", ""))}`;
  const style = { color: "accent", lineStyle: LineStyle.Dotted, lineWidth: 1 } as const;
  return { price: Number(entry_price), title, ...style };
}
