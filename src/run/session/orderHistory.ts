import { type Execution, exitCommand, type PlaceCommand } from "../../domain/execution.ts";
import { addFixed, type Fixed, formatFixed, formatUnits, multiplyFixed, zero } from "../../domain/fixed.ts";
import type { OrderSide, OrderType, TimeInForce } from "../../domain/order.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Json, Signal } from "../../domain/signal.ts";
import type { Millis } from "../../domain/time.ts";
import type { Decision } from "../../engine/decisionLog.ts";
import { Recent } from "./recent.ts";

/** An order from its request on, as plain data: exact decimal texts, times in epoch ms. */
export interface HistoricOrder {
  readonly id: number;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  /** Null: by value. */
  readonly quantity: string | null;
  readonly value: string | null;
  readonly price: string | null;
  readonly stopPrice: string | null;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly tag: string | null;
  readonly by: Origin;
  /** The order whose attached exit it is. */
  readonly entry: number | null;
  /** The order whose place it takes. */
  readonly replaces: number | null;
  readonly placed: Millis;
  readonly updated: Millis;
  readonly filled: Fixed;
  /** Σ price × quantity of its fills. */
  readonly cost: Fixed;
  /** Null while it is open. */
  readonly reason: ReasonCode | null;
}

export type Origin = "strategy" | "user";

/** A fill; `seq` counts from 1 over the whole session. */
export interface HistoricFill {
  readonly seq: number;
  readonly order: number;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly maker: boolean;
  /** Of the decision log: when it was booked. */
  readonly time: Millis;
  /** The venue's own id of the trade; null when it was simulated. */
  readonly trade: string | null;
}

/** An opinion and what came of it. Each order of a strategy stands for one, its tag being the reason. */
export interface HistoricSignal {
  readonly seq: number;
  readonly time: Millis;
  readonly symbol: string;
  readonly action: Signal["action"];
  readonly confidence: number | null;
  readonly reason: string | null;
  readonly metadata: { readonly [key: string]: Json };
  readonly by: Origin;
  readonly order: number | null;
}

export interface HistoryState {
  readonly orders: readonly HistoricOrder[];
  readonly fills: readonly HistoricFill[];
  readonly signals: readonly HistoricSignal[];
  readonly counts: { readonly fills: number; readonly signals: number };
}

/** Of orders that have ended, of fills and of signals: so many of the last are kept. The journal has them all. */
const kept = 2000;

/** What a session's decisions come to, order by order. */
export class OrderHistory {
  readonly #open = new Map<number, HistoricOrder>();
  readonly #ended = new Recent<HistoricOrder>(kept);
  readonly fills = new Recent<HistoricFill>(kept);
  readonly signals = new Recent<HistoricSignal>(kept);
  /** Whose orders come now. */
  origin: Origin = "strategy";
  #fillCount = 0;
  #signalCount = 0;

  /** Newest last. */
  orders(): readonly HistoricOrder[] {
    return [...this.#ended.all(), ...this.#open.values()].sort((a, b) => a.id - b.id);
  }

  order(id: number): HistoricOrder | null {
    return this.#open.get(id) ?? this.#ended.find((order) => order.id === id);
  }

  save(): HistoryState {
    return {
      orders: this.orders(),
      fills: this.fills.all(),
      signals: this.signals.all(),
      counts: { fills: this.#fillCount, signals: this.#signalCount },
    };
  }

  load({ orders, fills, signals, counts }: HistoryState): void {
    for (const order of orders) {
      if (order.reason === null) this.#open.set(order.id, order);
      else this.#ended.push(order);
    }
    for (const fill of fills) this.fills.push(fill);
    for (const signal of signals) this.signals.push(signal);
    [this.#fillCount, this.#signalCount] = [counts.fills, counts.signals];
  }

  decided(time: Millis, decision: Decision): void {
    switch (decision.kind) {
      case "place":
        this.#place(time, decision);
        break;
      case "fill":
        this.#fill(time, decision);
        break;
      case "ended":
        this.#end(decision.number, time, decision.reason);
        break;
      case "cancel":
    }
  }

  signal(signal: Omit<HistoricSignal, "seq">): void {
    this.signals.push({ seq: ++this.#signalCount, ...signal });
  }

  #place(time: Millis, command: PlaceCommand): void {
    const by = this.origin;
    const { exits, number, side, instrument, tag, reduceOnly } = command;
    // What takes an exit's place is an exit.
    const entry = command.replaces === null ? null : (this.order(command.replaces)?.entry ?? null);
    this.#open.set(number, orderOf(command, { time, by, entry }));
    for (const exit of exits) {
      const command_ = exitCommand(command, exit, { kind: "quantity", units: 0n, mayShrink: false });
      const order = orderOf(command_, { time, by, entry: number });
      this.#open.set(exit.number, { ...order, quantity: null });
    }
    if (by === "user" || command.replaces !== null) return;
    const action = reduceOnly ? "exit" : side;
    const about = { confidence: null, reason: tag, metadata: {}, by, order: number };
    this.signal({ time, symbol: instrument.symbol, action, ...about });
  }

  #fill(time: Millis, fill: Execution): void {
    const { number, instrument, side, quantity, price, fee, maker, trade, remaining } = fill;
    const { scale } = instrument.lot;
    this.fills.push({
      ...{ seq: ++this.#fillCount, order: number, symbol: instrument.symbol, side },
      quantity: formatUnits(quantity, scale),
      price: formatFixed(price),
      fee: formatFixed(fee.amount),
      feeCurrency: fee.currency,
      ...{ maker, time, trade: trade ?? null },
    });
    const order = this.#open.get(number);
    if (order === undefined) return;
    const size: Fixed = { units: quantity, scale };
    const filled = addFixed(order.filled, size);
    const cost = addFixed(order.cost, multiplyFixed(price, size));
    const whole = addFixed(filled, { units: remaining, scale });
    this.#open.set(number, { ...order, filled, cost, quantity: formatFixed(whole), updated: time });
    if (remaining === 0n) this.#end(number, time, "filled");
  }

  #end(number: number, time: Millis, reason: ReasonCode): void {
    const order = this.#open.get(number);
    if (order === undefined) return;
    this.#open.delete(number);
    this.#ended.push({ ...order, reason, updated: time });
  }
}

interface Birth {
  readonly time: Millis;
  readonly by: Origin;
  readonly entry: number | null;
}

function orderOf(command: PlaceCommand, { time, by, entry }: Birth): HistoricOrder {
  const { number, instrument, side, type, sizing, limit, stop, timeInForce, postOnly, reduceOnly } = command;
  return {
    ...{ id: number, symbol: instrument.symbol, side, type, timeInForce, postOnly, reduceOnly, by, entry },
    quantity: sizing.kind === "quantity" ? formatUnits(sizing.units, instrument.lot.scale) : null,
    value: sizing.kind === "value" ? formatFixed(sizing.value) : null,
    price: limit === null ? null : formatFixed(limit),
    stopPrice: stop === null ? null : formatFixed(stop),
    tag: command.tag,
    replaces: command.replaces,
    placed: time,
    updated: time,
    ...{ filled: zero, cost: zero, reason: null },
  };
}
