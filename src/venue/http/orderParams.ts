import type { Fixed } from "../../domain/fixed.ts";
import { type NewOrder, type OrderKey, VenueError, type WireSide, type WireType } from "../contract.ts";
import type { Params } from "./params.ts";
import { invalidData, mandatory, notRequired, oneOf } from "./refusal.ts";

type Field = "timeInForce" | "quantity" | "quoteOrderQty" | "price" | "stopPrice";

interface TypeRule {
  readonly needs: readonly Field[];
  readonly takes: readonly Field[];
}

const limitFields: readonly Field[] = ["timeInForce", "quantity", "price"];

/** What each type of order must and may be given besides. */
const rules: Readonly<Record<WireType, TypeRule>> = {
  MARKET: { needs: [], takes: ["quantity", "quoteOrderQty"] },
  LIMIT: { needs: limitFields, takes: [] },
  LIMIT_MAKER: { needs: ["quantity", "price"], takes: [] },
  STOP_LOSS: { needs: ["quantity", "stopPrice"], takes: [] },
  STOP_LOSS_LIMIT: { needs: [...limitFields, "stopPrice"], takes: [] },
  TAKE_PROFIT: { needs: ["quantity", "stopPrice"], takes: [] },
  TAKE_PROFIT_LIMIT: { needs: [...limitFields, "stopPrice"], takes: [] },
};

const fields: readonly Field[] = ["timeInForce", "quantity", "quoteOrderQty", "price", "stopPrice"];
const types = Object.keys(rules) as readonly WireType[];
const sides: readonly WireSide[] = ["BUY", "SELL"];

/** What stands in front of an order's parameters in a list: `aboveType`, `pendingBelowStopPrice`, … */
export type Prefix = "" | "above" | "below" | "working" | "pending" | "pendingAbove" | "pendingBelow";

const ownNames = [
  ...["Type", "Price", "StopPrice", "TrailingDelta", "TimeInForce", "IcebergQty", "ClientOrderId"],
  ...["StrategyId", "StrategyType"],
];

export function namesOf(prefix: Exclude<Prefix, "">, ...more: readonly string[]): readonly string[] {
  return [...ownNames, ...more].map((name) => `${prefix}${name}`);
}

export const singleNames: readonly string[] = [
  ...["symbol", "side", "type", "timeInForce", "quantity", "quoteOrderQty", "price", "newClientOrderId"],
  ...["stopPrice", "trailingDelta", "icebergQty", "newOrderRespType", "selfTradePreventionMode"],
  ...["strategyId", "strategyType"],
];

interface Shared {
  readonly side?: WireSide;
  readonly quantity?: Fixed;
  /** Where the type is not among the parameters. */
  readonly type?: WireType;
}

/**
 * An order as its parameters describe it; those that a list's orders share are given in `shared`.
 * @throws VenueError -1100, -1102, -1105, -1106, -1115, -1116, -1117, -1130, -2010
 */
export function orderOf(params: Params, prefix: Prefix = "", shared: Shared = {}): NewOrder {
  const named = (field: string) =>
    prefix === "" ? field : `${prefix}${field[0]!.toUpperCase()}${field.slice(1)}`;
  const symbol = params.needSymbol();
  const side = shared.side ?? sideOf(params, named("side"));
  const type = shared.type ?? typeOf(params, named("type"));
  const given = (field: Field) =>
    (field === "quantity" && shared.quantity !== undefined) || params.has(named(field));
  checkFields(type, given, named);
  refuseUnsupported(params, named);
  return {
    symbol,
    side,
    type,
    timeInForce: params.choice(
      named("timeInForce"),
      ["GTC", "IOC", "FOK"],
      () => new VenueError(-1115, "Invalid timeInForce."),
    ),
    quantity: shared.quantity ?? params.decimal(named("quantity")),
    quoteOrderQty: params.decimal(named("quoteOrderQty")),
    price: params.decimal(named("price")),
    stopPrice: params.decimal(named("stopPrice")),
    newClientOrderId: params.id(prefix === "" ? "newClientOrderId" : named("clientOrderId")),
    test: false,
  };
}

export function sideOf(params: Params, name: string): WireSide {
  params.need(name);
  return params.choice(name, sides, () => new VenueError(-1117, "Invalid side."))!;
}

/** @throws VenueError -1102 when neither is there */
export function keyOf(params: Params, byId = "orderId", byName = "origClientOrderId"): OrderKey {
  const orderId = params.integer(byId);
  if (orderId !== null) return { orderId };
  const origClientOrderId = params.text(byName);
  if (origClientOrderId === null) throw oneOf(byName, byId);
  return { origClientOrderId };
}

export type ListKey = { readonly orderListId: number } | { readonly listClientOrderId: string };

export function listKeyOf(params: Params, name: string): ListKey {
  const orderListId = params.integer("orderListId");
  if (orderListId !== null) return { orderListId };
  const listClientOrderId = params.text(name);
  if (listClientOrderId === null) throw oneOf(name, "orderListId");
  return { listClientOrderId };
}

function typeOf(params: Params, name: string): WireType {
  params.need(name);
  return params.choice(name, types, () => new VenueError(-1116, "Invalid orderType."))!;
}

function checkFields(
  type: WireType,
  given: (field: Field) => boolean,
  named: (field: string) => string,
): void {
  const { needs, takes } = rules[type];
  for (const field of needs) if (!given(field)) throw mandatory(named(field));
  for (const field of fields) {
    if (given(field) && !needs.includes(field) && !takes.includes(field)) throw notRequired(named(field));
  }
  if (type !== "MARKET") return;
  if (!given("quantity") && !given("quoteOrderQty")) throw oneOf(named("quantity"), named("quoteOrderQty"));
  // One of them says how much; both would say it twice.
  if (given("quantity") && given("quoteOrderQty")) throw notRequired(named("quoteOrderQty"));
}

/** As the rules of the symbols say in exchangeInfo. */
function refuseUnsupported(params: Params, named: (field: string) => string): void {
  if (params.has(named("icebergQty"))) {
    throw new VenueError(-2010, "Iceberg orders are not supported for this symbol.");
  }
  if (params.has(named("trailingDelta"))) {
    throw new VenueError(-2010, "Trailing stop orders are not supported for this symbol.");
  }
  const strategyType = params.integer(named("strategyType"));
  // Smaller ones are kept for Binance itself.
  if (strategyType !== null && strategyType < 1_000_000) throw invalidData(named("strategyType"));
}
