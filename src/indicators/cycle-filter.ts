import type { IndicatorState, Restorable } from "./state.ts";
import { TrailingSums } from "./trailing-sums.ts";

/** Below it, a sum of returns is rounding error: a price that stands still, or grows evenly, has no phase. */
const FAINTEST = 1e-14;

/**
 * Phases of several series at one period, causal: each series' last n = period × cycles values are multiplied by
 * e^(-i 2π slot / period) and summed, which is a complex band-pass of width 1 / n around 1 / period. Its two parts are
 * in quadrature, as those of the analytic signal are, but no value from after now is used.
 *
 * The window holds whole cycles, so that the sum of the factors is 0 and the window's mean drops out: the values are
 * detrended. The block of TrailingSums has n slots as well, so that a slot's angle is the same in each block.
 */
export class CycleFilter implements Restorable {
  /** cos θ and sin θ of each series, in turn; NaN where there is no phase. */
  readonly directions: Float64Array;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly products: Float64Array;
  private readonly sums: TrailingSums;
  private readonly faintest: number;

  constructor(series: number, period: number, cycles: number) {
    const n = period * cycles;
    const angleOf = (slot: number) => (2 * Math.PI * (slot % period)) / period;
    this.cosines = Float64Array.from({ length: n }, (_, slot) => Math.cos(angleOf(slot)));
    this.sines = Float64Array.from({ length: n }, (_, slot) => Math.sin(angleOf(slot)));
    this.products = new Float64Array(2 * series);
    this.directions = new Float64Array(2 * series).fill(Number.NaN);
    this.sums = new TrailingSums(n, 2 * series);
    this.faintest = (n * FAINTEST) ** 2;
  }

  /** Sets `directions`, in a frame that turns with the period: the same for all series, so what lies between them stands. */
  add(values: ArrayLike<number>): void {
    const { products, directions, sums, faintest } = this;
    const cosine = this.cosines[sums.next]!;
    const sine = this.sines[sums.next]!;
    for (let i = 0; i < values.length; i++) {
      products[2 * i] = values[i]! * cosine;
      products[2 * i + 1] = -values[i]! * sine;
    }
    sums.add(products);
    for (let i = 0; i < directions.length; i += 2) {
      const re = sums.sums[i]!;
      const im = sums.sums[i + 1]!;
      const square = re * re + im * im;
      const scale = square > faintest ? 1 / Math.sqrt(square) : Number.NaN;
      directions[i] = re * scale;
      directions[i + 1] = im * scale;
    }
  }

  /** Phase of a series at its newest value, in radians: 0 at a crest, π / 2 on the way down through the mean. */
  phaseOf(series: number): number {
    const newest = (this.sums.next + this.cosines.length - 1) % this.cosines.length;
    const [re, im] = [this.directions[2 * series]!, this.directions[2 * series + 1]!];
    const [cosine, sine] = [this.cosines[newest]!, this.sines[newest]!];
    return Math.atan2(im * cosine + re * sine, re * cosine - im * sine);
  }

  save(): IndicatorState {
    return this.sums.save();
  }

  load(state: IndicatorState): void {
    this.sums.load(state);
  }
}
