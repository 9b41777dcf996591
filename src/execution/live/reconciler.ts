import type { Instrument } from "../../domain/instrument.ts";
import type { Order } from "../../domain/order.ts";
import type { TradingAdapter } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";
import type { Books } from "./books.ts";
import { decimalOf } from "./exact.ts";
import type { Leg } from "./leg.ts";
import type { Status } from "./news.ts";
import type { OrderSet } from "./orderSet.ts";
import type { VenueDesk } from "./venueDesk.ts";

/** How what the venue says differed from what was known here, until now. */
export interface DriftReport {
  readonly time: Millis;
  /** Fills that nobody had told us of. */
  readonly lateFills: number;
  /** Trades that this session did not make. */
  readonly manualTrades: number;
  /** Client ids of orders of ours that were thought to be open; what became of them is asked. */
  readonly missing: readonly string[];
  /** Client ids of orders of ours that nobody here had use for any more; they are cancelled. */
  readonly orphans: readonly string[];
  /** Open orders that are not of this session; never touched. */
  readonly foreign: readonly Order[];
  /** Base currencies whose balance has changed by something else than trades. */
  readonly balances: readonly string[];
}

export interface ReconcilerOptions {
  readonly adapter: TradingAdapter;
  readonly orders: OrderSet;
  readonly books: Books;
  readonly desk: VenueDesk;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly onStatus: (status: Status) => void;
  now(): Millis;
}

/** Asks the venue for everything that there is, and makes news of what was not known. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Currency → what the account has beside the session's holding. */
  readonly #beside = new Map<string, string>();
  #reported: ReadonlySet<string> = new Set();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** @throws ConnectionError when the venue can't be asked */
  async run(): Promise<DriftReport> {
    const report = {
      time: this.#options.now(),
      ...{ lateFills: 0, manualTrades: 0 },
      missing: [] as string[],
      orphans: [] as string[],
      foreign: [] as Order[],
      balances: [] as string[],
    };
    const { books, desk } = this.#options;
    for (const symbol of this.#options.instruments.keys()) {
      const standing = this.#openLegs(symbol);
      const open = await this.#options.adapter.openOrders(symbol);
      const before = { booked: books.booked, manual: books.manual };
      await desk.fetchTrades(symbol);
      report.lateFills += books.booked - before.booked;
      report.manualTrades += books.manual - before.manual;
      for (const order of open) await this.#seeOpen(order, report);
      report.missing.push(...this.#missing(standing, open));
    }
    this.#reported = new Set(report.foreign.map(({ id }) => id));
    report.balances.push(...(await this.#balances()));
    return report;
  }

  #openLegs(symbol: string): readonly Leg[] {
    return this.#options.orders.units.flatMap((unit) => {
      if (unit.symbol !== symbol) return [];
      return unit.tracks.flatMap(({ leg }) => (leg?.state === "open" ? [leg] : []));
    });
  }

  async #seeOpen(order: Order, report: { orphans: string[]; foreign: Order[] }): Promise<void> {
    const { orders, desk, adapter, onStatus } = this.#options;
    const { clientId, symbol } = order;
    const named = orders.ids.parse(clientId);
    if (named === null) {
      report.foreign.push(order);
      this.#sayOnce(order);
      return;
    }
    const track = orders.track(named.number);
    const leg = track?.leg;
    if (track !== undefined && leg?.terms.generation === named.generation) {
      desk.hear(track, leg, order);
      return;
    }
    // After a restart: the name after the one that is asked for; its turn comes.
    const later = track !== undefined && named.generation > (leg?.terms.generation ?? 0);
    if (later && track.probes) return;
    report.orphans.push(clientId!);
    const message = `order ${clientId} of ${symbol} stands at the venue without use; it is cancelled`;
    onStatus({ level: "warning", code: "orphan-cancelled", message });
    await adapter.cancelByClientId(symbol, clientId!);
  }

  /** Gone from the list: filled, cancelled or rejected. Which, is asked; nothing is assumed. */
  #missing(standing: readonly Leg[], open: readonly Order[]): readonly string[] {
    const names = new Set(open.map(({ clientId }) => clientId));
    const missing = standing.filter((leg) => leg.state === "open" && !names.has(leg.terms.clientId));
    for (const leg of missing) {
      leg.stale = true;
      leg.nextTry = Number.NEGATIVE_INFINITY;
    }
    return missing.map(({ terms }) => terms.clientId);
  }

  #sayOnce({ id, side, symbol, clientId }: Order): void {
    if (this.#reported.has(id)) return;
    const message = `an open ${side} order of ${symbol} is not of this session (${clientId ?? id}); it is left alone`;
    this.#options.onStatus({ level: "info", code: "foreign-order", message });
  }

  /** A transfer in or out shows only here. It is told, and nothing is done about it: it is the user's money. */
  async #balances(): Promise<readonly string[]> {
    const { adapter, orders, books, desk, onStatus, instruments } = this.#options;
    const before = books.booked + books.manual;
    const balances = await adapter.getBalance();
    const changed: string[] = [];
    try {
      for (const symbol of instruments.keys()) await desk.fetchTrades(symbol);
    } catch (error) {
      // Nothing waits for a comparison: the next look makes it.
      desk.failed(error);
      return changed;
    }
    // A trade under way would show on one side only: there was none when none has come to light by now.
    if (books.booked + books.manual !== before) return changed;
    for (const { symbol, base, contract } of instruments.values()) {
      if (contract || balances[base] === undefined || books.pending(symbol).length > 0) continue;
      const beside = balances[base].minus(decimalOf(orders.exactlyHeld(symbol))).toFixed();
      const known = this.#beside.get(base);
      this.#beside.set(base, beside);
      if (known === undefined || known === beside) continue;
      changed.push(base);
      const message = `${base} beside what this session holds: was ${known}, is ${beside}`;
      onStatus({ level: "warning", code: "balance-differs", message });
    }
    return changed;
  }
}
