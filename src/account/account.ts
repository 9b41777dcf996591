import { type Execution, tradedValue } from "../domain/execution.ts";
import {
  addFixed,
  approximate,
  type Fixed,
  multiplyFixed,
  negateFixed,
  unitsToNumber,
  widen,
  zero,
} from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { dayMs, type Millis } from "../domain/time.ts";
import { matchLots } from "./fifo.ts";
import { ForeignFees, type ForeignFeesState } from "./foreignFees.ts";
import type { Holding, HoldingState } from "./holding.ts";
import { Holdings } from "./holdings.ts";
import { type Charge, Interest, type InterestRates, interestOn } from "./interest.ts";
import { Margin, type MarginRules } from "./margin.ts";
import { sharesByTag } from "./shares.ts";
import { type TokenStock, Tokens, type TokensState } from "./tokens.ts";
import { TradeLog, type TradeLogState } from "./tradeLog.ts";

/** `cash`: what is held was paid for, no shorts. `margin`: short selling and borrowing besides. */
export type AccountKind = "cash" | "margin";

export interface AccountOptions extends MarginRules {
  readonly kind: AccountKind;
  /** Settlement currency of every instrument in the run. */
  readonly currency: string;
  readonly cash: Fixed;
  /** What fees can be paid in besides. @default none */
  readonly tokens?: readonly TokenStock[] | undefined;
  /** @default none is charged */
  readonly interest?: InterestRates | undefined;
}

export interface AccountState {
  readonly holdings: readonly HoldingState[];
  /** Which of them are open, in the order in which they were opened. */
  readonly open: readonly number[];
  readonly base: Fixed;
  readonly baseNumber: number;
  readonly baseTerms: number;
  readonly debtInterest: Fixed;
  readonly nextAccrual: Millis;
  readonly tokens: TokensState;
  readonly foreignFees: ForeignFeesState;
  readonly charges: readonly (Omit<Charge, "shares"> & {
    readonly shares: readonly (readonly [string | null, Fixed])[];
  })[];
  readonly trades: TradeLogState;
}

/**
 * The one writer of money. All amounts are exact integers, whatever fees are paid in:
 * cash + open cost = initial + gross realised − fees − interest + funding holds to the last digit (cash with the value
 * of the fee tokens). docs/account.md has the formulas.
 */
export class Account {
  readonly kind: AccountKind;
  readonly currency: string;
  readonly #holdings = new Holdings();
  /** Of the first strategy, or the only one. */
  readonly holdings: ReadonlyMap<Instrument, Holding> = this.#holdings.first;
  /** Every FIFO match so far. */
  readonly trades = new TradeLog();
  /** Interest and funding, in the order in which they were settled. */
  readonly charges: Charge[] = [];
  readonly margin: Margin;
  /** Cash and tokens before the first fill. */
  readonly initialEquity: Fixed;
  /** Cash as a double, for marking on every bar. */
  cashNumber: number;
  /** Sum of the magnitudes that `cashNumber` is made of. */
  cashTerms: number;
  /** Is any position larger than dust? */
  hasPosition = false;
  readonly #all: readonly Holding[] = this.#holdings.all;
  readonly #open: Holding[] = [];
  readonly #tokens: Tokens;
  readonly #interest: Interest;
  readonly #foreignFees: ForeignFees;
  /** Cash that no holding accounts for: what there was at first, less interest on debt; and fees that tokens paid. */
  #base: Fixed;
  #baseNumber: number;
  #baseTerms: number;
  readonly #borrows: boolean;
  /** Interest paid on borrowed cash, ≥ 0. */
  #debtInterest: Fixed = zero;

  /** @throws ValidationError GEO-VALUE for rules, rates or stocks that no account can have. */
  constructor(options: AccountOptions) {
    this.kind = options.kind;
    this.currency = options.currency;
    this.#tokens = new Tokens(options.tokens ?? [], options.currency);
    this.#foreignFees = new ForeignFees(this.#tokens, options.currency);
    this.#interest = new Interest(options.interest ?? {});
    this.initialEquity = addFixed(options.cash, this.#tokens.value);
    this.#base = options.cash;
    this.#baseNumber = unitsToNumber(options.cash.units, options.cash.scale);
    this.#baseTerms = this.#baseNumber;
    this.cashNumber = this.#baseNumber;
    this.cashTerms = this.#baseNumber;
    this.margin = new Margin(this, options);
    this.#borrows = !this.margin.isPlain;
  }

  /** What is held, in the order in which it was opened; dust included. */
  get open(): readonly Holding[] {
    return this.#open;
  }

  /** What one of the run's strategies holds of an instrument; each has lots of its own, the cash is one. */
  holdingOf(instrument: Instrument, owner = 0): Holding {
    return this.#holdings.of(instrument, owner);
  }

  /** Of all strategies. */
  get everyHolding(): readonly Holding[] {
    return this.#all;
  }

  /** The cash balance, exactly. */
  get cash(): Fixed {
    let cash = this.#base;
    for (const holding of this.#all) {
      cash = addFixed(addFixed(cash, holding.traded), negateFixed(holding.paidFees));
      if (holding.hasCarry) cash = addFixed(cash, holding.carry);
    }
    return cash;
  }

  /** Cash, fee tokens, and what is held of things that are delivered: the amounts, by currency. */
  get balances(): ReadonlyMap<string, Fixed> {
    const balances = new Map([[this.currency, this.cash], ...this.#tokens.left]);
    for (const { instrument, quantity } of this.#open) {
      if (instrument.contract) continue;
      const held = { units: quantity, scale: instrument.lot.scale };
      balances.set(instrument.base, addFixed(balances.get(instrument.base) ?? zero, held));
    }
    return balances;
  }

  /** Fees by the currency they were paid in: the amounts. */
  get feesByCurrency(): ReadonlyMap<string, Fixed> {
    let settled = negateFixed(this.#foreignFees.value);
    for (const holding of this.#all) settled = addFixed(settled, holding.paidFees);
    return new Map([...this.#foreignFees.amounts, [this.currency, settled]]);
  }

  /** Interest paid on borrowed cash; that on shorts is `borrowCost` of their holdings. */
  get debtInterest(): Fixed {
    return this.#debtInterest;
  }

  /** Can a fee token pay this? In the settlement currency a fee can always be charged. */
  canPay(currency: string, amount: Fixed): boolean {
    return currency === this.currency || this.#tokens.covers(currency, amount);
  }

  /** Cash and tokens, to double precision. */
  get liquid(): number {
    return this.cashNumber + this.#tokens.valueNumber;
  }

  /** Cash, tokens and positions at their last prices, to double precision: for drawdown on every bar. */
  equity(): number {
    const open = this.#open;
    let equity = this.liquid;
    for (let i = 0; i < open.length; i++) equity += open[i]!.worth;
    return equity;
  }

  /** The same, exactly. */
  exactEquity(): Fixed {
    let equity = this.#tokens.areNone ? this.cash : addFixed(this.cash, this.#tokens.value);
    for (const holding of this.#open) equity = addFixed(equity, holding.exactWorth());
    return equity;
  }

  /** What new exposure may cost. */
  free(): Fixed {
    return this.margin.free();
  }

  /** Is `cost` surely below what is free? No: only `free()` can tell. */
  surelyCovers(cost: number): boolean {
    return this.margin.surelyCovers(cost);
  }

  /** When `accrue` has something to do next: call it before an instant of a later time is matched. */
  get nextAccrual(): Millis {
    return this.#interest.next;
  }

  /**
   * Charges interest for every UTC day that ended before `time`, on what is held and owed now at its last price: on
   * shorts of what is delivered (nothing is borrowed for a contract), and on cash below 0 once contracts' values, which
   * nobody paid, and those of shorts, which back them, are left out of it.
   */
  accrue(time: Millis): void {
    const days = this.#interest.daysUntil(time);
    if (days === 0) return;
    const { next, borrow, debt } = this.#interest;
    const dayEnd = next - dayMs;
    let own = this.cash;
    for (const holding of this.#open) {
      const { instrument } = holding;
      if (instrument.contract) {
        own = addFixed(own, { units: holding.openCost, scale: holding.notionalScale });
      } else if (holding.size < 0) {
        const value = holding.exactValue();
        own = addFixed(own, negateFixed(value));
        const paid = interestOn(value, borrow, days);
        holding.addBorrowCost(paid);
        this.#note(dayEnd, "borrow", holding, negateFixed(paid));
      }
    }
    if (own.units < 0n) {
      const paid = interestOn(negateFixed(own), debt, days);
      this.#debtInterest = addFixed(this.#debtInterest, paid);
      this.#moveBase(negateFixed(paid));
      this.#note(dayEnd, "debt", null, negateFixed(paid));
    }
    this.#recount();
  }

  /**
   * Settles the funding of a perpetual at `price` (the mark): a long pays value × `rate` to the shorts, below 0 it
   * receives. What it came to is returned: below 0 when paid. Exact, but for the value of an inverse contract.
   */
  fund(instrument: Instrument, rate: Fixed, price: Fixed, time: Millis): Fixed {
    return this.#all
      .filter((holding) => holding.instrument === instrument)
      .reduce((sum, holding) => addFixed(sum, this.#fund(holding, rate, price, time)), zero);
  }

  #fund(holding: Holding, rate: Fixed, price: Fixed, time: Millis): Fixed {
    if (holding.quantity === 0n || rate.units === 0n) return zero;
    const pays = holding.quantity > 0n === rate.units > 0n;
    const value = holding.valueAt(price, pays);
    const long = holding.quantity > 0n;
    const amount = multiplyFixed(long ? negateFixed(value) : value, rate);
    holding.addFunding(amount);
    this.#note(time, "funding", holding, amount);
    this.#recount();
    return amount;
  }

  /** Books a fill: cash, lots, fees, trades. Fills always book. */
  book(executed: Execution, tag: string | null, owner = 0): void {
    const fill = executed.fee.currency === this.currency ? executed : this.#settled(executed);
    const holding = this.holdingOf(fill.instrument, owner);
    const wasOpen = holding.size !== 0;
    const price = holding.priceUnits(fill.price);
    const fee = holding.feeUnits(fill.fee.amount);
    const inflow = holding.inverse === (fill.side === "buy");
    let value = 0n;
    let traded: bigint;
    if (holding.inverse) {
      // Rounded here whoever worked out the fill's value, so that the books agree with themselves.
      value = tradedValue(fill.instrument, fill.price, fill.quantity, fill.side).units;
      traded = value;
    } else traded = widen(fill.value.units, fill.value.scale, holding.notionalScale);
    if (inflow) holding.flow += traded;
    else holding.flow -= traded;
    holding.fees += fee;
    matchLots({ holding, fill, price, fee, value, tag }, this.trades);
    holding.refreshNumbers();
    // A short filled on a gap is backed at the price it got: at an older one, the next order could borrow too much. So
    // is whatever was bought with borrowed money.
    if (holding.size < 0 || this.#borrows || holding.inverse || !holding.hasPrice)
      holding.markFill(fill.price);
    this.#refresh(holding, wasOpen);
  }

  #settled(executed: Execution): Execution {
    const { fill, fromTokens } = this.#foreignFees.settle(executed);
    // The books charge every fee to the cash; one that a token paid left it alone.
    if (fromTokens !== null) this.#moveBase(fromTokens);
    return fill;
  }

  save(): AccountState {
    return {
      holdings: this.#holdings.save(),
      open: this.#open.map((holding) => this.#all.indexOf(holding)),
      base: this.#base,
      baseNumber: this.#baseNumber,
      baseTerms: this.#baseTerms,
      debtInterest: this.#debtInterest,
      nextAccrual: this.#interest.next,
      tokens: this.#tokens.save(),
      foreignFees: this.#foreignFees.save(),
      charges: this.charges.map((charge) => ({ ...charge, shares: [...charge.shares] })),
      trades: this.trades.save(),
    };
  }

  /** Before anything is booked. */
  load(state: AccountState): void {
    this.#holdings.load(state.holdings);
    for (const index of state.open) this.#open.push(this.#all[index]!);
    this.#base = state.base;
    [this.#baseNumber, this.#baseTerms] = [state.baseNumber, state.baseTerms];
    this.#debtInterest = state.debtInterest;
    this.#interest.next = state.nextAccrual;
    this.#tokens.load(state.tokens);
    this.#foreignFees.load(state.foreignFees);
    for (const charge of state.charges) this.charges.push({ ...charge, shares: new Map(charge.shares) });
    this.trades.load(state.trades, (instrument, owner) => this.holdingOf(instrument, owner));
    this.hasPosition = this.#open.some(({ isFlat }) => !isFlat);
    this.#recount();
  }

  #moveBase(by: Fixed): void {
    this.#base = addFixed(this.#base, by);
    this.#baseNumber = approximate(this.#base.units, this.#base.scale);
    this.#baseTerms += Math.abs(approximate(by.units, by.scale));
  }

  #note(time: Millis, kind: Charge["kind"], holding: Holding | null, amount: Fixed): void {
    if (amount.units === 0n) return;
    const shares = holding === null ? new Map([[null, amount]]) : sharesByTag(holding, amount);
    this.charges.push({ time, kind, instrument: holding?.instrument ?? null, amount, shares });
  }

  #refresh(holding: Holding, wasOpen: boolean): void {
    const open = this.#open;
    if (wasOpen !== (holding.size !== 0)) {
      if (!wasOpen) open.push(holding);
      else if (open.length === 1) open.pop();
      else open.splice(open.indexOf(holding), 1);
    }
    this.hasPosition = !holding.isFlat || open.some(({ isFlat }) => !isFlat);
    this.#recount();
  }

  #recount(): void {
    let cash = this.#baseNumber;
    let terms = this.#baseTerms;
    for (const each of this.#all) {
      cash += each.cashFlow;
      terms += each.turnover;
    }
    this.cashNumber = cash;
    this.cashTerms = terms;
  }
}
