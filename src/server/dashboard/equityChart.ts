import { AreaSeries, BaselineSeries, type IChartApi, type ISeriesApi } from "lightweight-charts";
import { chartColors, chartTime, openChart } from "./chart.ts";
import { moneyText, shareText } from "./format.ts";
import { colorOf, fadedColorOf } from "./theme.ts";
import type { EquityPoint } from "./wire.ts";

/** Points at most: then every other one goes. */
const most = 4000;

/** The account's worth, and beneath how far it is below its peak. */
export class EquityChart {
  readonly #chart: IChartApi;
  readonly #equity: ISeriesApi<"Area">;
  readonly #drawdown: ISeriesApi<"Baseline">;
  #points: EquityPoint[] = [];
  /** Somebody looks at a part of it: the whole would be in the way. */
  #isHeld = false;

  constructor(host: HTMLElement) {
    this.#chart = openChart(host);
    host.addEventListener("pointerdown", () => (this.#isHeld = true));
    host.addEventListener("dblclick", () => (this.#isHeld = false));
    const money = { type: "custom", minMove: 0.01, formatter: (value: number) => moneyText(String(value)) };
    const share = { type: "custom", minMove: 0.0001, formatter: shareText };
    this.#equity = this.#chart.addSeries(AreaSeries, { priceFormat: money as never, lineWidth: 2 }, 0);
    this.#drawdown = this.#chart.addSeries(
      BaselineSeries,
      { priceFormat: share as never, lineWidth: 1, baseValue: { type: "price", price: 0 } },
      1,
    );
    this.#chart.panes()[1]?.setStretchFactor(0.4);
    this.recolor();
  }

  recolor(): void {
    this.#chart.applyOptions(chartColors());
    this.#equity.applyOptions({
      lineColor: colorOf("accent"),
      topColor: fadedColorOf("accent", 0.22),
      bottomColor: fadedColorOf("accent", 0.02),
    });
    this.#drawdown.applyOptions({
      bottomLineColor: colorOf("down"),
      bottomFillColor1: fadedColorOf("down", 0.05),
      bottomFillColor2: fadedColorOf("down", 0.28),
      topLineColor: colorOf("down"),
      topFillColor1: "transparent",
      topFillColor2: "transparent",
    });
  }

  /** Oldest first. */
  set(points: readonly EquityPoint[]): void {
    // The chart wants one point a second: the last.
    this.#points = points.filter(
      ({ timestamp }, i) => chartTime(timestamp) !== secondOf(points[i + 1]?.timestamp),
    );
    this.#draw();
    this.#isHeld = false;
    this.#chart.timeScale().fitContent();
  }

  /** The newest; an older one than the last is no news. */
  add(point: EquityPoint): void {
    const last = this.#points.at(-1);
    const [time, before] = [chartTime(point.timestamp), secondOf(last?.timestamp) ?? 0];
    if (time < before) return;
    if (time === before) this.#points.pop();
    this.#points.push(point);
    if (this.#points.length > most) {
      this.#points = this.#points.filter((_, i) => i % 2 === 1 || i > most - 100);
      this.#draw();
    } else {
      this.#equity.update({ time, value: Number(point.equity) });
      this.#drawdown.update({ time, value: point.drawdown ?? 0 });
    }
    if (!this.#isHeld) this.#chart.timeScale().fitContent();
  }

  #draw(): void {
    const timed = this.#points.map((point) => ({ ...point, time: chartTime(point.timestamp) }));
    this.#equity.setData(timed.map(({ time, equity }) => ({ time, value: Number(equity) })));
    this.#drawdown.setData(timed.map(({ time, drawdown }) => ({ time, value: drawdown ?? 0 })));
  }
}

function secondOf(iso: string | undefined): number | null {
  return iso === undefined ? null : chartTime(iso);
}
