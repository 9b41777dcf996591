import { ValidationError } from "../domain/errors.ts";
import { tradedValue } from "../domain/execution.ts";
import {
  addFixed,
  compareFixed,
  divideUp,
  type Fixed,
  formatFixed,
  multiplyFixed,
  negateFixed,
  unitsToNumber,
  zero,
} from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Account } from "./account.ts";
import type { Holding } from "./holding.ts";

export interface MarginRules {
  /** Gross exposure that a unit of equity can carry. @default 1 */
  readonly leverage?: Fixed | undefined;
  /** Maintenance margin, a fraction of a position's value. @default half of the initial margin: 0.5 / leverage */
  readonly maintenance?: Fixed | undefined;
  /** Charged on the value of a liquidation, on top of the fee. @default 0 */
  readonly liquidationFee?: Fixed | undefined;
}

/** Exact. Fee tokens are left aside: they back nothing. */
export interface MarginState {
  /** Cash and positions at their marks. */
  readonly equity: Fixed;
  /** Σ |value| of the positions. */
  readonly exposure: Fixed;
  /** exposure / leverage, rounded up to the exposure's decimals (8 at least). */
  readonly initial: Fixed;
  readonly maintenance: Fixed;
}

const one: Fixed = { units: 1n, scale: 0 };

/** The cross margin of an account: all its equity backs all its positions. Reads the books, writes nothing. */
export class Margin {
  readonly leverage: Fixed;
  readonly liquidationFee: Fixed;
  /** Leverage 1: nothing is borrowed but what is sold short. */
  readonly isPlain: boolean;
  readonly #account: Account;
  readonly #leverage: number;
  readonly #maintenance: Fixed;
  /** What a unit of value adds to what is free when it is owned, and when it is owed. */
  readonly #owned: Fixed;
  readonly #owed: Fixed;
  readonly #ownedNumber: number;
  readonly #owedNumber: number;

  /** @throws ValidationError GEO-VALUE for rules that no account can have. */
  constructor(account: Account, { leverage = one, maintenance, liquidationFee = zero }: MarginRules) {
    this.#account = account;
    this.leverage = leverage;
    this.liquidationFee = liquidationFee;
    this.isPlain = compareFixed(leverage, one) === 0;
    check(compareFixed(leverage, one) >= 0, "leverage", "1 or more", leverage);
    check(
      account.kind === "margin" || this.isPlain,
      "leverage",
      "1 on a cash account (--account margin borrows)",
      leverage,
    );
    check(liquidationFee.units >= 0n, "liquidationFee", "0 or more", liquidationFee);
    const half = divideUp(one, multiplyFixed(leverage, { units: 2n, scale: 0 }), 18);
    this.#maintenance = maintenance ?? { units: half, scale: 18 };
    const initial = multiplyFixed(this.#maintenance, leverage);
    const isPossible = this.#maintenance.units >= 0n && compareFixed(initial, one) <= 0;
    check(isPossible, "maintenance", "0 to 1 / leverage, the initial margin", this.#maintenance);
    this.#owned = addFixed(leverage, negateFixed(one));
    this.#owed = negateFixed(addFixed(leverage, one));
    this.#leverage = unitsToNumber(leverage.units, leverage.scale);
    this.#ownedNumber = unitsToNumber(this.#owned.units, this.#owned.scale);
    this.#owedNumber = unitsToNumber(this.#owed.units, this.#owed.scale);
  }

  /**
   * What new exposure may cost: equity × leverage less gross exposure. At leverage 1 that is, for longs alone, the cash
   * itself; a short's proceeds are not free, and as much again backs it.
   */
  free(): Fixed {
    const { cash, open } = this.#account;
    let free = this.isPlain ? cash : multiplyFixed(cash, this.leverage);
    for (const holding of open) {
      const weight = holding.isOwed ? this.#owed : this.#owned;
      if (weight.units === 0n) continue;
      free = addFixed(free, multiplyFixed(weight, holding.exactValue()));
    }
    return free;
  }

  /**
   * Is `cost` surely below what is free? A look in doubles, with room for every rounding on the way; when it says no,
   * only exact arithmetic can tell.
   */
  surelyCovers(cost: number): boolean {
    const { cashNumber, cashTerms, open } = this.#account;
    let free = cashNumber * this.#leverage;
    let size = cashTerms * this.#leverage + cost;
    for (let i = 0; i < open.length; i++) {
      const holding = open[i]!;
      const weight = holding.isOwed ? this.#owedNumber : this.#ownedNumber;
      if (weight === 0) continue;
      const backing = weight * Math.abs(holding.worth);
      free += backing;
      size += Math.abs(backing);
      if (holding.inverse) size += inverseRoom * this.#leverage;
    }
    return cost < free - size * relativeRoom;
  }

  /** 1 + leverage × fee rate, of `feeFactor` = 1 + fee rate: what opening takes from `free()`, for each unit of value. */
  openingFactor(feeFactor: Fixed): Fixed {
    if (this.isPlain) return feeFactor;
    return addFixed(multiplyFixed(feeFactor, this.leverage), negateFixed(this.#owned));
  }

  /**
   * What `free()` will be once `units` (> 0, at most what is held) of the position are closed at `price` for `fee`:
   * their exposure is gone, equity moves by price against mark and by the fee.
   */
  freeAfterClosing(holding: Holding, units: bigint, price: Fixed, fee: Fixed): Fixed {
    const { instrument, quantity } = holding;
    const side = quantity > 0n ? "sell" : "buy";
    const marked = tradedValue(instrument, holding.exactMark(), units, side);
    const paid = tradedValue(instrument, price, units, side);
    const better = addFixed(paid, negateFixed(marked));
    const gained = addFixed(holding.isOwed ? negateFixed(better) : better, negateFixed(fee));
    return addFixed(this.free(), addFixed(multiplyFixed(gained, this.leverage), marked));
  }

  state(): MarginState {
    const { cash, open } = this.#account;
    let equity = cash;
    let exposure = zero;
    let maintenance = zero;
    for (const holding of open) {
      const value = holding.exactValue();
      equity = addFixed(equity, holding.isOwed ? negateFixed(value) : value);
      exposure = addFixed(exposure, value);
      maintenance = addFixed(maintenance, multiplyFixed(value, this.#rateOf(holding.instrument)));
    }
    const scale = Math.max(exposure.scale, 8);
    return {
      equity,
      exposure,
      initial: { units: divideUp(exposure, this.leverage, scale), scale },
      maintenance,
    };
  }

  /**
   * Must positions be closed: is equity no more than the maintenance margin? Venues liquidate when the two are equal.
   * In doubles, but for cases too close to call. False when flat, whatever the cash.
   */
  isBelowMaintenance(): boolean {
    const { cashNumber, cashTerms, open, hasPosition, kind } = this.#account;
    if (!hasPosition || kind === "cash") return false;
    let excess = cashNumber;
    let size = cashTerms;
    for (let i = 0; i < open.length; i++) {
      const holding = open[i]!;
      const { worth } = holding;
      excess += worth - this.#requirementOf(holding);
      size += 2 * Math.abs(worth);
      if (holding.inverse) size += inverseRoom;
    }
    if (Math.abs(excess) > size * relativeRoom) return excess < 0;
    const { equity, maintenance } = this.state();
    return compareFixed(equity, maintenance) <= 0;
  }

  /** The position to close first: the one that needs the most margin frees the most. Ties: the one opened first. */
  firstToLiquidate(): Holding | null {
    let first: Holding | null = null;
    for (const holding of this.#account.open) {
      if (holding.isFlat) continue;
      if (first === null || this.#requirementOf(holding) > this.#requirementOf(first)) first = holding;
    }
    return first;
  }

  /**
   * The price of this position at which equity meets the maintenance margin, all others at their marks; for display.
   * null when flat, or when no price above 0 does.
   */
  liquidationPrice(holding: Holding): number | null {
    const { kind, open, cashNumber } = this.#account;
    if (holding.isFlat || kind === "cash") return null;
    // What is left over maintenance without this position; at the price looked for, the position takes all of it.
    let rest = cashNumber;
    for (const other of open) if (other !== holding) rest += other.worth - this.#requirementOf(other);
    const face = Math.abs(holding.size) * holding.multiplier;
    const rate = this.#rateNumber(holding.instrument);
    // |value| at that price: owned, value − rate × value = −rest; owed, −value − rate × value = −rest.
    const value = holding.isOwed ? rest / (1 + rate) : -rest / (1 - rate);
    const price = holding.inverse ? face / value : value / face;
    return price > 0 && Number.isFinite(price) ? price : null;
  }

  #requirementOf(holding: Holding): number {
    return Math.abs(holding.worth) * this.#rateNumber(holding.instrument);
  }

  #rateOf({ maintenance }: Instrument): Fixed {
    return maintenance ?? this.#maintenance;
  }

  #rateNumber(instrument: Instrument): number {
    const { units, scale } = this.#rateOf(instrument);
    return unitsToNumber(units, scale);
  }
}

/** Of the magnitudes involved: far more than doubles can be off by. */
const relativeRoom = 1e-12;
/** Times `relativeRoom`: more than the rounding of an inverse contract's value at `coinScale`. */
const inverseRoom = 1e5;

function check(isRight: boolean, name: string, expected: string, found: Fixed): void {
  if (isRight) return;
  throw new ValidationError("GEO-VALUE", `${name}: expected ${expected}, found ${formatFixed(found)}`);
}
