import { createHash } from "node:crypto";
import { Decimal, describe, type Numeric, toDecimal } from "../../domain/decimal.ts";
import { ValidationError } from "../../domain/errors.ts";
import { createSignal, type Signal } from "../../domain/signal.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { normalizeSymbol, normalizeVenue } from "../../domain/symbol.ts";

/** A strategy's opinion: of a class, of a vector (above 0 buy, below 0 sell, 0 exit), or just its name. */
export type SignalInput = Signal | number | Signal["action"];

/** A signal to be made an order. */
export interface ExecutionRequest {
  readonly signal: SignalInput;
  /** One of the system's venues. */
  readonly venue: string;
  /** Exact; for buy and sell. An exit takes all there is, whatever it says. */
  readonly quantity?: Numeric | undefined;
  /** A limit order there; without it a market order. */
  readonly price?: Numeric | undefined;
  /** @default the symbol of the run that the signal came from, or of the only run there was */
  readonly symbol?: string | undefined;
  /** The same key is the same order: a repetition answers with it and sends nothing. At most 200 characters. */
  readonly idempotencyKey?: string | undefined;
}

/** A request whose every member has been checked. */
export interface Intent {
  readonly action: Exclude<Signal["action"], "hold">;
  readonly venue: string;
  readonly symbol: string;
  readonly quantity: Decimal | null;
  readonly price: Decimal | null;
  readonly key: string | null;
}

const members = ["signal", "venue", "quantity", "price", "symbol", "idempotencyKey"];

/**
 * @param symbolOf the symbol that an unnamed one stands for
 * @throws ValidationError GEO-VALUE naming the member
 */
export function readRequest(request: ExecutionRequest, symbolOf: (signal: SignalInput) => string): Intent {
  if (typeof request !== "object" || request === null)
    throw wrong("", "an object { signal, venue, quantity }", request);
  const unknown = Object.keys(request).find((name) => !members.includes(name));
  if (unknown !== undefined) {
    throw new ValidationError(
      "GEO-VALUE",
      `ExecutionRequest: unknown member "${unknown}".${didYouMean(unknown, members)}`,
      { hint: `It may hold ${members.join(", ")}.` },
    );
  }
  const { signal, venue, quantity, price, symbol, idempotencyKey } = request;
  const action = actionOf(signal);
  if (action === "hold") throw nothingToSend(signal);
  if (typeof venue !== "string") throw wrong(".venue", "the name of a venue", venue);
  if (symbol !== undefined && typeof symbol !== "string") throw wrong(".symbol", "a symbol", symbol);
  if (quantity === undefined && action !== "exit")
    throw wrong(".quantity", `a quantity to ${action}`, quantity);
  return {
    action,
    venue: normalizeVenue(venue),
    symbol: normalizeSymbol(symbol ?? symbolOf(signal)),
    quantity: quantity === undefined ? null : positive(quantity, "quantity"),
    price: price === undefined ? null : positive(price, "price"),
    key: keyOf(idempotencyKey),
  };
}

/** @throws ValidationError GEO-VALUE */
function actionOf(signal: SignalInput): Signal["action"] {
  if (typeof signal === "number") {
    if (Number.isNaN(signal)) return "hold";
    return signal === 0 ? "exit" : signal > 0 ? "buy" : "sell";
  }
  if (signal === "buy" || signal === "sell" || signal === "hold" || signal === "exit") return signal;
  if (typeof signal === "object" && signal !== null) {
    try {
      return createSignal(signal).action;
    } catch (cause) {
      throw new ValidationError("GEO-VALUE", `ExecutionRequest.signal: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
  throw wrong(".signal", "a Signal, a score or one of buy, sell, hold, exit", signal);
}

/** A name for the order that any venue takes, the same for the same key: letters and digits, at most 32. */
export function clientIdOf(key: string): string {
  return `geo${createHash("sha256").update(key).digest("hex").slice(0, 29)}`;
}

function keyOf(key: unknown): string | null {
  if (key === undefined) return null;
  if (typeof key === "string" && key.trim() !== "" && key.length <= 200) return key;
  throw wrong(".idempotencyKey", "a text of 1 to 200 characters", key);
}

function positive(value: Numeric, member: string): Decimal {
  const exact = toDecimal(value, `ExecutionRequest.${member}`);
  if (exact.gt(0)) return new Decimal(exact);
  throw wrong(`.${member}`, "more than 0", exact);
}

function nothingToSend(signal: SignalInput): ValidationError {
  const found = typeof signal === "number" ? String(signal) : '"hold"';
  return new ValidationError(
    "GEO-VALUE",
    `ExecutionRequest.signal: expected buy, sell or exit, found ${found}: there is nothing to send`,
    { hint: 'Look at the signal first: if (signal.action !== "hold") …' },
  );
}

function wrong(member: string, expected: string, found: unknown): ValidationError {
  return new ValidationError(
    "GEO-VALUE",
    `ExecutionRequest${member}: expected ${expected}, found ${describe(found)}`,
  );
}
