import { ValidationError } from "../domain/errors.ts";
import { divideUp, type Fixed, formatFixed, zero } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { dayMs, type Millis } from "../domain/time.ts";

/** Yearly rates as fractions (0.05 is 5 %); each 0 unless given. */
export interface InterestRates {
  /** Of the value of what is sold short. */
  readonly borrow?: Fixed | undefined;
  /** Of borrowed cash. */
  readonly debt?: Fixed | undefined;
}

/** Money that came or went with time, not with a trade. */
export interface Charge {
  /** Of interest: the end of the last UTC day that it is for. */
  readonly time: Millis;
  readonly kind: "borrow" | "debt" | "funding";
  /** null: of the account as a whole. */
  readonly instrument: Instrument | null;
  /** Added to the cash: below 0 when paid. */
  readonly amount: Fixed;
  /** Its parts by the tags of the entries that it was charged for; null: of none in particular. */
  readonly shares: ReadonlyMap<string | null, Fixed>;
}

/** A rate a year is charged in 360ths a day: the custom of money markets and brokers, and dearer than 365ths. */
const daysOfYear: Fixed = { units: 360n, scale: 0 };

/** Decimals that a charge is raised to. */
const chargeScale = 8;

/** When interest falls due, and how much it is: simple interest for each UTC day whose end passes. */
export class Interest {
  readonly borrow: Fixed;
  readonly debt: Fixed;
  /** The day's end that is charged next; −Infinity before time began, Infinity when nothing is ever charged. */
  next: Millis;

  /** @throws ValidationError GEO-VALUE for a rate below 0. */
  constructor({ borrow = zero, debt = zero }: InterestRates) {
    for (const [name, rate] of Object.entries({ borrow, debt })) {
      if (rate.units >= 0n) continue;
      const found = formatFixed(rate);
      throw new ValidationError("GEO-VALUE", `interest.${name}: expected 0 or more a year, found ${found}`);
    }
    this.borrow = borrow;
    this.debt = debt;
    this.next =
      borrow.units === 0n && debt.units === 0n ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** How many days have ended before `time` since it was last asked; the first answer is 0. */
  daysUntil(time: Millis): number {
    if (this.next === Number.NEGATIVE_INFINITY) this.next = (Math.floor(time / dayMs) + 1) * dayMs;
    if (!(time > this.next)) return 0;
    const days = Math.ceil((time - this.next) / dayMs);
    this.next += days * dayMs;
    return days;
  }
}

/** value × yearly rate × days / 360, rounded up to 1e-8. */
export function interestOn(value: Fixed, rate: Fixed, days: number): Fixed {
  const units = value.units * rate.units * BigInt(days);
  return {
    units: divideUp({ units, scale: value.scale + rate.scale }, daysOfYear, chargeScale),
    scale: chargeScale,
  };
}
