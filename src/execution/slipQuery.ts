import { numberAt } from "../domain/columns.ts";
import type { Sizing } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { TradedChunk } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import type { SlipInput } from "./costs/priceMove.ts";
import type { Candidate } from "./fillRules.ts";
import type { SeenEvent } from "./seenEvent.ts";
import { estimatedQuantity } from "./sizing.ts";

/** What a slippage model may ask of a fill; worked out when it does, for most ask for the price alone. Reused. */
export class SlipQuery implements SlipInput {
  price!: Fixed;
  side!: OrderSide;
  instrument!: Instrument;
  sizing!: Sizing;
  chunk!: TradedChunk;
  row = 0;
  readonly spread = null;
  readonly #volatilityOf: (instrument: Instrument) => number;

  constructor(volatilityOf: (instrument: Instrument) => number) {
    this.#volatilityOf = volatilityOf;
  }

  ask({ order, price }: Candidate, { traded, row, instrument }: SeenEvent): this {
    this.price = price;
    this.side = order.command.side;
    this.instrument = instrument;
    this.sizing = order.sizing;
    this.chunk = traded!;
    this.row = row;
    return this;
  }

  get quantity(): number {
    return estimatedQuantity(this.sizing, this.price, this.instrument);
  }

  /** Only a volume in the base currency compares with a quantity. */
  get volume(): number {
    return this.instrument.volumeUnit === "base" ? numberAt(this.chunk.volume, this.row) : Number.NaN;
  }

  get volatility(): number {
    return this.#volatilityOf(this.instrument);
  }
}
