import type { Fee } from "../domain/execution.ts";
import { addFixed, type Fixed, zero } from "../domain/fixed.ts";

/** Fees paid in other currencies than that of settlement: the amounts, and what they were worth in that. */
export class ForeignFees {
  readonly amounts = new Map<string, Fixed>();
  /** Of all of them, in the currency of settlement. */
  value: Fixed = zero;

  add({ currency, amount }: Fee, value: Fixed): void {
    this.amounts.set(currency, addFixed(this.amounts.get(currency) ?? zero, amount));
    this.value = addFixed(this.value, value);
  }
}
