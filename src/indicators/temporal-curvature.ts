import { CorrelationGraph, type CorrelationOptions } from "./correlation-graph.ts";
import type { Indicator } from "./indicator.ts";
import { requireInteger } from "./price-checks.ts";
import { measure, type Neighbours, wasserstein } from "./ricci.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

export interface TemporalOptions extends CorrelationOptions {
  /** Updates between the two graphs that are compared. @default 1 */
  readonly lag?: number;
}

/**
 * Curvature of the correlation graph along time: each asset is joined to itself `lag` updates ago by an edge of length
 * 1, whose Ollivier–Ricci curvature is 1 - W1(μ then, μ now), with the closed measure and the distance in the graph
 * that has the edges of both times. The value is the mean over the assets: 1 when nobody has other neighbours than
 * before, lower the further neighbourhoods moved; it is never below -1. Unlike `correlationCurvature` it tells a market
 * that regroups from one that merely has groups. One price of each asset an update; ready after window + lag returns.
 * Our reading of Ollivier's curvature (see ollivierRicci) on the graph's history; the graph: see correlationCurvature.
 * @throws RangeError for options out of range.
 */
export function temporalCurvature(options: TemporalOptions): Indicator<ArrayLike<number>> & Restorable {
  const lag = requireInteger("temporalCurvature: lag", options.lag ?? 1, 1);
  return new TemporalCurvature(new CorrelationGraph("temporalCurvature", options), lag);
}

class TemporalCurvature implements Indicator<ArrayLike<number>>, Restorable {
  value = Number.NaN;
  private readonly identity: string;
  private readonly graph: CorrelationGraph;
  private readonly lag: number;
  /** The graphs of the last `lag` updates, oldest first. */
  private past: Neighbours[] = [];

  constructor(graph: CorrelationGraph, lag: number) {
    this.graph = graph;
    this.lag = lag;
    this.identity = `${graph.identity}, lag ${lag}`;
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(prices: ArrayLike<number>): number {
    const now = this.graph.update(prices);
    if (now === undefined) return this.value;
    this.past.push(now);
    if (this.past.length > this.lag) this.value = meanOverTime(this.past.shift()!, now);
    return this.value;
  }

  save(): IndicatorState {
    // 1 for each edge, asset by asset: a row of numbers is the simplest to check.
    const past = this.past.flatMap((graph) => {
      return graph.flatMap((others) => graph.map((_, asset) => (others.has(asset) ? 1 : 0)));
    });
    return savedState(this.identity, { value: this.value, past, graph: this.graph.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.identity, state);
    this.value = saved.numberOrNaN("value");
    const { assets } = this.graph;
    const past = saved.list("past", this.lag * assets ** 2, assets ** 2);
    this.past = Array.from({ length: past.length / assets ** 2 }, (_, graph) => {
      return Array.from({ length: assets }, (_, asset) => {
        const row = past.slice((graph * assets + asset) * assets).slice(0, assets);
        return new Set(row.flatMap((edge, other) => (edge === 1 ? [other] : [])));
      });
    });
    saved.part("graph", this.graph);
  }
}

function meanOverTime(then: Neighbours, now: Neighbours): number {
  const both = now.map((others, node) => new Set([...others, ...then[node]!]));
  // The neighbours of then and now are two steps from each other at the most, by way of the asset itself.
  const moved = now.map((_, node) => wasserstein(measure(then, node), measure(now, node), both));
  return 1 - moved.reduce((sum, cost) => sum + cost, 0) / moved.length;
}
