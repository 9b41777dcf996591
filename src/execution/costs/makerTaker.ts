import type { Fixed } from "../../domain/fixed.ts";
import { type FeeSchedule, type FeeTerms, freeTerms } from "./feeTerms.ts";

/** Fractions of value. */
export interface Rates {
  /** Of orders that rested in the book. */
  readonly maker: Fixed;
  /** Of orders that filled at once. */
  readonly taker: Fixed;
}

/** A percentage of value, by who brought the liquidity. */
export function makerTaker({ maker, taker }: Rates): FeeSchedule {
  const resting: FeeTerms = { ...freeTerms, rate: maker };
  const taking: FeeTerms = { ...freeTerms, rate: taker };
  return { terms: (isMaker) => (isMaker ? resting : taking) };
}
