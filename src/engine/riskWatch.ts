import type { Account } from "../account/account.ts";
import type { Execution } from "../domain/execution.ts";
import { addFixed, unitsToNumber, zero } from "../domain/fixed.ts";
import type { BreachAction } from "../domain/riskLimits.ts";
import type { Millis } from "../domain/time.ts";
import type { RiskPolicy } from "./riskPolicy.ts";

/** A loss limit was reached. */
export interface Halt {
  readonly time: Millis;
  readonly action: BreachAction;
  readonly because: string;
}

export interface RiskWatchState {
  readonly halts: readonly Halt[];
  readonly flattening: boolean;
  readonly begun: boolean;
}

/** Shows a risk policy what happens to the account, and does what it says. */
export class RiskWatch {
  readonly halts: Halt[] = [];
  readonly #policy: RiskPolicy;
  readonly #account: Account;
  /** Closes what is held; false when nothing is left to close. */
  readonly #flatten: () => boolean;
  #flattening = false;
  #trades = 0;
  #begun = false;

  constructor(policy: RiskPolicy, { account }: { readonly account: Account }, flatten: () => boolean) {
    this.#policy = policy;
    this.#account = account;
    this.#flatten = flatten;
  }

  save(): RiskWatchState {
    return { halts: this.halts, flattening: this.#flattening, begun: this.#begun };
  }

  /** Once the account is there: its trades have been seen. */
  load({ halts, flattening, begun }: RiskWatchState): void {
    this.halts.push(...halts);
    this.#flattening = flattening;
    this.#begun = begun;
    this.#trades = this.#account.trades.length;
  }

  /** After each instant's fills are booked and prices marked. */
  look(time: Millis): void {
    if (!this.#begun) {
      this.#begun = true;
      const { units, scale } = this.#account.initialEquity;
      this.#policy.onEquity(time, unitsToNumber(units, scale));
    }
    const action = this.#policy.onEquity(time, this.#account.equity());
    if (action !== null) {
      this.halts.push({ time, action, because: this.#policy.haltedBecause(time) ?? "" });
      this.#flattening ||= action === "flatten";
    }
    if (this.#flattening) this.#flattening = this.#flatten();
  }

  /** Somebody wants everything closed. */
  flatten(): void {
    this.#flattening = true;
  }

  /** Of a fill that is in the books. All that it closed is one result, however many lots that were. */
  booked({ number, quantity, remaining, time }: Execution): void {
    this.#policy.filled(number, quantity, remaining === 0n);
    const { trades } = this.#account;
    if (trades.length === this.#trades) return;
    let pnl = zero;
    for (; this.#trades < trades.length; this.#trades++) {
      const trade = trades.at(this.#trades);
      pnl = addFixed(pnl, { units: trade.pnl, scale: trade.moneyScale });
    }
    this.#policy.onTradeClosed(time, pnl);
  }
}
