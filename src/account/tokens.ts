import { ValidationError } from "../domain/errors.ts";
import {
  addFixed,
  approximate,
  compareFixed,
  type Fixed,
  formatFixed,
  multiplyFixed,
  negateFixed,
  zero,
} from "../domain/fixed.ts";

/** A stock of a currency that fees can be paid in, such as BNB; bought before the run. */
export interface TokenStock {
  readonly currency: string;
  readonly amount: Fixed;
  /** In the settlement currency. Fixed for the run: there is no market for it here. */
  readonly price: Fixed;
}

export interface TokensState {
  readonly spent: Fixed;
  readonly left: readonly (readonly [currency: string, amount: Fixed])[];
}

/** The stocks that pay fees. They are part of equity, but buy nothing else and back no position. */
export class Tokens {
  /** Value of all that was spent. */
  spent: Fixed = zero;
  /** Value of what is left, as a double. */
  valueNumber = 0;
  readonly #prices = new Map<string, Fixed>();
  readonly #left = new Map<string, Fixed>();

  /** @throws ValidationError GEO-VALUE for an amount or price below 0, a currency named twice, or that of the cash. */
  constructor(stocks: readonly TokenStock[], settlement: string) {
    for (const { currency, amount, price } of stocks) {
      if (amount.units < 0n || price.units < 0n) {
        const found = `${formatFixed(amount)} at ${formatFixed(price)}`;
        throw new ValidationError("GEO-VALUE", `balance of ${currency}: expected 0 or more, found ${found}`);
      }
      if (currency === settlement) {
        throw new ValidationError(
          "GEO-VALUE",
          `balance of ${currency}: it is the account's own: add it to the cash`,
        );
      }
      if (this.#left.has(currency)) {
        throw new ValidationError(
          "GEO-VALUE",
          `balances: expected each currency once, found ${currency} twice`,
        );
      }
      this.#prices.set(currency, price);
      this.#left.set(currency, amount);
    }
    this.#refresh();
  }

  get left(): ReadonlyMap<string, Fixed> {
    return this.#left;
  }

  get areNone(): boolean {
    return this.#left.size === 0;
  }

  /** Value of what is left. */
  get value(): Fixed {
    let value = zero;
    for (const [currency, amount] of this.#left) {
      value = addFixed(value, multiplyFixed(amount, this.#prices.get(currency)!));
    }
    return value;
  }

  covers(currency: string, amount: Fixed): boolean {
    const left = this.#left.get(currency);
    return left !== undefined && compareFixed(amount, left) <= 0;
  }

  /** Takes `amount` out, below 0 if need be (a fill that happened is booked); its value, or null when there is no such stock. */
  spend(currency: string, amount: Fixed): Fixed | null {
    const price = this.#prices.get(currency);
    if (price === undefined) return null;
    this.#left.set(currency, addFixed(this.#left.get(currency)!, negateFixed(amount)));
    const value = multiplyFixed(amount, price);
    this.spent = addFixed(this.spent, value);
    this.#refresh();
    return value;
  }

  save(): TokensState {
    return { spent: this.spent, left: [...this.#left] };
  }

  load({ spent, left }: TokensState): void {
    this.spent = spent;
    for (const [currency, amount] of left) this.#left.set(currency, amount);
    this.#refresh();
  }

  #refresh(): void {
    const { units, scale } = this.value;
    this.valueNumber = approximate(units, scale);
  }
}
