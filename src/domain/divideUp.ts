import { type Fixed, pow10 } from "./fixed.ts";

/** a / b raised to a multiple of 10^-scale, for a ≥ 0 and b > 0: what we pay is never rounded in our favour. */
export function divideUp(a: Fixed, b: Fixed, scale: number): bigint {
  const shift = scale + b.scale - a.scale;
  if (shift >= 0) return ceilingOf(a.units * pow10(shift), b.units);
  return ceilingOf(a.units, b.units * pow10(-shift));
}

function ceilingOf(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
