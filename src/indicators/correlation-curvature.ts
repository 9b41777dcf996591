import { CorrelationGraph, type CorrelationOptions } from "./correlation-graph.ts";
import type { Indicator } from "./indicator.ts";
import { meanCurvature } from "./ricci.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/**
 * Mean Ollivier–Ricci curvature (closed measure, graph distance) of the graph in which assets are neighbours when the
 * correlation of their log returns over a trailing window reaches a threshold. At most 1: all assets move as one. Below
 * 0: groups hang together by single bridges. `update` takes one price of each asset, of the same instant; ready after
 * `window` returns. NaN while no two assets are correlated: a graph without an edge has no curvature.
 * R. S. Sandhu, T. T. Georgiou, A. R. Tannenbaum, Ricci curvature: an economic indicator for market fragility and
 * systemic risk, Science Advances 2 (2016); curvature: see ollivierRicci.
 * @throws RangeError for options out of range.
 */
export function correlationCurvature(options: CorrelationOptions): Indicator<ArrayLike<number>> & Restorable {
  return new CorrelationCurvature(new CorrelationGraph("correlationCurvature", options));
}

class CorrelationCurvature implements Indicator<ArrayLike<number>>, Restorable {
  value = Number.NaN;
  private readonly graph: CorrelationGraph;
  /** The edges that `value` is of: from one update to the next they are mostly the same. */
  private edges: string | undefined;

  constructor(graph: CorrelationGraph) {
    this.graph = graph;
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(prices: ArrayLike<number>): number {
    const neighbours = this.graph.update(prices);
    if (neighbours === undefined) return this.value;
    const edges = neighbours.map((others) => [...others].join()).join(";");
    if (edges !== this.edges) this.value = meanCurvature(neighbours);
    this.edges = edges;
    return this.value;
  }

  save(): IndicatorState {
    return savedState(this.graph.identity, { value: this.value, graph: this.graph.save() });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(this.graph.identity, state);
    this.value = saved.numberOrNaN("value");
    saved.part("graph", this.graph);
    this.edges = undefined;
  }
}
