import type { Decimal } from "../../domain/decimal.ts";
import { ValidationError } from "../../domain/errors.ts";
import type { OrderView, PositionView, TickView } from "../contract.ts";

/**
 * Messages of market/v1/market.proto as the loader reads and writes them: names as in the file, every field there, 0,
 * false or empty where the sender left it out.
 */
export type Message = Readonly<Record<string, string | number | boolean>>;

export interface SymbolList {
  readonly symbols: readonly string[];
}

export interface OrderID {
  readonly order_id: string;
}

/** How a client wants amounts: as doubles alone, or as exact text beside them. */
export type Decimals = "number" | "string";

const amounts = ["quantity", "price", "stop_price", "notional", "stop_loss", "take_profit"];

/** An order as the contract has it: without what was left out. @throws ValidationError GEO-VALUE for NaN and the like */
export function orderRequest(message: Message): Message {
  for (const field of amounts) {
    // The contract speaks of JSON, which has no such numbers.
    if (Number.isFinite(message[field])) continue;
    throw new ValidationError(
      "GEO-VALUE",
      `order.${field}: expected a finite number, found ${message[field]}`,
    );
  }
  const { symbol, side } = message;
  const { idempotency_key: _, ...order } = given(message);
  return { ...order, symbol: symbol!, side: side! };
}

/** Without what has the value that stands for nothing. */
export function given(message: Message): Message {
  const fields = Object.entries(message);
  return Object.fromEntries(fields.filter(([, value]) => value !== 0 && value !== "" && value !== false));
}

export function orderResponse(order: OrderView, decimals: Decimals): Message {
  const { order_id, status, reason, symbol, filled_quantity, average_price } = order;
  return {
    ...{ order_id, status, symbol, reason: reason ?? "" },
    ...amountFields({ filled_quantity, average_price }, decimals),
  };
}

export function positionMessage({ symbol, ...position }: PositionView, decimals: Decimals): Message {
  return { symbol, ...amountFields(position, decimals) };
}

export function ticker({ price, volume, timestamp }: TickView, symbol: string, decimals: Decimals): Message {
  return { symbol, timestamp: Date.parse(timestamp), ...amountFields({ price, volume }, decimals) };
}

function amountFields(values: Readonly<Record<string, Decimal | null>>, decimals: Decimals): Message {
  const fields: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === null) continue;
    fields[name] = value.toNumber();
    if (decimals === "string") fields[`exact_${name}`] = value.toFixed();
  }
  return fields;
}
