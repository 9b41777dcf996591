import type { Indicator } from "./indicator.ts";
import { requireInteger, requirePrice } from "./price-checks.ts";
import { edgeCurvature } from "./ricci.ts";
import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/**
 * Mean Ollivier–Ricci curvature (closed measure, graph distance) of the horizontal visibility graph of the last n
 * prices: two prices are joined when all prices between them are below both. Only the order of prices counts, so
 * neither unit nor scale does. Ready after n prices. Of a random walk it is near the value that docs give for its n:
 * higher when prices revert, whose graph is bound in short loops, lower when they trend.
 * B. Luque, L. Lacasa, F. Ballesteros, J. Luque, Horizontal visibility graphs, Phys. Rev. E 80 (2009); curvature: see
 * ollivierRicci.
 * @throws RangeError when n is not an integer of at least 3.
 */
export function visibilityCurvature(n: number): Indicator & Restorable {
  return new VisibilityCurvature(requireInteger("visibilityCurvature: n", n, 3));
}

/** The price of a slot stays until the one n later comes; a node is named by its slot. */
class VisibilityCurvature implements Indicator, Restorable {
  value = Number.NaN;
  private readonly n: number;
  private readonly prices: Float64Array;
  private readonly neighbours: Set<number>[];
  /** Curvature of each edge, kept with its older node. */
  private readonly curvatures: Map<number, number>[];
  private count = 0;

  constructor(n: number) {
    this.n = n;
    this.prices = new Float64Array(n).fill(Number.NaN);
    this.neighbours = Array.from({ length: n }, () => new Set<number>());
    this.curvatures = Array.from({ length: n }, () => new Map<number, number>());
  }

  get ready(): boolean {
    return !Number.isNaN(this.value);
  }

  update(price: number): number {
    requirePrice("visibilityCurvature", price);
    const stale = new Set<number>();
    const slot = this.count % this.n;
    if (this.count >= this.n) this.forget(slot, stale);
    this.prices[slot] = price;
    this.count++;
    this.join(slot);
    this.near(slot, stale);
    this.bend(stale);
    if (this.count >= this.n) this.value = this.mean();
    return this.value;
  }

  /** Nobody sees past the oldest price, so that its end changes no edge but its own. */
  private forget(slot: number, stale: Set<number>): void {
    this.near(slot, stale);
    stale.delete(slot);
    for (const other of this.neighbours[slot]!) this.neighbours[other]!.delete(slot);
    this.neighbours[slot]!.clear();
    this.curvatures[slot]!.clear();
  }

  /** Looks back from the newest price until one as high as itself stands in the way. */
  private join(slot: number): void {
    const { n, prices, neighbours } = this;
    let highest = Number.NEGATIVE_INFINITY;
    for (let back = 1; back < Math.min(n, this.count) && highest < prices[slot]!; back++) {
      const other = (slot - back + n) % n;
      if (prices[other]! <= highest) continue;
      highest = prices[other]!;
      neighbours[other]!.add(slot);
      neighbours[slot]!.add(other);
    }
  }

  /** An edge's curvature hangs on what is within two steps of its ends: beyond, all is three steps away at the most. */
  private near(slot: number, found: Set<number>): void {
    found.add(slot);
    for (const other of this.neighbours[slot]!) {
      found.add(other);
      for (const next of this.neighbours[other]!) found.add(next);
    }
  }

  private bend(nodes: ReadonlySet<number>): void {
    const { neighbours, curvatures } = this;
    for (const node of nodes) {
      for (const other of neighbours[node]!) {
        const [older, newer] = this.isOlder(node, other) ? [node, other] : [other, node];
        // Between two stale nodes once is enough.
        if (node === newer && nodes.has(older)) continue;
        curvatures[older]!.set(newer, edgeCurvature(neighbours, older, newer));
      }
    }
  }

  private isOlder(a: number, b: number): boolean {
    const oldest = this.count % this.n;
    return (a - oldest + this.n) % this.n < (b - oldest + this.n) % this.n;
  }

  /** In the order of the prices, so that the sum is the same after a restart. */
  private mean(): number {
    let [sum, edges] = [0, 0];
    for (let i = 0; i < this.n; i++) {
      const node = (this.count + i) % this.n;
      for (const other of this.neighbours[node]!) {
        const curvature = this.curvatures[node]!.get(other);
        if (curvature === undefined) continue;
        sum += curvature;
        edges++;
      }
    }
    return sum / edges;
  }

  save(): IndicatorState {
    const oldest = Math.max(0, this.count - this.n);
    const prices = Array.from({ length: this.count - oldest }, (_, i) => this.prices[(oldest + i) % this.n]!);
    return savedState(`visibilityCurvature of ${this.n}`, { prices });
  }

  /** The graph follows from the prices. */
  load(state: IndicatorState): void {
    const prices = new SavedState(`visibilityCurvature of ${this.n}`, state).list("prices", this.n);
    const fresh = new VisibilityCurvature(this.n);
    for (const price of prices) fresh.update(price);
    Object.assign(this, fresh);
  }
}
