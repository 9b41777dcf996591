import { describe, numericText } from "../domain/decimal.ts";
import { OrderError } from "../domain/errors.ts";
import { compareFixed, type Fixed, formatFixed, parseFixed, zero } from "../domain/fixed.ts";
import { type Instrument, snapPrice } from "../domain/instrument.ts";
import type { OrderSide, OrderType, TimeInForce } from "../domain/order.ts";
import { didYouMean } from "../domain/suggest.ts";
import type { Millis } from "../domain/time.ts";
import type { Trail } from "../domain/trail.ts";
import type { OrderRequest, TargetRequest } from "../strategy/contract.ts";

/** How much a request asks for. */
export type Size =
  | { readonly kind: "quantity"; readonly amount: Fixed }
  | { readonly kind: "fraction"; readonly amount: Fixed }
  | { readonly kind: "notional"; readonly amount: Fixed };

/** What a position is to come to, signed. */
export interface Target {
  readonly kind: "quantity" | "fraction";
  readonly amount: Fixed;
}

/** What a request says besides side, size and tag: checked, prices on the grid of ticks. */
export interface Terms {
  readonly type: OrderType;
  readonly limit: Fixed | null;
  /** A trailing stop has none yet: it starts from the last known price. */
  readonly stop: Fixed | null;
  readonly trail: Trail | null;
  readonly group: string | null;
  readonly timeInForce: TimeInForce;
  readonly expires: Millis | null;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly stopLoss: Fixed | null;
  readonly takeProfit: Fixed | null;
}

/** A market order with nothing besides: what most requests are. */
export const plainMarketOrder: Terms = Object.freeze({
  type: "market",
  limit: null,
  stop: null,
  trail: null,
  group: null,
  timeInForce: "GTC",
  expires: null,
  postOnly: false,
  reduceOnly: false,
  stopLoss: null,
  takeProfit: null,
});

/** A market order that never adds to a position. */
export const reducingMarketOrder: Terms = Object.freeze({ ...plainMarketOrder, reduceOnly: true });

const known: ReadonlySet<string> = new Set([
  "symbol",
  "quantity",
  "fraction",
  "notional",
  "limit",
  "stop",
  "trail",
  "oco",
  "timeInForce",
  "expires",
  "postOnly",
  "reduceOnly",
  "stopLoss",
  "takeProfit",
  "tag",
]);
const timesInForce: readonly unknown[] = ["GTC", "IOC", "FOK", "GTD", "DAY"];

/**
 * What the strategy asks for, or an error in its own stack: an illegal request is a bug of the strategy, not an event.
 * Call `readSize` first.
 * @throws OrderError GEO-ORDER-REQUEST naming the member.
 */
export function readTerms(side: OrderSide, request: OrderRequest, instrument: Instrument): Terms {
  return isPlain(request) ? plainMarketOrder : readSpecialTerms(side, request, instrument);
}

function readSpecialTerms(side: OrderSide, request: OrderRequest, instrument: Instrument): Terms {
  const trail = trailOf(request);
  const buys = side === "buy";
  // On the grid, a limit moves away from the market and a stop towards a later trigger: never to our advantage.
  const limit = price(request, "limit", instrument, !buys);
  const stop = price(request, "stop", instrument, buys);
  const stopLoss = price(request, "stopLoss", instrument, !buys);
  const takeProfit = price(request, "takeProfit", instrument, buys);
  if (stopLoss !== null && takeProfit !== null && compareFixed(takeProfit, stopLoss) * (buys ? 1 : -1) <= 0) {
    throw illegal(`a ${side}'s takeProfit must be ${buys ? "above" : "below"} its stopLoss`);
  }
  const stops = stop !== null || trail !== null;
  const type = limit === null ? (stops ? "stop" : "market") : stops ? "stop_limit" : "limit";
  return {
    type,
    limit,
    stop,
    trail,
    group: groupOf(request),
    ...lifetime(request),
    postOnly: flag(request, "postOnly", limit !== null || request.postOnly !== true, "needs a limit"),
    reduceOnly: flag(request, "reduceOnly", true, ""),
    stopLoss,
    takeProfit,
  };
}

function isPlain(request: OrderRequest): boolean {
  return (
    request.limit === undefined &&
    request.stop === undefined &&
    request.trail === undefined &&
    request.oco === undefined &&
    request.timeInForce === undefined &&
    request.expires === undefined &&
    request.postOnly === undefined &&
    request.reduceOnly === undefined &&
    request.stopLoss === undefined &&
    request.takeProfit === undefined
  );
}

/** The last number that came with a fraction, and its decimal: strategies tend to ask for the same size again. */
let lastNumber = Number.NaN;
let lastExact: Fixed = zero;

/** A finite number as its exact decimal. */
export function exact(value: unknown, member: string): Fixed {
  if (value === lastNumber) return lastExact;
  if (Number.isSafeInteger(value)) return { units: BigInt(value as number), scale: 0 };
  try {
    const amount = parseFixed(numericText(value, member));
    if (typeof value === "number") [lastNumber, lastExact] = [value, amount];
    return amount;
  } catch (error) {
    throw illegal((error as Error).message);
  }
}

export function illegal(message: string, hint?: string): OrderError {
  return new OrderError("GEO-ORDER-REQUEST", `order request: ${message}`, { hint });
}

export function tagOf(tag: unknown): string | null {
  if (tag === undefined || tag === null) return null;
  if (typeof tag !== "string" || tag.length > 200) {
    throw illegal(`tag: expected a text of at most 200 characters, found ${describe(tag)}`);
  }
  if (tag.startsWith("geosync:")) throw illegal('tag: "geosync:" marks the orders that no strategy placed');
  return tag;
}

/** The last size, and what it was read from: strategies tend to ask for the same again. */
let lastSize: Size = { kind: "quantity", amount: zero };
let lastValue: unknown = Number.NaN;

/**
 * The request's size; checks that it is an object whose members are known.
 * @throws OrderError GEO-ORDER-REQUEST naming the member.
 */
export function readSize(request: OrderRequest): Size {
  if (typeof request !== "object" || request === null) {
    throw illegal(`expected an object such as { fraction: 1 }, found ${describe(request)}`);
  }
  for (const key in request) {
    // The commonest member need not be looked up.
    if (key !== "quantity" && !known.has(key))
      throw illegal(`unknown member "${key}".${didYouMean(key, known)}`);
  }
  const { quantity, fraction, notional } = request;
  const count =
    Number(quantity !== undefined) + Number(fraction !== undefined) + Number(notional !== undefined);
  if (count !== 1) throw notOneSize(count);
  const kind = quantity !== undefined ? "quantity" : fraction !== undefined ? "fraction" : "notional";
  const value = quantity ?? fraction ?? notional;
  return value === lastValue && kind === lastSize.kind ? lastSize : newSize(kind, value);
}

function notOneSize(count: number): OrderError {
  return illegal(
    `expected exactly one of quantity, fraction and notional, found ${count === 0 ? "none" : count}`,
  );
}

function newSize(kind: Size["kind"], value: unknown): Size {
  const amount = exact(value, kind);
  if (amount.units <= 0n) throw illegal(`${kind}: expected more than 0, found ${describe(value)}`);
  const size: Size = { kind, amount };
  if (typeof value === "number") [lastValue, lastSize] = [value, size];
  return size;
}

/**
 * What is wanted; its symbol and tag are not looked at.
 * @throws OrderError GEO-ORDER-REQUEST naming the member.
 */
export function readTarget(request: TargetRequest): Target {
  if (typeof request !== "object" || request === null) {
    throw illegal(`target: expected an object such as { fraction: 1 }, found ${describe(request)}`);
  }
  const { symbol: _, tag: __, ...size } = request as TargetRequest & { readonly [key: string]: unknown };
  const member = Object.keys(size)[0];
  if ((member !== "quantity" && member !== "fraction") || Object.keys(size).length !== 1) {
    throw illegal(
      `target: expected either quantity or fraction, found ${Object.keys(size).join(" and ") || "none"}`,
    );
  }
  return { kind: member, amount: exact(size[member], `target.${member}`) };
}

/** The member's price on the grid of ticks, `up` or down; null when it is not given. */
export function price(
  request: OrderRequest,
  member: "limit" | "stop" | "stopLoss" | "takeProfit",
  instrument: Instrument,
  up: boolean,
): Fixed | null {
  const value = request[member];
  if (value === undefined || value === null) return null;
  const amount = exact(value, member);
  if (amount.units <= 0n) throw illegal(`${member}: expected a price above 0, found ${describe(value)}`);
  return snapPrice(instrument, amount, up);
}

function trailOf({ trail, stop, limit }: OrderRequest): Trail | null {
  if (trail === undefined || trail === null) return null;
  if (stop !== undefined || limit !== undefined)
    throw illegal("trail: expected no stop or limit beside it: it is the stop");
  const [member, ...others] = typeof trail === "object" ? Object.keys(trail) : [];
  if (others.length > 0 || (member !== "amount" && member !== "percent")) {
    throw illegal(`trail: expected { amount } or { percent }, found ${describe(trail)}`);
  }
  const size = exact((trail as { readonly [key: string]: unknown })[member], `trail.${member}`);
  if (size.units <= 0n) throw illegal(`trail.${member}: expected more than 0, found ${formatFixed(size)}`);
  if (member === "amount") return { kind: "amount", amount: size };
  if (compareFixed(size, hundred) >= 0)
    throw illegal(`trail.percent: expected less than 100, found ${formatFixed(size)}`);
  return { kind: "share", share: { units: size.units, scale: size.scale + 2 } };
}

const hundred: Fixed = { units: 100n, scale: 0 };

function groupOf({ oco }: OrderRequest): string | null {
  if (oco === undefined || oco === null) return null;
  if (typeof oco !== "string" || oco === "" || oco.length > 200)
    throw illegal(`oco: expected the name of a group of orders, found ${describe(oco)}`);
  return oco;
}

function lifetime({ timeInForce = "GTC", expires }: OrderRequest): {
  timeInForce: TimeInForce;
  expires: Millis | null;
} {
  if (!timesInForce.includes(timeInForce)) {
    throw illegal(`timeInForce: expected GTC, IOC, FOK, GTD or DAY, found ${describe(timeInForce)}`);
  }
  if ((timeInForce === "GTD") !== (expires !== undefined)) {
    throw illegal("expires: needed with timeInForce GTD, and only there");
  }
  if (expires !== undefined && !Number.isFinite(expires)) {
    throw illegal(`expires: expected epoch milliseconds, found ${describe(expires)}`);
  }
  return { timeInForce, expires: expires ?? null };
}

function flag(request: OrderRequest, member: "postOnly" | "reduceOnly", fits: boolean, why: string): boolean {
  const value = request[member] ?? false;
  if (typeof value !== "boolean")
    throw illegal(`${member}: expected true or false, found ${describe(value)}`);
  if (!fits) throw illegal(`${member}: ${why}`);
  return value;
}
