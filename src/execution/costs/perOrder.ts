import type { Fixed } from "../../domain/fixed.ts";
import { type FeeSchedule, flatSchedule, freeTerms } from "./feeTerms.ts";

/** A fixed amount an order, whatever its size and however many parts it fills in. */
export function perOrder(amount: Fixed): FeeSchedule {
  return flatSchedule({ ...freeTerms, perOrder: amount });
}
