import type { Fixed } from "../../domain/fixed.ts";
import { type FeeSchedule, flatSchedule, freeTerms } from "./feeTerms.ts";

/** A fixed amount for each unit traded: a share, a contract. */
export function perUnit(amount: Fixed): FeeSchedule {
  return flatSchedule({ ...freeTerms, perUnit: amount });
}
