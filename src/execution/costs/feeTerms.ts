import type { FeeCurrency } from "../../domain/costs.ts";
import { type Fixed, multiplyFixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Millis } from "../../domain/time.ts";

/**
 * What a fill is charged by, in one form for all methods: linear in value and quantity, so that the venue applies it in
 * one place (`feeOf`) and "how much can be bought" has an exact inverse (`payable`). Amounts are in quote currency.
 */
export interface FeeTerms {
  /** Fraction of the traded value, ≥ 0: rebates are not simulated. */
  readonly rate: Fixed;
  /** For each unit of the base: a share, a contract. */
  readonly perUnit: Fixed;
  /** Once an order, with its first fill. */
  readonly perOrder: Fixed;
  /** An order pays no less; null: no minimum. */
  readonly minimum: Fixed | null;
  /** An order pays no more than this fraction of its value, the minimum included, as share brokers have it; null: no cap. */
  readonly maximumRate: Fixed | null;
  readonly currency: FeeCurrency;
}

/** Who is charged what, and when. Terms are shared values: the same ones come back as long as they hold. */
export interface FeeSchedule {
  terms(maker: boolean, instrument: Instrument, time: Millis): FeeTerms;
  /** Told of every fill: tiers go by volume. `value` in quote currency. */
  booked?(value: Fixed, instrument: Instrument, time: Millis): void;
  /** What it remembers of those fills, as plain data. */
  save?(): unknown;
  load?(state: unknown): void;
}

export const freeTerms: FeeTerms = {
  rate: zero,
  perUnit: zero,
  perOrder: zero,
  minimum: null,
  maximumRate: null,
  currency: "quote",
};

/** The same terms for everyone at all times. */
export function flatSchedule(terms: FeeTerms): FeeSchedule {
  return { terms: () => terms };
}

/** Fees so many times as high. */
export function timesFees(terms: FeeTerms, factor: Fixed): FeeTerms {
  const times = (amount: Fixed): Fixed => multiplyFixed(amount, factor);
  return {
    ...terms,
    rate: times(terms.rate),
    perUnit: times(terms.perUnit),
    perOrder: times(terms.perOrder),
    minimum: terms.minimum && times(terms.minimum),
    maximumRate: terms.maximumRate && times(terms.maximumRate),
  };
}
