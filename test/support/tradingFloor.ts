import { Account, type AccountKind } from "../../src/account/account.ts";
import { midsOf } from "../../src/domain/bestPrices.ts";
import { numberAt } from "../../src/domain/columns.ts";
import type {
  AttachedExit,
  Execution,
  ExecutionEvent,
  PlaceCommand,
  Sizing,
} from "../../src/domain/execution.ts";
import { type Fixed, formatFixed, formatUnits, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument, type Instrument } from "../../src/domain/instrument.ts";
import { instrumentAt, isOffered, type MarketEvent } from "../../src/domain/market.ts";
import type { OrderType } from "../../src/domain/order.ts";
import type { ReasonCode } from "../../src/domain/reasons.ts";
import { approve } from "../../src/engine/risk.ts";
import { fixedMove } from "../../src/execution/costs/fixedMove.ts";
import { makerTaker } from "../../src/execution/costs/makerTaker.ts";
import { slippageOf } from "../../src/execution/costs/priceMove.ts";
import type { EntryBar } from "../../src/execution/entryBar.ts";
import type { FillLimit } from "../../src/execution/fillRules.ts";
import { SimulatedVenue } from "../../src/execution/simulatedVenue.ts";

export interface FloorOptions {
  readonly kind?: AccountKind;
  readonly cash?: string;
  readonly taker?: string;
  readonly maker?: string;
  readonly slippage?: string;
  readonly fillLimit?: FillLimit;
  readonly entryBar?: EntryBar;
  readonly volumeShare?: string;
}

/** An order in decimal texts. Its size is `quantity`, or `value` under `cap` besides `plus`. */
export interface Ticket {
  readonly instrument?: Instrument;
  readonly quantity?: string;
  readonly mayShrink?: boolean;
  readonly value?: string;
  readonly plus?: string;
  readonly cap?: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly stopLoss?: string;
  readonly takeProfit?: string;
  readonly timeInForce?: PlaceCommand["timeInForce"];
  readonly expires?: number;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly oco?: string;
  readonly replaces?: number;
  readonly activeFrom?: number;
}

export const btc = createInstrument("BTC/USD");

/** The command of a ticket; `number` is its own, its exits have the next ones: stop-loss first. */
export function command(
  number: number,
  side: "buy" | "sell",
  ticket: Ticket,
): ReturnType<typeof approve<PlaceCommand>> {
  const { instrument = btc, limit, stop, stopLoss, takeProfit } = ticket;
  const exits: AttachedExit[] = [];
  const exit = (role: AttachedExit["role"], price: string | undefined): void => {
    if (price !== undefined)
      exits.push({ number: number + exits.length + 1, role, price: parseFixed(price) });
  };
  exit("stopLoss", stopLoss);
  exit("takeProfit", takeProfit);
  return approve<PlaceCommand>({
    kind: "place",
    number,
    instrument,
    side,
    type: typeOf(ticket),
    sizing: sizingOf(ticket, instrument),
    limit: limit === undefined ? null : parseFixed(limit),
    stop: stop === undefined ? null : parseFixed(stop),
    trail: null,
    timeInForce: ticket.timeInForce ?? "GTC",
    expires: ticket.expires ?? null,
    postOnly: ticket.postOnly ?? false,
    reduceOnly: ticket.reduceOnly ?? false,
    exits,
    group: ticket.oco ?? null,
    replaces: ticket.replaces ?? null,
    activeFrom: ticket.activeFrom ?? 0,
    tag: null,
  });
}

/** A simulated venue and an account, driven as the engine drives them: match, book, then mark. */
export class TradingFloor {
  readonly account: Account;
  readonly venue: SimulatedVenue;
  readonly fills: Execution[] = [];
  /** What became of each order, in words: "accepted", a reason code. More than one reason is a fault. */
  readonly news = new Map<number, string[]>();
  #next = 1;
  #bars = 0;

  constructor(options: FloorOptions = {}) {
    const { kind = "cash", cash = "100000", taker = "0", maker = taker, slippage = "0" } = options;
    this.account = new Account({
      kind,
      currency: "USD",
      cash: parseFixed(cash),
    });
    this.venue = new SimulatedVenue({
      account: this.account,
      fees: makerTaker({ maker: parseFixed(maker), taker: parseFixed(taker) }),
      slippage: slippageOf([fixedMove(parseFixed(slippage))], { volume: 0, volatility: 0 }),
      volatilityOf: () => Number.NaN,
      fillLimit: options.fillLimit ?? "through",
      entryBar: options.entryBar ?? "pessimistic",
      volumeShare: options.volumeShare === undefined ? null : parseFixed(options.volumeShare),
    });
  }

  buy(ticket: Ticket): number {
    return this.#place("buy", ticket);
  }

  sell(ticket: Ticket): number {
    return this.#place("sell", ticket);
  }

  cancel(number: number, reason: ReasonCode = "cancelled:by-strategy"): void {
    const activeFrom = Number.NEGATIVE_INFINITY;
    this.venue.submit(approve({ kind: "cancel", number, reason, activeFrom }));
    this.#book();
  }

  /** All events of one instant. */
  show(...events: readonly MarketEvent[]): void {
    const index = this.#bars++;
    for (const event of events) this.venue.onMarket(event, event.chunk.kind === "bar" ? index : -1);
    this.#book();
    for (const { chunk, row } of events) {
      const column = isOffered(chunk) ? midsOf(chunk) : chunk.kind === "bar" ? chunk.close : chunk.price;
      this.account.holdingOf(instrumentAt(chunk, row)).markAt(column, row, numberAt(column, row));
    }
  }

  /** The one reason in which an order ended; null while it is open. */
  reason(number: number): string | null {
    const ends = (this.news.get(number) ?? []).filter(
      (word) => word !== "accepted" && word !== "partly filled",
    );
    if (ends.length > 1) throw new Error(`order ${number} ended more than once: ${ends.join(", ")}`);
    return ends[0] ?? null;
  }

  /** "number side quantity@price", in the order in which they were booked. */
  get tape(): string[] {
    return this.fills.map(
      ({ number, side, quantity, price, instrument }) =>
        `${number} ${side} ${formatUnits(quantity, instrument.lot.scale)}@${formatFixed(price)}`,
    );
  }

  get cash(): string {
    return formatUnits(this.account.cash.units, this.account.cash.scale);
  }

  held(instrument: Instrument = btc): string {
    return formatUnits(this.account.holdingOf(instrument).quantity, instrument.lot.scale);
  }

  #place(side: "buy" | "sell", ticket: Ticket): number {
    const placed = command(this.#next, side, ticket);
    this.#next += 1 + placed.exits.length;
    this.venue.submit(placed);
    this.#book();
    return placed.number;
  }

  #book(): void {
    for (let events = this.venue.drain(); events.length > 0; events = this.venue.drain()) {
      const fills = events.filter(({ kind }) => kind === "fill");
      if (fills.length > 1) throw new Error("a drain handed out two fills: the second was not paid for");
      for (const event of events) {
        if (event.kind === "fill") {
          this.account.book(event, null);
          this.fills.push(event);
        }
        this.news.set(event.number, [...(this.news.get(event.number) ?? []), wordFor(event)]);
      }
    }
  }
}

function wordFor(event: ExecutionEvent): string {
  if (event.kind === "fill") return event.remaining > 0n ? "partly filled" : "filled";
  return event.kind === "ended" ? event.reason : "accepted";
}

function typeOf({ limit, stop }: Ticket): OrderType {
  if (stop !== undefined) return limit === undefined ? "stop" : "stop_limit";
  return limit === undefined ? "market" : "limit";
}

function sizingOf({ quantity, mayShrink, value, plus, cap }: Ticket, { lot }: Instrument): Sizing {
  const units = (text: string): bigint => unitsAt(parseFixed(text), lot.scale);
  if (value === undefined)
    return { kind: "quantity", units: units(quantity ?? "1"), mayShrink: mayShrink ?? false };
  return { kind: "value", value: parseFixed(value), plus: units(plus ?? "0"), cap: units(cap ?? "1e12") };
}

function unitsAt({ units, scale }: Fixed, to: number): bigint {
  return scale <= to ? units * 10n ** BigInt(to - scale) : units / 10n ** BigInt(scale - to);
}
