import { Decimal, type Numeric, toDecimal } from "./decimal.ts";
import { normalizeSymbol } from "./symbol.ts";

/** A position as a venue or a report states it: positive quantity long, negative short. */
export interface Position {
  readonly symbol: string;
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly currentPrice: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly realizedPnl: Decimal;
}

export interface PositionInput {
  readonly symbol: string;
  readonly quantity: Numeric;
  readonly entryPrice: Numeric;
  readonly currentPrice: Numeric;
  /** @default (currentPrice − entryPrice) × quantity */
  readonly unrealizedPnl?: Numeric;
  /** @default 0 */
  readonly realizedPnl?: Numeric;
}

/** @throws ValidationError GEO-VALUE naming the field that is no finite number. */
export function createPosition(input: PositionInput): Position {
  const quantity = toDecimal(input.quantity, "Position.quantity");
  const entryPrice = toDecimal(input.entryPrice, "Position.entryPrice");
  const currentPrice = toDecimal(input.currentPrice, "Position.currentPrice");
  const unrealizedPnl =
    input.unrealizedPnl === undefined
      ? currentPrice.minus(entryPrice).times(quantity)
      : toDecimal(input.unrealizedPnl, "Position.unrealizedPnl");
  return Object.freeze({
    symbol: normalizeSymbol(input.symbol),
    quantity: new Decimal(quantity),
    entryPrice,
    currentPrice,
    unrealizedPnl,
    realizedPnl: toDecimal(input.realizedPnl ?? 0, "Position.realizedPnl"),
  });
}
