import { requireNumber } from "./checks.ts";

/** Refuses what has no logarithm: the geometric indicators look at log prices, so that no unit of money matters. */
export function requirePrice(indicator: string, input: number): void {
  requireNumber(indicator, input);
  if (input > 0) return;
  throw new TypeError(`${indicator}: expected a price above 0 as input, found ${input}`);
}

/** One price for each asset, all checked before the first is used. */
export function requirePrices(indicator: string, inputs: ArrayLike<number>, assets: number): void {
  if (typeof inputs !== "object" || inputs === null || inputs.length !== assets) {
    const found = typeof inputs === "object" && inputs !== null ? `${inputs.length} of them` : String(inputs);
    throw new TypeError(
      `${indicator}: expected a list of ${assets} prices, one for each asset, found ${found}`,
    );
  }
  for (let i = 0; i < assets; i++) requirePrice(indicator, inputs[i]!);
}

/** `value`, when it is an integer of at least `least` and at most `most`; else a RangeError that names the option. */
export function requireInteger(
  option: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`${option} must be an integer ${range}, found ${String(value)}`);
}
