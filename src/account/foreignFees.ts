import { OrderError } from "../domain/errors.ts";
import { type Execution, type Fee, tradedValue } from "../domain/execution.ts";
import { addFixed, type Fixed, formatFixed, pow10, widen, zero } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Tokens } from "./tokens.ts";

export interface ForeignFeesState {
  readonly amounts: readonly (readonly [currency: string, amount: Fixed])[];
  readonly value: Fixed;
}

/** A fill whose fee is in the currency of settlement. */
export interface SettledFill {
  readonly fill: Execution;
  /** What it was worth when a token paid it; null: it came off the fill itself. */
  readonly fromTokens: Fixed | null;
}

/** Fees paid in other currencies than that of settlement: the amounts, and what they were worth in that. */
export class ForeignFees {
  readonly amounts = new Map<string, Fixed>();
  /** Of all of them, in the currency of settlement. */
  value: Fixed = zero;
  readonly #tokens: Tokens;
  readonly #settlement: string;

  constructor(tokens: Tokens, settlement: string) {
    this.#tokens = tokens;
    this.#settlement = settlement;
  }

  /**
   * A fill that paid its fee in another currency, as one that paid what the fee is worth. A fee taken in the base
   * currency makes the fill itself smaller: to buy 1 and hold 0.999 is to buy 0.999 and to pay for 0.001.
   */
  settle(fill: Execution): SettledFill {
    const { instrument, price, side, fee } = fill;
    const currency = this.#settlement;
    if (fee.currency === instrument.base && !instrument.contract) {
      const taken = unitsOf(fee.amount, instrument);
      const quantity = side === "buy" ? fill.quantity - taken : fill.quantity + taken;
      if (quantity < 0n) throw impossible(fee, "expected no more than what was bought");
      const amount = tradedValue(instrument, price, taken);
      this.#add(fee, amount);
      const value = tradedValue(instrument, price, quantity);
      return { fill: { ...fill, quantity, value, fee: { amount, currency } }, fromTokens: null };
    }
    const amount = this.#tokens.spend(fee.currency, fee.amount);
    if (amount === null) throw impossible(fee, `this account settles in ${currency} and holds none`);
    this.#add(fee, amount);
    return { fill: { ...fill, fee: { amount, currency } }, fromTokens: amount };
  }

  save(): ForeignFeesState {
    return { amounts: [...this.amounts], value: this.value };
  }

  load({ amounts, value }: ForeignFeesState): void {
    for (const [currency, amount] of amounts) this.amounts.set(currency, amount);
    this.value = value;
  }

  #add({ currency, amount }: Fee, value: Fixed): void {
    this.amounts.set(currency, addFixed(this.amounts.get(currency) ?? zero, amount));
    this.value = addFixed(this.value, value);
  }
}

/** A fee in base coins as units of the lot's scale. */
function unitsOf({ units, scale }: Fixed, { lot, base, symbol }: Instrument): bigint {
  if (scale <= lot.scale) return widen(units, scale, lot.scale);
  const factor = pow10(scale - lot.scale);
  if (units % factor === 0n) return units / factor;
  throw impossible({ amount: { units, scale }, currency: base }, `${symbol} counts ${lot.scale} decimals`);
}

function impossible({ amount, currency }: Fee, why: string): OrderError {
  return new OrderError("GEO-INTERNAL", `fee of ${formatFixed(amount)} ${currency}: ${why}`);
}
