import { Decimal } from "../../domain/decimal.ts";
import { ConnectionError } from "../../domain/errors.ts";
import { type Fixed, formatFixed, parseFixed, pow10, widen } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";

/** The two exact kinds of numbers, from one to the other: venues are spoken to in Decimals, the engine in Fixed. */

export function decimalOf(value: Fixed): Decimal {
  return new Decimal(formatFixed(value));
}

export function fixedOf(value: Decimal): Fixed {
  return parseFixed(value.toFixed());
}

/** A quantity in units of the lot's scale. @throws ConnectionError GEO-VENUE-ANSWER when it is finer than that */
export function unitsOf(quantity: Decimal, { lot, symbol }: Instrument): bigint {
  const { units, scale } = fixedOf(quantity);
  if (scale <= lot.scale) return widen(units, scale, lot.scale);
  const step = pow10(scale - lot.scale);
  if (units % step !== 0n) {
    throw new ConnectionError(
      `${symbol}: expected quantities of at most ${lot.scale} decimals, the venue says ${quantity.toFixed()}`,
      { code: "GEO-VENUE-ANSWER" },
    );
  }
  return units / step;
}

export function quantityOf(units: bigint, { lot }: Instrument): Decimal {
  return decimalOf({ units, scale: lot.scale });
}

export function least(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((low, amount) => (amount < low ? amount : low));
}
