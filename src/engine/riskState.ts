import type { LossState } from "./lossLimits.ts";
import type { OrderRateState } from "./orderRate.ts";

/** What a risk policy remembers, as plain JSON. Open orders and positions are not in it: venue and account know them. */
export interface RiskState {
  readonly version: 1;
  /** Why the kill switch is on; null when it is off. */
  readonly killed: string | null;
  readonly losses: LossState;
  readonly orders: OrderRateState;
}

/** Says what is wrong with a saved state, or null when it can be used. */
export function faultOf(state: unknown): string | null {
  if (!isObject(state)) return "expected an object";
  if (state.version !== 1) return "expected version 1";
  if (state.killed !== null && typeof state.killed !== "string") return "killed: expected a text or null";
  const { losses, orders } = state;
  if (!isObject(losses)) return "losses: expected an object";
  if (!isObject(orders)) return "orders: expected an object";
  return faultIn("losses", losses, lossFields) ?? faultIn("orders", orders, orderFields);
}

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isDay: Check = (value) => value === null || Number.isSafeInteger(value);

const lossFields: { readonly [K in keyof LossState]: Check } = {
  day: isDay,
  dayStart: isNumber,
  peak: isNumber,
  last: isNumber,
  haltedDay: isDay,
  drawnDown: (value) => typeof value === "boolean",
  losses: isCount,
  coolUntil: (value) => value === null || isNumber(value),
};

const orderFields: { readonly [K in keyof OrderRateState]: Check } = {
  sent: (value) => Array.isArray(value) && value.every(isNumber),
  day: isDay,
  today: isCount,
};

function faultIn(
  at: string,
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Check>>,
): string | null {
  const bad = Object.keys(fields).find((field) => !fields[field]!(value[field]));
  return bad === undefined ? null : `${at}.${bad}: found ${JSON.stringify(value[bad]) ?? "nothing"}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
