import { GeoSyncError } from "../../domain/errors.ts";
import { type Execution, tradedValue } from "../../domain/execution.ts";
import { addFixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { OwnTrade } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";
import { fixedOf, unitsOf } from "./exact.ts";
import type { Leg } from "./leg.ts";
import type { News, Status } from "./news.ts";
import type { OrderSet } from "./orderSet.ts";
import { chargedBy, heldBy, type KnownSymbol } from "./restored.ts";
import type { Track } from "./track.ts";
import { SeenTrades } from "./trades.ts";

export interface BooksOptions {
  readonly orders: OrderSet;
  readonly news: News;
  readonly onDrift: "adopt" | "halt";
  readonly onStatus: (status: Status) => void;
  /** A trade proves that its order is at the venue. */
  readonly onProof: (track: Track, leg: Leg) => void;
  /** An order has filled (some more): others may have to follow. */
  readonly onFill: (track: Track) => void;
  readonly instruments: ReadonlyMap<string, Instrument>;
}

/** What came of a trade that was shown. */
export type Booked = "booked" | "known" | "manual" | "pending";

/** Turns the venue's trades into fills: each once, whichever way and however often it is heard of. */
export class Books {
  /** Trades that were shown again. */
  repeated = 0;
  booked = 0;
  manual = 0;
  readonly #options: BooksOptions;
  readonly #seen = new Map<string, SeenTrades>();
  /** Trades without a name, of orders that are not known (yet). */
  readonly #pending = new Map<string, OwnTrade[]>();

  constructor(options: BooksOptions) {
    this.#options = options;
  }

  restore(known: KnownSymbol): void {
    this.#seen.set(known.symbol, new SeenTrades(known));
    this.#options.orders.setHeld(known.symbol, known.held);
  }

  /** From `time` on, when nothing of the symbol is known yet. */
  open(symbol: string, time: Millis): void {
    if (this.#seen.has(symbol)) return;
    this.#seen.set(symbol, new SeenTrades({ trade: null, time, told: [] }));
    this.#options.news.tell({ kind: "booked", symbol, trade: null, time });
  }

  seen(symbol: string): SeenTrades {
    return this.#seen.get(symbol)!;
  }

  pending(symbol: string): readonly OwnTrade[] {
    return this.#pending.get(symbol) ?? [];
  }

  take(trade: OwnTrade): Booked {
    const { orders } = this.#options;
    const { symbol } = trade;
    const instrument = this.#options.instruments.get(symbol);
    if (instrument === undefined) return "known";
    const owner = orders.ownerOf(trade);
    const leg = owner === null || owner === "foreign" ? null : orders.legOf(owner, trade);
    const missed = leg?.lacksTrades === true && leg.terms.restored !== true;
    if (this.seen(symbol).has(trade, missed)) {
      this.repeated++;
      return "known";
    }
    if (owner === null) {
      this.#wait(trade);
      return "pending";
    }
    this.seen(symbol).add(trade.id);
    if (owner === "foreign") this.manual++;
    else this.booked++;
    try {
      if (owner === "foreign") this.#manual(trade, instrument);
      else this.#book(trade, owner, leg, instrument);
    } catch (error) {
      if (!(error instanceof GeoSyncError)) throw error;
      const { id } = trade;
      this.#options.news.tell({ kind: "halt", cause: "answer", message: error.message, symbol, trade: id });
    }
    return owner === "foreign" ? "manual" : "booked";
  }

  /** Trades that waited for the id of their order. */
  retry(symbol: string): void {
    const waiting = this.pending(symbol);
    this.#pending.delete(symbol);
    for (const trade of waiting) this.take(trade);
  }

  /** It is known now that no order of ours made them. */
  disown(trade: OwnTrade, clientId: string | null): Booked {
    const rest = this.pending(trade.symbol).filter(({ id }) => id !== trade.id);
    this.#pending.set(trade.symbol, rest);
    return this.take({ ...trade, clientId: clientId ?? "" });
  }

  /** All trades up to this one have been shown. */
  advance(last: OwnTrade): void {
    const first = this.pending(last.symbol)[0];
    if (first !== undefined) return;
    if (!this.seen(last.symbol).advance(last)) return;
    this.#options.news.tell({ kind: "booked", symbol: last.symbol, trade: last.id, time: last.time });
  }

  #wait(trade: OwnTrade): void {
    const waiting = this.#pending.get(trade.symbol) ?? [];
    if (waiting.some(({ id }) => id === trade.id)) return;
    this.#pending.set(trade.symbol, [...waiting, trade]);
  }

  #book(trade: OwnTrade, track: Track, leg: Leg | null, instrument: Instrument): void {
    const { orders, news, onFill, onProof } = this.#options;
    const fill = this.#fillOf(trade, track.number, instrument);
    const { quantity } = fill;
    orders.setHeld(instrument.symbol, addFixed(orders.exactlyHeld(instrument.symbol), heldBy(fill)));
    track.filled += quantity;
    track.charged += chargedBy(fill);
    if (leg !== null) {
      bookOn(leg, quantity);
      orders.learnId(trade.orderId, track, leg);
      onProof(track, leg);
    }
    const pair = track.entry === null ? undefined : orders.pairOf(track.entry);
    if (pair !== undefined) pair.exited += quantity;
    if (track.total === null && leg !== null && leg.status === "filled" && leg.quantity === null)
      track.total = track.filled - leg.booked + leg.filled;
    const remaining = pair === undefined ? remainingOf(track, instrument) : pair.remaining;
    if (remaining === 0n && pair !== undefined) pair.exited = pair.entry.filled;
    news.fill(track, { ...fill, remaining, clipped: track.clipped });
    if (leg !== null && leg.quantity !== null && leg.booked > leg.quantity) this.#overfilled(track, leg);
    onFill(track);
  }

  #overfilled({ number }: Track, { booked, quantity, terms }: Leg): void {
    const message = `order ${number} (${terms.clientId}) was for ${quantity} lots, the venue has filled ${booked}`;
    this.#options.news.tell({ kind: "halt", cause: "overfill", message });
  }

  #manual(trade: OwnTrade, instrument: Instrument): void {
    const { news, orders, onDrift, onStatus } = this.#options;
    const { symbol, side, quantity, price, id } = trade;
    const what = `${side} ${quantity.toFixed()} ${symbol} at ${price.toFixed()} (trade ${id})`;
    const message = `a trade that this session did not make: ${what}`;
    onStatus({ level: "warning", code: "manual-trade", message });
    if (onDrift === "halt") {
      news.tell({ kind: "halt", cause: "manual-trade", message, symbol, trade: id });
      return;
    }
    const fill = this.#fillOf(trade, 0, instrument);
    orders.setHeld(symbol, addFixed(orders.exactlyHeld(symbol), heldBy(fill)));
    news.fill(null, fill);
  }

  #fillOf(trade: OwnTrade, number: number, instrument: Instrument): Execution {
    const { side, time, maker, id } = trade;
    const price = fixedOf(trade.price);
    const quantity = unitsOf(trade.quantity, instrument);
    if (trade.fee === null) {
      const message = `${instrument.symbol}: the venue does not say what trade ${id} was charged; taken for nothing`;
      this.#options.onStatus({ level: "warning", code: "fee-unknown", message });
    }
    return {
      kind: "fill",
      number,
      instrument,
      side,
      time,
      bar: -1,
      price,
      quantity,
      value: tradedValue(instrument, price, quantity, side),
      fee:
        trade.fee === null
          ? { amount: zero, currency: instrument.quote }
          : { amount: fixedOf(trade.fee.amount), currency: trade.fee.currency },
      maker,
      remaining: 0n,
      clipped: false,
      trade: id,
    };
  }
}

/** A trade proves that its order is there; one that makes it whole, that it is over. */
function bookOn(leg: Leg, quantity: bigint): void {
  leg.booked += quantity;
  if (leg.filled < leg.booked) leg.filled = leg.booked;
  if (leg.state === "over") return;
  leg.state = "open";
  if (leg.quantity === null || leg.booked < leg.quantity) return;
  leg.state = "over";
  leg.status = "filled";
}

/** What is still open of an order of its own; while that is not known, a lot: it has not ended. */
function remainingOf(track: Track, { lot }: Instrument): bigint {
  if (track.ended) return 0n;
  if (track.total === null) return lot.units;
  return track.filled < track.total ? track.total - track.filled : 0n;
}
