import type { z } from "zod";
import { Decimal, toDecimal } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { parseIso } from "../domain/time.ts";
import type { orderRequest } from "./contract.ts";

/** Readers of what clients send. All throw ValidationError GEO-VALUE naming the field. */

export function parse<S extends z.ZodType>(schema: S, input: unknown, what: string): z.infer<S> {
  if (depthOf(input) > deepest) {
    throw new ValidationError(
      "GEO-VALUE",
      `${what}: expected at most ${deepest} levels of nesting, found more`,
    );
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [what, ...(issue?.path ?? [])].join(".");
  throw new ValidationError("GEO-VALUE", `${path}: ${issue?.message ?? "not valid"}`);
}

/** Whatever goes through data level by level must not run out of stack. */
const deepest = 20;

function depthOf(input: unknown): number {
  let [depth, level] = [0, [input]];
  while (level.length > 0 && depth <= deepest) {
    const inside = level.filter((value): value is object => typeof value === "object" && value !== null);
    if (inside.length > 0) depth++;
    level = inside.flatMap((value) => Object.values(value) as unknown[]);
  }
  return depth;
}

/** Amounts as exact texts, under their names inside. */
export function amountsOf<N extends string>(
  request: object,
  names: Readonly<Record<string, N>>,
): { readonly [name in N]?: string } {
  const amounts: { [name in N]?: string } = {};
  for (const [field, name] of Object.entries(names) as [string, N][]) {
    const value = (request as Record<string, string | number | undefined>)[field];
    if (value === undefined) continue;
    const exact = toDecimal(value, field);
    if (!exact.gt(0) || exact.gt(largest) || exact.decimalPlaces() > 30)
      throw new ValidationError("GEO-VALUE", `${field}: expected more than 0, at most 1e15, found ${value}`);
    amounts[name] = exact.toFixed();
  }
  return amounts;
}

const largest = new Decimal("1e15");

type Priced = z.infer<typeof orderRequest>;

export function checkPrices({ order_type, price, stop_price, quantity, notional }: Priced): void {
  const rules: readonly [string, unknown, boolean][] = [
    ["price", price, order_type === "limit" || order_type === "stop_limit"],
    ["stop_price", stop_price, order_type === "stop" || order_type === "stop_limit"],
  ];
  for (const [field, value, needed] of rules) {
    if (needed === (value !== undefined)) continue;
    const expected = needed ? `a price for a ${order_type} order` : `no ${field} for a ${order_type} order`;
    throw new ValidationError("GEO-VALUE", `${field}: expected ${expected}, found ${value ?? "none"}`);
  }
  if ((quantity === undefined) === (notional === undefined)) {
    const found = quantity === undefined ? "neither" : "both";
    throw new ValidationError("GEO-VALUE", `quantity: expected either quantity or notional, found ${found}`);
  }
}

export function checkKey(key: string | null): void {
  if (key === null || /^[\x21-\x7e]{1,200}$/.test(key)) return;
  throw new ValidationError(
    "GEO-VALUE",
    "Idempotency-Key: expected 1 to 200 printable characters without blanks",
  );
}

export function momentFrom(text: string): number {
  const time = parseIso(text);
  if (typeof time === "number" && Number.isFinite(time)) return time;
  throw new ValidationError("GEO-VALUE", `expires_at: expected ISO 8601, found "${text.slice(0, 40)}"`);
}
