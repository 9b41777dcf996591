/** An order written as its fills, charged one by one as the venue would. */
import type { FeeCurrency } from "../../../src/domain/costs.ts";
import { addFixed, type Fixed, formatFixed, multiplyFixed, parseFixed } from "../../../src/domain/fixed.ts";
import {
  createInstrument,
  type Instrument,
  snapQuantity,
  unitValue,
} from "../../../src/domain/instrument.ts";
import { type ChargedFill, feeOf, noCharges, withFill } from "../../../src/execution/costs/feeOf.ts";
import { type FeeSchedule, type FeeTerms, freeTerms } from "../../../src/execution/costs/feeTerms.ts";

export interface TermsText {
  readonly rate?: string;
  readonly perUnit?: string;
  readonly perOrder?: string;
  readonly minimum?: string;
  readonly maximumRate?: string;
  readonly currency?: FeeCurrency;
}

export function termsOf(text: TermsText): FeeTerms {
  const { rate = "0", perUnit = "0", perOrder = "0", minimum, maximumRate, currency = "quote" } = text;
  return {
    ...freeTerms,
    rate: parseFixed(rate),
    perUnit: parseFixed(perUnit),
    perOrder: parseFixed(perOrder),
    minimum: minimum === undefined ? null : parseFixed(minimum),
    maximumRate: maximumRate === undefined ? null : parseFixed(maximumRate),
    currency,
  };
}

/** Quantity, price and whether the part rested. */
export type Part = readonly [quantity: string, price: string, maker?: boolean];

export const share = createInstrument("AAPL", { lot: "0.01" });
export const btc = createInstrument("BTC/USDT");

export function fillOf(quantity: Fixed, price: Fixed, instrument: Instrument): ChargedFill {
  const value = multiplyFixed(unitValue(instrument, price), quantity);
  return { value, quantity: snapQuantity(instrument, quantity), lotScale: instrument.lot.scale };
}

/** The fee of each part of one order. */
export function feesOf(
  schedule: FeeSchedule,
  parts: readonly Part[],
  instrument: Instrument = share,
): readonly string[] {
  let charges = noCharges;
  return parts.map(([quantity, price, maker = false]) => {
    const fill = fillOf(parseFixed(quantity), parseFixed(price), instrument);
    const terms = schedule.terms(maker, instrument, 0);
    const fee = feeOf(terms, fill, charges);
    charges = withFill(terms, fill, fee, charges);
    return formatFixed(fee);
  });
}

export function sumOf(amounts: readonly string[]): string {
  return formatFixed(amounts.map(parseFixed).reduce(addFixed));
}
