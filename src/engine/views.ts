import type { Holding } from "../account/holding.ts";
import { type FixedColumn, fixedAt, numberAt } from "../domain/columns.ts";
import { Decimal } from "../domain/decimal.ts";
import type { Execution } from "../domain/execution.ts";
import { type Fixed, formatFixed, unitsToNumber } from "../domain/fixed.ts";
import type { Bar, BarChunk, Tick, TickChunk } from "../domain/market.ts";
import { orderIdOf } from "../domain/order.ts";
import { isoTime } from "../domain/time.ts";

/**
 * What strategies see: one reused object a symbol, pointed at the present row. The pointing is done by functions that
 * only the engine has, so a strategy can't turn a view to a later row.
 */
export let pointBar: (view: BarView, chunk: BarChunk, row: number, index: number, close: number) => void;
export let pointTick: (view: TickView, chunk: TickChunk, row: number, price: number) => void;

export class BarView implements Bar {
  readonly symbol: string;
  #chunk!: BarChunk;
  #row = 0;
  #index = 0;
  #close = 0;

  static {
    pointBar = (view, chunk, row, index, close) => {
      if (view.#chunk !== chunk) view.#chunk = chunk;
      view.#row = row;
      view.#index = index;
      view.#close = close;
    };
  }

  constructor(symbol: string) {
    this.symbol = symbol;
    Object.freeze(this);
  }

  get timeframe(): string {
    return this.#chunk.timeframe.label;
  }
  get index(): number {
    return this.#index;
  }
  get openTime(): number {
    return this.#chunk.openTimes[this.#row]!;
  }
  get time(): number {
    return this.#chunk.times[this.#row]!;
  }
  get open(): number {
    return numberAt(this.#chunk.open, this.#row);
  }
  get high(): number {
    return numberAt(this.#chunk.high, this.#row);
  }
  get low(): number {
    return numberAt(this.#chunk.low, this.#row);
  }
  get close(): number {
    return this.#close;
  }
  get volume(): number {
    return numberAt(this.#chunk.volume, this.#row);
  }
  get exact(): Bar["exact"] {
    const { open, high, low, close, volume } = this.#chunk;
    return exactCells({ open, high, low, close, volume }, this.#row);
  }
  toJSON(): object {
    return barRecord(this);
  }
}

export class TickView implements Tick {
  readonly symbol: string;
  #chunk!: TickChunk;
  #row = 0;
  #price = 0;

  static {
    pointTick = (view, chunk, row, price) => {
      if (view.#chunk !== chunk) view.#chunk = chunk;
      view.#row = row;
      view.#price = price;
    };
  }

  constructor(symbol: string) {
    this.symbol = symbol;
    Object.freeze(this);
  }

  get time(): number {
    return this.#chunk.times[this.#row]!;
  }
  get price(): number {
    return this.#price;
  }
  get volume(): number {
    return numberAt(this.#chunk.volume, this.#row);
  }
  get side(): "buy" | "sell" {
    // Absent when the source names no taker; the contract's optional member can't be a getter that comes and goes.
    const side = this.#chunk.sides?.[this.#row];
    return (side === 1 ? "buy" : side === -1 ? "sell" : undefined) as "buy" | "sell";
  }
  get id(): string {
    return this.#chunk.ids?.[this.#row] as string;
  }
  get exact(): Tick["exact"] {
    const { price, volume } = this.#chunk;
    return exactCells({ price, volume }, this.#row);
  }
  toJSON(): object {
    const { symbol, time, price, volume, side, id } = this;
    return { symbol, time: isoTime(time), price, volume, side, id };
  }
}

/** The strategy's look at its position in one symbol. */
export class PositionView {
  #holding: Holding;

  constructor(holding: Holding) {
    this.#holding = holding;
  }

  get symbol(): string {
    return this.#holding.instrument.symbol;
  }
  get quantity(): number {
    return this.#holding.size;
  }
  get entryPrice(): number | null {
    return this.#holding.entryPrice;
  }
  get unrealizedPnl(): number {
    return this.#holding.unrealised;
  }
  /** Net of all fees paid so far. */
  get realizedPnl(): number {
    return Number(this.exact.realizedPnl);
  }
  get isFlat(): boolean {
    return this.#holding.isFlat;
  }
  get isLong(): boolean {
    return this.#holding.size > 0 && !this.#holding.isFlat;
  }
  get isShort(): boolean {
    return this.#holding.size < 0 && !this.#holding.isFlat;
  }
  get exact(): { readonly quantity: Decimal; readonly realizedPnl: Decimal } {
    const { quantity, instrument, realised } = this.#holding;
    return {
      quantity: decimalOf({ units: quantity, scale: instrument.lot.scale }),
      realizedPnl: decimalOf(realised),
    };
  }
}

/** A fill as its strategy sees it; made from an immutable fact, so it may be kept. */
export class FillView {
  #fill: Execution;
  readonly orderId: string;
  readonly tag: string | null;

  constructor(fill: Execution, tag: string | null) {
    this.#fill = fill;
    this.orderId = orderIdOf(fill.number);
    this.tag = tag;
  }

  get symbol(): string {
    return this.#fill.instrument.symbol;
  }
  get side(): "buy" | "sell" {
    return this.#fill.side;
  }
  get time(): number {
    return this.#fill.time;
  }
  get price(): Decimal {
    return decimalOf(this.#fill.price);
  }
  get quantity(): Decimal {
    return decimalOf({ units: this.#fill.quantity, scale: this.#fill.instrument.lot.scale });
  }
  get fee(): { readonly amount: Decimal; readonly currency: string } {
    return { amount: decimalOf(this.#fill.fee.amount), currency: this.#fill.fee.currency };
  }
  get maker(): boolean {
    return this.#fill.maker;
  }
}

/** Where a closed bar of another timeframe stands. */
export interface BarPlace {
  readonly symbol: string;
  readonly timeframe: string;
  readonly index: number;
  readonly openTime: number;
  readonly time: number;
}

export type BarCells = Readonly<Record<keyof Bar["exact"], Fixed>>;

/** The exact values of a closed bar; for the engine only. */
export let cellsOf: (bar: ClosedBar) => BarCells;

/** A closed bar of another timeframe; kept for good. */
export class ClosedBar implements Bar {
  readonly symbol: string;
  readonly timeframe: string;
  readonly index: number;
  readonly openTime: number;
  readonly time: number;
  readonly #cells: BarCells;

  static {
    cellsOf = (bar) => bar.#cells;
  }

  constructor(place: BarPlace, cells: BarCells) {
    this.symbol = place.symbol;
    this.timeframe = place.timeframe;
    this.index = place.index;
    this.openTime = place.openTime;
    this.time = place.time;
    this.#cells = cells;
    Object.freeze(this);
  }

  get open(): number {
    return nearest(this.#cells.open);
  }
  get high(): number {
    return nearest(this.#cells.high);
  }
  get low(): number {
    return nearest(this.#cells.low);
  }
  get close(): number {
    return nearest(this.#cells.close);
  }
  get volume(): number {
    return nearest(this.#cells.volume);
  }
  get exact(): Bar["exact"] {
    const { open, high, low, close, volume } = this.#cells;
    return {
      open: decimalOf(open),
      high: decimalOf(high),
      low: decimalOf(low),
      close: decimalOf(close),
      volume: decimalOf(volume),
    };
  }
  toJSON(): object {
    return barRecord(this);
  }
}

export function decimalOf(value: Fixed): Decimal {
  return new Decimal(formatFixed(value));
}

function nearest(value: Fixed): number {
  return unitsToNumber(value.units, value.scale);
}

function barRecord(bar: Bar): object {
  const { symbol, timeframe, index, openTime, time, open, high, low, close, volume } = bar;
  return {
    symbol,
    timeframe,
    index,
    openTime: isoTime(openTime),
    time: isoTime(time),
    open,
    high,
    low,
    close,
    volume,
  };
}

/** Decimals are made when a strategy reads them, and not before. */
function exactCells<K extends string>(
  columns: Readonly<Record<K, FixedColumn>>,
  row: number,
): { readonly [P in K]: Decimal } {
  const cells = {} as { [P in K]: Decimal };
  for (const name of Object.keys(columns) as K[]) cells[name] = decimalOf(fixedAt(columns[name], row));
  return cells;
}
