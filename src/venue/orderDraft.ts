import { type Fixed, pow10, widen } from "../domain/fixed.ts";
import { type Amount, amountOf, amountScale, atScale, isLess, isMore } from "./amount.ts";
import type { NewOrder, WireSide, WireTimeInForce, WireType } from "./contract.ts";
import type { Market } from "./market.ts";
import { filterFailure, illegalCharacters, invalid, missing, notRequired } from "./refusals.ts";

/** A request that is well formed and keeps the steps and sizes of its market; 0 for a price that it has none of. */
export interface OrderDraft {
  readonly market: Market;
  readonly side: WireSide;
  readonly type: WireType;
  readonly timeInForce: WireTimeInForce;
  readonly price: number;
  readonly stop: number;
  /** 0: by value. */
  readonly size: number;
  readonly byValue: Amount;
  readonly clientOrderId: string | null;
}

type Parameter = "timeInForce" | "quantity" | "price" | "stopPrice";

const needed: Readonly<Record<WireType, readonly Parameter[]>> = {
  MARKET: ["quantity"],
  LIMIT: ["timeInForce", "quantity", "price"],
  LIMIT_MAKER: ["quantity", "price"],
  STOP_LOSS: ["quantity", "stopPrice"],
  STOP_LOSS_LIMIT: ["timeInForce", "quantity", "price", "stopPrice"],
  TAKE_PROFIT: ["quantity", "stopPrice"],
  TAKE_PROFIT_LIMIT: ["timeInForce", "quantity", "price", "stopPrice"],
};

const idRange = "^[\\.A-Z\\:/a-z0-9_-]{1,36}$";
const idShape = new RegExp(idRange);

/** @throws VenueError for a parameter that is missing, out of place, too precise, or against a filter of the symbol */
export function draftOf(market: Market, order: NewOrder): OrderDraft {
  const byValue = order.quoteOrderQty !== null;
  for (const parameter of ["timeInForce", "quantity", "price", "stopPrice"] as const) {
    const isNeeded = needed[order.type].includes(parameter) && !(byValue && parameter === "quantity");
    if (isNeeded && order[parameter] === null) throw missing(parameter);
    if (!isNeeded && order[parameter] !== null) throw notRequired(parameter);
  }
  if (byValue && order.type !== "MARKET") throw notRequired("quoteOrderQty");
  const clientOrderId = checkedId(order.newClientOrderId, "newClientOrderId");
  return {
    market,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce ?? "GTC",
    price: order.price === null ? 0 : priceIn(market, order.price, "price"),
    stop: order.stopPrice === null ? 0 : priceIn(market, order.stopPrice, "stopPrice"),
    size: order.quantity === null ? 0 : sizeIn(market, order.quantity, order.type === "MARKET"),
    byValue: order.quoteOrderQty === null ? 0n : valueIn(order.quoteOrderQty),
    clientOrderId,
  };
}

/** @throws VenueError -1100 */
export function checkedId(id: string | null, parameter: string): string | null {
  if (id !== null && !idShape.test(id)) throw illegalCharacters(parameter, idRange);
  return id;
}

function priceIn({ rules, grid }: Market, price: Fixed, parameter: "price" | "stopPrice"): number {
  if (price.units <= 0n) throw invalid(parameter === "price" ? "price" : "stop price");
  atScale(price, amountScale, parameter);
  if (isLess(price, rules.minPrice) || isMore(price, rules.maxPrice)) throw filterFailure("PRICE_FILTER");
  const points = unitsAt(price, grid.priceScale);
  if (points === null || points % rules.tickSize.units !== 0n) throw filterFailure("PRICE_FILTER");
  return Number(points);
}

function sizeIn({ rules, grid }: Market, quantity: Fixed, isMarket: boolean): number {
  if (quantity.units <= 0n) throw invalid("quantity");
  atScale(quantity, amountScale, "quantity");
  if (isLess(quantity, rules.minQty) || isMore(quantity, rules.maxQty)) throw filterFailure("LOT_SIZE");
  const units = unitsAt(quantity, grid.sizeScale);
  if (units === null || units % rules.stepSize.units !== 0n) throw filterFailure("LOT_SIZE");
  if (isMarket && isMore(quantity, rules.marketMaxQty)) throw filterFailure("MARKET_LOT_SIZE");
  return Number(units);
}

function valueIn(value: Fixed): Amount {
  if (value.units <= 0n) throw invalid("quoteOrderQty");
  return amountOf(atScale(value, amountScale, "quoteOrderQty"));
}

/** Units of 10^-scale; null when it lies between two. */
function unitsAt({ units, scale }: Fixed, to: number): bigint | null {
  if (scale <= to) return widen(units, scale, to);
  const cut = pow10(scale - to);
  return units % cut === 0n ? units / cut : null;
}
