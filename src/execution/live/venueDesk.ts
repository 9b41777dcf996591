import { GeoSyncError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Order } from "../../domain/order.ts";
import type { OwnTrade, ProtectiveExits, TradingAdapter } from "../../domain/ports.ts";
import type { Random } from "../../domain/random.ts";
import type { Millis } from "../../domain/time.ts";
import type { Books } from "./books.ts";
import { decimalOf, fixedOf, quantityOf, unitsOf } from "./exact.ts";
import { Leg } from "./leg.ts";
import type { News, Status } from "./news.ts";
import type { OrderSet } from "./orderSet.ts";
import { type OrderTerms, orderOf } from "./orderTerms.ts";
import { backoff, type Quiet } from "./pace.ts";
import type { Request } from "./runner.ts";
import type { Track } from "./track.ts";
import { type ExitLeg, graceMs, nextGeneration } from "./unit.ts";
import { verdictOn } from "./verdict.ts";

export interface VenueDeskOptions {
  readonly adapter: TradingAdapter;
  readonly orders: OrderSet;
  readonly books: Books;
  readonly news: News;
  readonly quiet: Quiet;
  readonly random: Random;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** A request that was sent can arrive no later than this after it, in ms of the venue's clock. */
  readonly settleAfterMs: number;
  readonly onStatus: (status: Status) => void;
  now(): Millis;
}

/** So often the venue has to deny an order, when it can't be on its way any more, until it is believed. */
const denialsNeeded = 2;

/** The longest between two tries, in ms. What is in doubt, or should be gone, holds up the stop of a position. */
const patience = { ask: 3000, cancel: 3000, trades: 15_000 } as const;

/** Speaks with the venue about single orders, and hears what it says of them. */
export class VenueDesk {
  /** Order news that were repeated or overtaken. */
  stale = 0;
  readonly #options: VenueDeskOptions;
  readonly #fetching = new Map<string, Promise<void>>();

  constructor(options: VenueDeskOptions) {
    this.#options = options;
  }

  /** Never throws: what fails shows in the orders, and is tried again. */
  async perform(step: Request): Promise<void> {
    if (step.kind === "place" || step.kind === "placeExits") {
      await (step.kind === "place" ? this.#place(step.track, step.terms) : this.#placeExits(step));
      return;
    }
    if (step.kind === "probe") {
      this.#probe(step.track);
      return;
    }
    const { track, leg } = step;
    leg.tries++;
    leg.nextTry = this.#options.now() + backoff(leg.tries, 125, patience[step.kind], this.#options.random);
    try {
      if (step.kind === "ask") await this.#ask(track, leg);
      else if (step.kind === "cancel") await this.#cancel(track, leg);
      else await this.#fetchFor(track, leg);
      this.#options.quiet.over();
    } catch (error) {
      this.failed(error);
    }
  }

  /** What the venue says of an order of ours, asked or unasked. */
  hear(track: Track, leg: Leg, order: Order): void {
    const { orders, books, now } = this.#options;
    const { instrument } = track.command;
    if (leg.quantity === null && order.quantity !== null && leg.terms.restored === true)
      leg.quantity = unitsOf(order.quantity, instrument);
    const price = order.stopPrice ?? order.price;
    if (leg.price === null && price !== null) leg.price = fixedOf(price);
    // Wherever it goes from here, it is no worse than where it has got to.
    if (track.command.trail !== null) track.moved ??= leg.price;
    if (!leg.hear(order, unitsOf(order.filledQuantity, instrument))) {
      this.stale++;
      return;
    }
    if (order.status === "rejected" && leg.filled === 0n) {
      const verdict = verdictOn(new GeoSyncError("GEO-ORDER-REFUSED", order.reason ?? ""));
      if (verdict.kind === "refused") leg.refuse(verdict);
      return;
    }
    learnTotal(track, leg);
    if (leg.id !== null) orders.learnId(leg.id, track, leg);
    this.announce(track, leg);
    books.retry(instrument.symbol);
    if (leg.lacksTrades) leg.nextTry = now() + graceMs;
    if (track.ended && !leg.isDone) orders.revive(track);
  }

  /** It is there: told once of every order at the venue. */
  announce(track: Track, leg: Leg): void {
    const { news } = this.#options;
    if (leg.isAnnounced) return;
    leg.isAnnounced = true;
    const { number, command } = track;
    const { generation } = leg.terms;
    track.generation = Math.max(track.generation, generation);
    if (track.inDoubt) {
      track.inDoubt = false;
      news.tell({ kind: "settled", number });
    }
    if (!track.accepted && command.type !== "market") {
      track.accepted = true;
      news.tell({ kind: "accepted", number });
    }
    if (generation > 1 && leg.price !== null)
      news.tell({ kind: "moved", number, generation, price: leg.price });
  }

  /** Own trades of a symbol since the last that was told, or since `time`. Those who ask at once share the answer. */
  async fetchTrades(symbol: string): Promise<void> {
    const running = this.#fetching.get(symbol);
    if (running !== undefined) return await running;
    const fetching = this.#fetchTrades(symbol).finally(() => this.#fetching.delete(symbol));
    this.#fetching.set(symbol, fetching);
    await fetching;
  }

  /** A request failed, which is no news of any order. */
  failed(error: unknown): void {
    const { quiet, now, onStatus } = this.#options;
    if (!(error instanceof Error)) throw error;
    const code = error instanceof GeoSyncError ? error.code : null;
    if (code === "GEO-VENUE-LIMITED") {
      const ms = quiet.begin(now());
      const message = `${error.message}; all requests wait for ${Math.ceil(ms / 1000)} s`;
      onStatus({ level: "warning", code: "venue-limited", message });
    } else if (code !== null)
      onStatus({ level: "warning", code: "venue-unreachable", message: error.message });
    else onStatus({ level: "error", code: "internal", message: error.stack ?? error.message });
  }

  async #place(track: Track, terms: OrderTerms): Promise<void> {
    const before = track.leg;
    const leg = this.#newLeg(track, terms);
    try {
      const order = orderOf(track.command, terms, leg.terms.clientId);
      this.hear(track, leg, await this.#options.adapter.placeOrder(order));
      this.#options.quiet.over();
    } catch (error) {
      this.#notPlaced(track, leg, before, error);
    }
  }

  async #placeExits({ stopLoss, takeProfit }: { stopLoss: ExitLeg; takeProfit: ExitLeg }): Promise<void> {
    const both = [stopLoss, takeProfit];
    const before = both.map(({ track }) => track.leg);
    const legs = both.map(({ track, terms }) => this.#newLeg(track, terms));
    try {
      const exits = exitsOf(stopLoss, takeProfit, legs as [Leg, Leg]);
      const orders = await this.#options.adapter.placeExits(exits);
      for (const [i, leg] of legs.entries()) {
        const order = orders.find(({ clientId }) => clientId === leg.terms.clientId);
        if (order === undefined) leg.doubt();
        else this.hear(both[i]!.track, leg, order);
      }
      this.#options.quiet.over();
    } catch (error) {
      for (const [i, leg] of legs.entries()) this.#notPlaced(both[i]!.track, leg, before[i]!, error);
    }
  }

  /** The venue is to be asked for the order under the name that is next. */
  #probe(track: Track): void {
    const generation = nextGeneration(track);
    const clientId = this.#options.orders.ids.of({ number: track.number, generation });
    const terms = { number: track.number, generation, clientId, quantity: null, price: null, restored: true };
    // It left before the restart if ever: it has had as long to arrive as the one before.
    track.leg = new Leg(terms, track.leg?.sentAt ?? this.#options.now());
  }

  #newLeg(track: Track, { generation, quantity, stop, limit }: OrderTerms): Leg {
    const { number } = track;
    const clientId = this.#options.orders.ids.of({ number, generation });
    const leg = new Leg(
      { number, generation, clientId, quantity, price: stop ?? limit },
      this.#options.now(),
    );
    track.leg = leg;
    return leg;
  }

  #notPlaced(track: Track, leg: Leg, before: Leg | null, error: unknown): void {
    // News of it may have come by another way, faster than the answer.
    if (leg.state !== "sending") return;
    const verdict = verdictOn(error);
    if (verdict.kind === "refused") leg.refuse(verdict);
    else if (verdict.kind === "limited") {
      track.leg = before;
      this.failed(error);
    } else {
      leg.doubt();
      if (track.inDoubt) return;
      track.inDoubt = true;
      this.#options.news.tell({ kind: "doubt", number: track.number });
    }
  }

  async #ask(track: Track, leg: Leg): Promise<void> {
    const { adapter, now, settleAfterMs } = this.#options;
    const asked = now();
    const { clientId } = leg.terms;
    const order = await adapter.findOrder(track.command.instrument.symbol, clientId);
    if (order !== null) {
      leg.stale = false;
      this.hear(track, leg, order);
    } else if (leg.state === "doubt" && asked >= leg.sentAt + settleAfterMs) {
      leg.denials++;
      if (leg.denials < denialsNeeded) return;
      leg.state = "absent";
      track.probes = false;
    } else if (leg.state === "doubt") {
      // Before that a denial proves nothing: the request may still be on its way.
      leg.nextTry = Math.min(leg.nextTry, Math.max(leg.sentAt + settleAfterMs, now() + 1));
    }
  }

  async #cancel(track: Track, leg: Leg): Promise<void> {
    leg.cancelAsked = true;
    await this.#options.adapter.cancelByClientId(track.command.instrument.symbol, leg.terms.clientId);
    // Whatever the answer: how much was filled before is what the venue has to say now.
    leg.stale = true;
    leg.nextTry = Number.NEGATIVE_INFINITY;
  }

  async #fetchFor(track: Track, leg: Leg): Promise<void> {
    const { symbol } = track.command.instrument;
    await this.fetchTrades(symbol);
    if (leg.lacksTrades && (leg.tries > 2 || leg.terms.restored === true)) await this.#recount(track, leg);
    learnTotal(track, leg);
    if (!leg.lacksTrades || leg.tries !== 6) return;
    const message = `order ${track.number}: the venue has filled ${leg.filled} lots and shows trades for ${leg.booked}`;
    this.#options.onStatus({ level: "error", code: "trades-missing", message });
  }

  /**
   * All trades since the order was decided on: the venue may show one late, behind trades that were told; and after a
   * restart it is not known which of the fills in the journal were of this order at the venue.
   */
  async #recount(track: Track, leg: Leg): Promise<void> {
    const { adapter, books } = this.#options;
    const { instrument, activeFrom } = track.command;
    const trades = await adapter.ownTrades(instrument.symbol, { time: activeFrom - 60_000 });
    for (const trade of trades) books.take(trade);
    const own = trades.filter(({ orderId }) => orderId === leg.id);
    const booked = own.reduce((sum, { quantity }) => sum + unitsOf(quantity, instrument), 0n);
    if (booked > leg.booked) leg.booked = booked;
  }

  async #fetchTrades(symbol: string): Promise<void> {
    const { adapter, books } = this.#options;
    const trades = await adapter.ownTrades(symbol, books.seen(symbol).since);
    for (const trade of trades) books.take(trade);
    await this.#identify(symbol);
    const last = trades.at(-1);
    if (last !== undefined) books.advance(last);
  }

  /** Trades without a name: whose, is what the venue knows by their order. */
  async #identify(symbol: string): Promise<void> {
    const { adapter, books, orders } = this.#options;
    for (const trade of books.pending(symbol)) {
      if (orders.hasUnsettled(symbol)) return;
      const clientId = await this.#nameOf(adapter, trade);
      books.disown(trade, clientId);
    }
  }

  async #nameOf(adapter: TradingAdapter, trade: OwnTrade): Promise<string | null> {
    try {
      return (await adapter.getOrderStatus(trade.orderId)).clientId ?? null;
    } catch (error) {
      // The venue knows no such order of this account's API: it is not ours.
      if (error instanceof GeoSyncError && error.code === "GEO-ORDER-REFUSED") return null;
      throw error;
    }
  }
}

/**
 * What an order of before a restart comes to, by the one that it took last. While trades of that one may have been
 * booked without its name, they would count twice.
 */
function learnTotal(track: Track, leg: Leg): void {
  if (track.total !== null || track.entry !== null || leg.quantity === null || leg.lacksTrades) return;
  track.total = track.filled - leg.booked + leg.quantity;
}

function exitsOf(stopLoss: ExitLeg, takeProfit: ExitLeg, [stop, target]: [Leg, Leg]): ProtectiveExits {
  const { instrument, side } = stopLoss.track.command;
  return {
    symbol: instrument.symbol,
    side,
    quantity: quantityOf(stopLoss.terms.quantity!, instrument),
    stopLoss: { clientId: stop.terms.clientId, price: decimalOf(stopLoss.terms.stop!) },
    takeProfit: { clientId: target.terms.clientId, price: decimalOf(takeProfit.terms.limit!) },
  };
}
