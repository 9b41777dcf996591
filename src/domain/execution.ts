import { type Fixed, multiplyFixed } from "./fixed.ts";
import { type Instrument, unitValue } from "./instrument.ts";
import { coinScale, inverseValue } from "./inverse.ts";
import type { OrderSide, OrderType, TimeInForce } from "./order.ts";
import type { ReasonCode } from "./reasons.ts";
import type { Millis } from "./time.ts";
import type { Trail } from "./trail.ts";

/** The language between the engine and whoever executes: commands out, events in. All of them are facts: never changed. */

/** The engine's number of an order within a run; adapters derive their client order id from it. */
export type OrderNumber = number;

/**
 * `quantity`: so many units of the lot; fewer, when it may shrink to what can be paid. `value`: the quantity is `plus`
 * and what `value` buys at the fill, costs included, never more than `cap` (at a venue that takes values: by the price
 * known when it leaves).
 */
export type Sizing =
  | { readonly kind: "quantity"; readonly units: bigint; readonly mayShrink: boolean }
  | { readonly kind: "value"; readonly value: Fixed; readonly plus: bigint; readonly cap: bigint };

/** A stop-loss or take-profit that comes to life with its entry's fill; one cancels the other. */
export interface AttachedExit {
  readonly number: OrderNumber;
  readonly role: "stopLoss" | "takeProfit";
  readonly price: Fixed;
}

export interface PlaceCommand {
  readonly kind: "place";
  readonly number: OrderNumber;
  /** Which of the run's strategies it belongs to, from 0; so does what it fills. */
  readonly owner: number;
  readonly instrument: Instrument;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly sizing: Sizing;
  readonly limit: Fixed | null;
  /** Of a trailing stop: where it stands at first. */
  readonly stop: Fixed | null;
  readonly trail: Trail | null;
  readonly timeInForce: TimeInForce;
  readonly expires: Millis | null;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly exits: readonly AttachedExit[];
  /** Orders of one group: the first that fills cancels the others. */
  readonly group: string | null;
  /** The order whose place this one takes; it is refused when that one is gone by then. */
  readonly replaces: OrderNumber | null;
  /** Only prices formed at or after this time may fill it. */
  readonly activeFrom: Millis;
  /** The strategy's own label. */
  readonly tag: string | null;
}

/** An attached exit as the order that it is once its entry has filled. */
export function exitCommand(entry: PlaceCommand, exit: AttachedExit, sizing: Sizing): PlaceCommand {
  const stops = exit.role === "stopLoss";
  return {
    kind: "place",
    number: exit.number,
    owner: entry.owner,
    instrument: entry.instrument,
    side: entry.side === "buy" ? "sell" : "buy",
    type: stops ? "stop" : "limit",
    sizing,
    limit: stops ? null : exit.price,
    stop: stops ? exit.price : null,
    trail: null,
    timeInForce: "GTC",
    expires: null,
    postOnly: false,
    reduceOnly: true,
    exits: noExits,
    group: null,
    replaces: null,
    activeFrom: entry.activeFrom,
    tag: entry.tag,
  };
}

/** Tags of orders that no strategy placed. */
export const liquidationTag = "geosync:liquidation";
export const flattenTag = "geosync:flatten";

/** Shared: most orders have none. */
export const noExits: readonly AttachedExit[] = Object.freeze([]);

export interface CancelCommand {
  readonly kind: "cancel";
  readonly number: OrderNumber;
  readonly reason: ReasonCode;
  /** When it reaches the venue: prices formed before may still fill the order. -Infinity: at once. */
  readonly activeFrom: Millis;
}

export type Command = PlaceCommand | CancelCommand;

declare const passedRisk: unique symbol;
/** A command that has passed the risk policy: only `risk.review` makes one, and gateways take nothing else. */
export type Approved<C extends Command = Command> = C & { readonly [passedRisk]: true };

export interface Fee {
  readonly amount: Fixed;
  readonly currency: string;
}

export interface Execution {
  readonly kind: "fill";
  readonly number: OrderNumber;
  readonly instrument: Instrument;
  readonly side: OrderSide;
  /** On bars: the bar's openTime. */
  readonly time: Millis;
  /** Index of the bar it filled on; -1 on ticks. */
  readonly bar: number;
  readonly price: Fixed;
  /** Units of 10^-lot.scale, > 0. */
  readonly quantity: bigint;
  /** As `tradedValue` has it. */
  readonly value: Fixed;
  readonly fee: Fee;
  readonly maker: boolean;
  /** What of the order is still open, in units of the lot; 0 when it is done. */
  readonly remaining: bigint;
  /** The quantity was cut: by the collar, by the cash there was, or to the holding. */
  readonly clipped: boolean;
  /** The venue's id of the trade, by which it is booked once only; a simulated one has none. */
  readonly trade?: string;
}

/**
 * quantity × price × multiplier: what a fill is worth in the settlement currency. An inverse contract is worth quantity
 * × multiplier / price, rounded against us to its coin's smallest unit: its buyer is long the price but short the coin,
 * and takes the value in (down); its seller gives it (up).
 */
export function tradedValue(
  instrument: Instrument,
  price: Fixed,
  quantity: bigint,
  side: OrderSide = "sell",
): Fixed {
  const size: Fixed = { units: quantity, scale: instrument.lot.scale };
  if (!instrument.inverse) return multiplyFixed(unitValue(instrument, price), size);
  const face = multiplyFixed(size, instrument.multiplier);
  return { units: inverseValue(face, price, side === "sell"), scale: coinScale };
}

export type ExecutionEvent = Execution | { readonly kind: "accepted"; readonly number: OrderNumber } | Ended;

/** What comes of orders at a real venue. Fills of orders that are not ours (manual trades) have number 0. */
export type LiveEvent = ExecutionEvent | VenueEvent;

/** What only a real venue gives rise to. */
export type VenueEvent =
  /** The venue's answer did not come: the order may be there or not. */
  | { readonly kind: "doubt"; readonly number: OrderNumber }
  /** The venue has said that it has the order. (That it has not is told by its end.) */
  | { readonly kind: "settled"; readonly number: OrderNumber }
  /** A stop or an exit stands at the venue once more, at another price or for another quantity. */
  | {
      readonly kind: "moved";
      readonly number: OrderNumber;
      /** How many orders at the venue it has taken so far; part of their client ids from 2 on. */
      readonly generation: number;
      readonly price: Fixed;
    }
  /** The venue is being asked to cancel the order, for a reason that no command has. */
  | { readonly kind: "cancelling"; readonly number: OrderNumber; readonly reason: ReasonCode }
  /** All own trades up to this one have been told; null: those before that time are none of the session's. */
  | { readonly kind: "booked"; readonly symbol: string; readonly trade: string | null; readonly time: Millis }
  /** Trading must not go on without the user. */
  | {
      readonly kind: "halt";
      readonly cause: "manual-trade" | "overfill" | "unprotected" | "answer";
      readonly message: string;
      /** The trade that it is about, which is not booked. */
      readonly symbol?: string;
      readonly trade?: string;
    };

/** A request came to its end without (or after) fills. */
export interface Ended {
  readonly kind: "ended";
  readonly number: OrderNumber;
  readonly reason: ReasonCode;
}
