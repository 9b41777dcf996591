import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, isOffered, type MarketEvent, type OfferedChunk } from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import { isMarketableOn, type Offer, reachesStopOn, reachOf, walk } from "./bookFills.ts";
import { ConsumedLiquidity, type Taken } from "./consumedLiquidity.ts";
import type { Candidate, FillLimit } from "./fillRules.ts";
import { emptySide, type MarketSide, priceAt, sideFor } from "./marketSide.ts";
import type { Resting } from "./resting.ts";
import { followPrice } from "./trailing.ts";

/** One side of a market as our orders find it: what stands by the latest row, and what of it our fills have taken. */
interface Standing {
  side: MarketSide;
  readonly consumed: ConsumedLiquidity;
}

/** What can be taken of a row, the best offer first. */
export interface OfferCandidate extends Candidate {
  readonly offers: readonly [Offer, ...Offer[]];
}

/** By instrument, what is taken of it for buys and for sells. */
export type BookMatchingState = readonly (readonly [
  Instrument,
  Partial<Readonly<Record<OrderSide, readonly Taken[]>>>,
])[];

/** The quotes and books of a run as orders meet them. Rows come in order, those of one instrument for each side. */
export class BookMatching {
  readonly #rule: FillLimit;
  readonly #markets = new Map<Instrument, Partial<Record<OrderSide, Standing>>>();

  constructor(rule: FillLimit) {
    this.#rule = rule;
  }

  /** What can be had of the instrument stands in its quotes or book, from their first row on; trades only show that. */
  covers(instrument: Instrument): boolean {
    return this.#markets.size > 0 && this.#markets.has(instrument);
  }

  /** No order is there to match on it; but a row of a book may show that what we took of it is gone. */
  passBy({ chunk, row }: MarketEvent): void {
    if (!isOffered(chunk)) return;
    const instrument = instrumentAt(chunk, row);
    this.show(chunk, row, instrument, "sell");
    this.show(chunk, row, instrument, "buy");
  }

  save(): BookMatchingState {
    return [...this.#markets].map(([instrument, { buy, sell }]) => [
      instrument,
      { ...(buy && { buy: buy.consumed.save() }), ...(sell && { sell: sell.consumed.save() }) },
    ]);
  }

  /** What stands is shown anew before anything is matched on it. */
  load(state: BookMatchingState): void {
    for (const [instrument, taken] of state) {
      const market: Partial<Record<OrderSide, Standing>> = {};
      for (const side of ["buy", "sell"] as const) {
        const levels = taken[side];
        if (levels === undefined) continue;
        market[side] = { side: emptySide, consumed: new ConsumedLiquidity(instrument, side) };
        market[side].consumed.load(levels);
      }
      this.#markets.set(instrument, market);
    }
  }

  /** A row that orders to `taker` match on next, or pass by. */
  show(chunk: OfferedChunk, row: number, instrument: Instrument, taker: OrderSide): void {
    let market = this.#markets.get(instrument);
    if (market === undefined) {
      market = {};
      this.#markets.set(instrument, market);
    }
    const side = sideFor(chunk, row, taker);
    market[taker] ??= { side, consumed: new ConsumedLiquidity(instrument, taker) };
    market[taker].side = side;
    market[taker].consumed.see(side);
  }

  /** What an order takes of the row shown last. */
  candidate(order: Resting): OfferCandidate | null {
    const { side, consumed } = this.#standing(order);
    const { offers, maker } = reachOf(order, side, this.#rule, consumed);
    const [best, ...others] = offers;
    if (best === undefined) return null;
    // All of a row stands at one moment, so what is paid is known: nothing slips.
    return { order, price: best.price, atOpen: true, maker, slips: false, offers: [best, ...others] };
  }

  isMarketable(order: Resting): boolean {
    return isMarketableOn(order, this.#standing(order).side);
  }

  take({ order, offers: [offer] }: OfferCandidate, quantity: bigint): void {
    this.#standing(order).consumed.take(offer.level, offer.shown, quantity);
  }

  /** The row is done with: what the order must remember of it for the next one. */
  age(order: Resting): void {
    const { type, trail } = order.command;
    const { side } = this.#standing(order);
    if (type === "stop" || type === "stop_limit") order.triggered ||= reachesStopOn(order, side);
    if (trail !== null && side.levels > 0) followPrice(order, priceAt(side, 0));
  }

  #standing({ command }: Resting): Standing {
    return this.#markets.get(command.instrument)![command.side]!;
  }
}

/** A limit that the book has seen: the only order that a trade beside the book fills. */
export function standsInBook({ command, seen, triggered }: Resting): boolean {
  return seen && (command.type === "limit" || (command.type === "stop_limit" && triggered));
}

/** A fill-or-kill order must be payable whole: at the worst price it meets. The others are, one offer at a time. */
export function worstPrice({ order, offers, price }: OfferCandidate): Fixed {
  const { command, sizing } = order;
  if (command.timeInForce !== "FOK" || sizing.kind !== "quantity") return price;
  return walk(offers, sizing.units).fills.at(-1)?.offer.price ?? price;
}
