import { type IndicatorState, type Restorable, SavedState, savedState } from "./state.ts";

/**
 * Sums over the last n rows of `width` numbers each, O(width) an update on average, without running subtraction, which
 * would keep the rounding error of whatever has passed through it. WindowMoments does the same for one column.
 *
 * Invariant: slots before `next` of `rows` hold the rows of the present block, and `head` their sum; slots from `next`
 * on hold sums over the previous block, each from its slot to the block's end. A block has n rows, so `head` plus the
 * sum at `next` is the window: nothing that has left it is in either.
 */
export class TrailingSums implements Restorable {
  /** NaN until n rows have come. */
  readonly sums: Float64Array;
  /** Of the next row, from 0 to n - 1. */
  next = 0;
  private readonly n: number;
  private readonly head: Float64Array;
  private readonly rows: Float64Array;

  constructor(n: number, width: number) {
    this.n = n;
    this.sums = new Float64Array(width).fill(Number.NaN);
    this.head = new Float64Array(width);
    this.rows = new Float64Array(n * width).fill(Number.NaN);
  }

  add(row: ArrayLike<number>): void {
    const { head, rows, sums } = this;
    const width = head.length;
    const slot = this.next * width;
    if (this.next + 1 === this.n) {
      for (let i = 0; i < width; i++) rows[slot + i] = row[i]!;
      this.beginBlock();
      return;
    }
    this.next++;
    for (let i = 0; i < width; i++) {
      const input = row[i]!;
      rows[slot + i] = input;
      head[i] = head[i]! + input;
      sums[i] = head[i]! + rows[slot + width + i]!;
    }
  }

  private beginBlock(): void {
    const { head, rows, sums } = this;
    const width = head.length;
    for (let i = rows.length - width - 1; i >= 0; i--) rows[i] = rows[i]! + rows[i + width]!;
    sums.set(rows.subarray(0, width));
    head.fill(0);
    this.next = 0;
  }

  save(): IndicatorState {
    const { next, sums, head, rows } = this;
    return savedState(`sums over ${this.n}`, { next, sums, head, rows });
  }

  load(state: IndicatorState): void {
    const saved = new SavedState(`sums over ${this.n}`, state);
    this.next = saved.slot("next", this.n);
    saved.numbersOrNaN("sums", this.sums);
    saved.numbers("head", this.head);
    saved.numbersOrNaN("rows", this.rows);
  }
}
