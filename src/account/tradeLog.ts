import type { Execution } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Holding, Lot } from "./holding.ts";
import { type BookedValues, Trade } from "./trade.ts";

/** A fill on its way into the books, its amounts on the scales of its holding. */
export interface Booking {
  readonly holding: Holding;
  readonly fill: Execution;
  /** At the holding's `priceScale`. */
  readonly price: bigint;
  /** At the holding's `feeScale`. */
  readonly fee: bigint;
  /** Of an inverse contract: what it is booked at, a rounded quotient that is shared out like the fee. Else 0. */
  readonly value: bigint;
  readonly tag: string | null;
}

const moments = 4;
const amounts = 5;
const facts = 4;

export interface TradeLogState {
  readonly length: number;
  readonly moments: Float64Array;
  readonly amounts: BigInt64Array;
  readonly facts: readonly number[];
  readonly wide: readonly (readonly [number, readonly bigint[]])[];
  readonly tags: readonly (readonly [number, readonly [string | null, string | null]])[];
  readonly values: readonly (readonly [number, BookedValues])[];
  readonly holdings: readonly Pick<Holding, "instrument" | "owner">[];
}

/**
 * The trades of a run, in columns: objects by the million would be copied again and again by the garbage collector.
 * `all` makes them when they are asked for.
 */
export class TradeLog {
  length = 0;
  #moments = new Float64Array(moments * 64);
  #amounts = new BigInt64Array(amounts * 64);
  #facts = new Int32Array(facts * 64);
  /** Amounts of the rare trade that does not fit in 64 bits. */
  #wide = new Map<number, readonly bigint[]>();
  /** Tags of entry and exit, by trade; most have none. */
  #tags = new Map<number, readonly [string | null, string | null]>();
  /** Of trades in inverse contracts. */
  #values = new Map<number, BookedValues>();
  readonly #holdings: Holding[] = [];
  #last = -1;

  /** What `lot` gave to a closing fill: `quantity` of it, with its share of both fills' fees. */
  add(booking: Booking, lot: Lot, quantity: bigint, entryFee: bigint, exitFee: bigint): void {
    const { holding, fill, price, tag } = booking;
    const index = this.length++;
    if (index * moments === this.#moments.length) this.#grow();
    const at = index * moments;
    this.#moments[at] = lot.time;
    this.#moments[at + 1] = lot.bar;
    this.#moments[at + 2] = fill.time;
    this.#moments[at + 3] = fill.bar;
    this.#putAmounts(index, quantity, lot.price, price, entryFee, exitFee);
    const fact = index * facts;
    this.#facts[fact] = this.#indexOf(holding);
    this.#facts[fact + 1] = holding.priceScale;
    this.#facts[fact + 2] = holding.feeScale;
    this.#facts[fact + 3] = holding.isLong ? 1 : -1;
    if (tag !== null || lot.tag !== null) this.#tags.set(index, [lot.tag, tag]);
  }

  /** The values that the trade added last was booked at, when they don't follow from its prices. */
  addValues(values: BookedValues): void {
    this.#values.set(this.length - 1, values);
  }

  /** The trades in the order in which they closed. */
  all(): readonly Trade[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  at(index: number): Trade {
    const [entryTime, entryBar, exitTime, exitBar] = this.#moments.subarray(index * moments);
    const stored = this.#amounts.subarray(index * amounts, (index + 1) * amounts);
    const [quantity, entryPrice, exitPrice, entryFee, exitFee] = this.#wide.get(index) ?? stored;
    const [holding, priceScale, feeScale, side] = this.#facts.subarray(index * facts);
    const [entryTag, exitTag] = this.#tags.get(index) ?? [null, null];
    return new Trade({
      instrument: this.#holdings[holding!]!.instrument,
      owner: this.#holdings[holding!]!.owner,
      side: side === 1 ? "long" : "short",
      quantity: quantity!,
      entryTime: entryTime!,
      entryBar: entryBar!,
      entryPrice: entryPrice!,
      entryTag,
      entryFee: entryFee!,
      exitTime: exitTime!,
      exitBar: exitBar!,
      exitPrice: exitPrice!,
      exitTag,
      exitFee: exitFee!,
      priceScale: priceScale!,
      feeScale: feeScale!,
      values: this.#values.get(index) ?? null,
    });
  }

  save(): TradeLogState {
    const { length } = this;
    return {
      length,
      moments: this.#moments.subarray(0, length * moments),
      amounts: this.#amounts.subarray(0, length * amounts),
      facts: [...this.#facts.subarray(0, length * facts)],
      wide: [...this.#wide],
      tags: [...this.#tags],
      values: [...this.#values],
      holdings: this.#holdings.map(({ instrument, owner }) => ({ instrument, owner })),
    };
  }

  /** @param holdingOf the holdings are their account's */
  load(state: TradeLogState, holdingOf: (instrument: Instrument, owner: number) => Holding): void {
    this.length = state.length;
    while (this.#moments.length < state.moments.length) this.#grow();
    this.#moments.set(state.moments);
    this.#amounts.set(state.amounts);
    this.#facts.set(state.facts);
    this.#wide = new Map(state.wide);
    this.#tags = new Map(state.tags);
    this.#values = new Map(state.values);
    for (const { instrument, owner } of state.holdings) this.#holdings.push(holdingOf(instrument, owner));
  }

  #putAmounts(index: number, a: bigint, b: bigint, c: bigint, d: bigint, e: bigint): void {
    const at = index * amounts;
    this.#amounts[at] = a;
    this.#amounts[at + 1] = b;
    this.#amounts[at + 2] = c;
    this.#amounts[at + 3] = d;
    this.#amounts[at + 4] = e;
    if (!(fits(a) && fits(b) && fits(c) && fits(d) && fits(e))) this.#wide.set(index, [a, b, c, d, e]);
  }

  #indexOf(holding: Holding): number {
    if (this.#last >= 0 && this.#holdings[this.#last] === holding) return this.#last;
    this.#last = this.#holdings.indexOf(holding);
    if (this.#last < 0) this.#last = this.#holdings.push(holding) - 1;
    return this.#last;
  }

  #grow(): void {
    const moments = new Float64Array(this.#moments.length * 2);
    moments.set(this.#moments);
    this.#moments = moments;
    const amounts = new BigInt64Array(this.#amounts.length * 2);
    amounts.set(this.#amounts);
    this.#amounts = amounts;
    const facts = new Int32Array(this.#facts.length * 2);
    facts.set(this.#facts);
    this.#facts = facts;
  }
}

function fits(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
