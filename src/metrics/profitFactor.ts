import { Decimal, numericText } from "../domain/decimal.ts";
import { parseFixed, widen } from "../domain/fixed.ts";
import { finiteOrNull } from "./series.ts";

/**
 * Profit factor: gross profit / gross loss, Σ x over x > 0 / |Σ x over x < 0|. Both sums are exact.
 *
 * @param values profits and losses (numbers or decimal strings, net of fees), or returns
 * @returns `null` without a loss, 0 when there are only losses
 * @throws ValidationError GEO-VALUE naming the index of a value that is no finite number
 */
export function profitFactor(values: ArrayLike<number | string>): number | null {
  let scale = 0;
  let profit = 0n;
  let loss = 0n;
  for (let i = 0; i < values.length; i++) {
    const value = parseFixed(numericText(values[i], `values[${i}]`));
    if (value.scale > scale) {
      profit = widen(profit, scale, value.scale);
      loss = widen(loss, scale, value.scale);
      scale = value.scale;
    }
    const units = widen(value.units, value.scale, scale);
    if (units > 0n) profit += units;
    else loss -= units;
  }
  if (loss === 0n) return null;
  return finiteOrNull(new Decimal(profit.toString()).div(loss.toString()).toNumber());
}
