import { type Fixed, pow10 } from "../../domain/fixed.ts";

const decimals = 8;
const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** As Binance writes amounts: at least 8 decimals, zeros included; what is finer keeps all of its own. */
export function money({ units, scale }: Fixed): string {
  if (scale < decimals) return padded(units * pow10(decimals - scale), decimals);
  return padded(units, scale);
}

function padded(units: bigint, scale: number): string {
  const negative = units < 0n;
  const magnitude = negative ? -units : units;
  // Small numbers are turned to text faster as doubles, and are as exact.
  const digits = (magnitude <= safe ? String(Number(magnitude)) : magnitude.toString()).padStart(
    scale + 1,
    "0",
  );
  const point = digits.length - scale;
  return `${negative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}
