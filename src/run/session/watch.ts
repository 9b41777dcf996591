import type { Approved, Command } from "../../domain/execution.ts";
import { addFixed, formatFixed, negateFixed, parseFixed, zero } from "../../domain/fixed.ts";
import type { MarketEvent } from "../../domain/market.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import { orderView } from "../../engine/orderBook.ts";
import { positionsOf } from "../outcome.ts";
import type { AccountPicture, SessionEvent } from "./events.ts";
import type { SessionEngine } from "./sessionEngine.ts";
import type { Step } from "./step.ts";

export interface WatchOptions {
  readonly core: SessionEngine;
  /** Between two pictures of the account, real ms; null: none are made. */
  readonly everyMs: number | null;
  /** Real time, ms. */
  readonly clock: () => number;
  readonly onEvent: (event: SessionEvent) => void;
  /** Bars up to then are of the past: shown to the strategy, no news to anybody else. */
  readonly pastUntil: Millis;
}

/** For whoever looks on: bars, halts, pictures of the account, and how long orders take. */
export class Watch {
  readonly #options: WatchOptions;
  /** Real time at which orders left that have had no answer yet. */
  readonly #asked = new Map<number, number>();
  #received: number | null = null;
  #pictured = Number.NEGATIVE_INFINITY;
  #changed = false;
  #pastBars = 0;
  #halted: string | null = null;
  /** Of now, so far. */
  bars = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** @param began when the step was begun, by the clock */
  step({ time, events, executions }: Step, began: number): void {
    this.#changed = true;
    if (events.length > 0) this.#received = began;
    for (const event of executions) {
      if ("number" in event && event.number !== 0) this.#answered(event.number, time);
    }
    for (const event of events) this.#bar(time, event);
    this.#tellHalt(time);
  }

  #bar(time: Millis, { chunk, row }: MarketEvent): void {
    if (chunk.kind !== "bar" || chunk.hidden === true) return;
    const { core, onEvent, pastUntil } = this.#options;
    if (time <= pastUntil) {
      this.#pastBars++;
      return;
    }
    // The past as one line, once it is over.
    if (this.#pastBars > 0) onEvent({ event: "history", time: isoTime(pastUntil), bars: this.#pastBars });
    this.#pastBars = 0;
    this.bars++;
    const { instrument, bar } = core.engine.markets.get(chunk.instruments[chunk.instrumentOf?.[row] ?? 0]!)!;
    const equity = core.account.equity().toFixed(2);
    onEvent({ event: "bar", time: isoTime(time), symbol: instrument.symbol, close: bar.close, equity });
  }

  #tellHalt(time: Millis): void {
    const { core, onEvent } = this.#options;
    const halted = core.risk.haltedBecause(time);
    if (halted === this.#halted) return;
    this.#halted = halted;
    const at = isoTime(Number.isFinite(time) ? time : Date.now());
    onEvent(
      halted === null ? { event: "resumed", time: at } : { event: "halted", time: at, because: halted },
    );
  }

  /** @param began when the step that decided it was begun, by the clock */
  sent(command: Approved<Command>, time: Millis, began: number): void {
    if (command.kind !== "place") return;
    const { clock, onEvent } = this.#options;
    const now = clock();
    this.#asked.set(command.number, now);
    onEvent({
      event: "sent",
      time: isoTime(time),
      id: String(command.number),
      afterMs: rounded(now - began),
    });
  }

  /** Pictures the account when anything has happened and it is time. */
  look(time: Millis): void {
    const { everyMs, clock } = this.#options;
    if (everyMs === null || !this.#changed || clock() - this.#pictured < everyMs) return;
    this.picture(time);
  }

  picture(time: Millis): void {
    const { core, clock, onEvent, everyMs } = this.#options;
    if (everyMs === null || !core.isStarted) return;
    this.#pictured = clock();
    this.#changed = false;
    const dataAgeMs = this.#received === null ? null : Math.round(clock() - this.#received);
    onEvent({ event: "account", time: isoTime(time), ...pictureOf(core), dataAgeMs });
  }

  #answered(number: number, time: Millis): void {
    const left = this.#asked.get(number);
    if (left === undefined) return;
    this.#asked.delete(number);
    const { clock, onEvent } = this.#options;
    onEvent({ event: "answered", time: isoTime(time), id: String(number), afterMs: rounded(clock() - left) });
  }
}

function pictureOf({ account, recorder, orders, engine }: SessionEngine): Omit<AccountPicture, "dataAgeMs"> {
  const positions = positionsOf(account);
  const equity = account.exactEquity();
  const unrealised = positions.reduce(
    (sum, { unrealizedPnl }) => addFixed(sum, parseFixed(unrealizedPnl)),
    zero,
  );
  const earned = addFixed(equity, negateFixed(account.initialEquity));
  const priced = [...engine.markets].filter(([, { holding }]) => holding.hasPrice);
  return {
    currency: account.currency,
    equity: formatFixed(equity),
    realised: formatFixed(addFixed(earned, negateFixed(unrealised))),
    unrealised: formatFixed(unrealised),
    drawdown: recorder.drawdown,
    maxDrawdown: recorder.maxDrawdown,
    prices: Object.fromEntries(
      priced.map(([{ symbol }, { holding }]) => [symbol, formatFixed(holding.exactMark())]),
    ),
    positions: positions.map(({ symbol, quantity, entryPrice, unrealizedPnl }) => ({
      symbol,
      quantity,
      entryPrice,
      unrealised: unrealizedPnl,
    })),
    openOrders: orders.open.map((record) => {
      const { id, symbol, side, type, quantity, price, stopPrice, filledQuantity, inDoubt } =
        orderView(record);
      return {
        ...{ id, symbol, side, type },
        quantity: quantity?.toFixed() ?? null,
        price: price?.toFixed() ?? null,
        stopPrice: stopPrice?.toFixed() ?? null,
        filledQuantity: filledQuantity.toFixed(),
        inDoubt,
      };
    }),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
