import type { PlaceCommand } from "../domain/execution.ts";
import {
  addFixed,
  compareFixed,
  divideDown,
  type Fixed,
  multiplyFixed,
  negateFixed,
} from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Bound, BreachAction, RiskLimits } from "../domain/riskLimits.ts";
import type { Millis } from "../domain/time.ts";
import { Exposure, type Measure, type RiskAccount, worstPosition } from "./exposure.ts";
import { LossLimits } from "./lossLimits.ts";
import { beyond, mostOf, OpenOrders, type OpenOrdersState } from "./openOrders.ts";
import { OrderRate } from "./orderRate.ts";
import { faultOf, type RiskState } from "./riskState.ts";

/** A reason to refuse; `reduce-only`: it passes as it closes what is held, and is to be sent as reduce-only; null: it passes. */
export type RiskVerdict = ReasonCode | "reduce-only" | null;

export interface RiskPolicyState extends RiskState {
  readonly open: OpenOrdersState;
}

/** Limits of one instrument, worked out once. */
interface SymbolLimits {
  readonly isAllowed: boolean;
  /** Units of the lot; null: none. */
  readonly mostUnits: bigint | null;
}

/** The most that an order may fill and what it is taken to come to, units of the lot. */
interface Added {
  readonly most: bigint;
  readonly expected: bigint;
}

/** Of an order that counts as open already. */
const nothing: Added = { most: 0n, expected: 0n };

interface ExposureRule {
  readonly measure: Measure;
  readonly bound: Bound;
  readonly refusal: ReasonCode;
}

/**
 * The user's own limits, the same in every mode. What only reduces always passes, also when trading is halted. What
 * opens is judged by the worst that it and all open orders can lead to.
 *
 * Whoever uses it tells it of orders (`placed`, `filled`, `ended`), of equity and of closed trades.
 */
export class RiskPolicy {
  readonly limits: RiskLimits;
  readonly #account: RiskAccount;
  readonly #open = new OpenOrders();
  readonly #exposure: Exposure;
  readonly #rate: OrderRate;
  readonly #losses: LossLimits;
  readonly #symbols = new Map<Instrument, SymbolLimits>();
  readonly #rules: readonly ExposureRule[];
  readonly #isLimited: boolean;
  /** Only quantities and exposure depend on open orders. */
  readonly #countsOrders: boolean;
  readonly #watchesEquity: boolean;
  #killed: string | null;

  constructor(limits: RiskLimits, account: RiskAccount) {
    const { killSwitch = false, ...others } = limits;
    this.limits = limits;
    this.#account = account;
    this.#exposure = new Exposure(account, this.#open);
    this.#rate = new OrderRate(limits.maxOrdersPerSecond, limits.maxOrdersPerDay);
    this.#losses = new LossLimits(limits);
    this.#rules = exposureRules(limits);
    this.#isLimited = Object.keys(others).length > 0;
    this.#countsOrders = this.#rules.length > 0 || limits.maxPosition !== undefined;
    this.#watchesEquity = limits.maxDailyLoss !== undefined || limits.maxDrawdown !== undefined;
    this.#killed = killSwitch ? "the policy begins with it" : null;
  }

  /** @param expected what the order is taken to come to at its reference price, units of the lot */
  review(command: PlaceCommand, expected: bigint, time: Millis): RiskVerdict {
    if (!this.#isLimited && this.#killed === null) return null;
    const { instrument, side } = command;
    const { quantity } = this.#account.holdingOf(instrument);
    // An order that takes the place of another counts for what it is beyond that one.
    const room = this.#open.madeRoom(command);
    // What orders at the market are about to close is not there to be closed once more, but when everything must out.
    const closing = this.#isHalted(time) ? 0n : this.#open.of(instrument)[side].marketMost - room.market;
    const closable = (side === "sell" ? quantity : -quantity) - closing;
    const most = mostOf(command);
    if (this.#onlyReduces(command)) return closing === 0n || most <= closable ? null : "refused:no-position";
    // An order by value comes to nothing while there is no price to size it by: that is not a reduction.
    if (most > 0n && most <= closable) return "reduce-only";
    const added = { most: beyond(most, room.most), expected: beyond(expected, room.expected) };
    return this.#refusal(command, added, time) ?? this.#rate.refuses(time);
  }

  /** The look at the moment of sending, for an order that was placed: limits and kill switch may have changed since. */
  recheck(command: PlaceCommand, time: Millis): ReasonCode | null {
    if ((!this.#isLimited && this.#killed === null) || this.#onlyReduces(command)) return null;
    return this.#refusal(command, nothing, time);
  }

  /** An order passed and is on its way. */
  placed(command: PlaceCommand, expected: bigint, time: Millis): void {
    if (!this.#isLimited) return;
    this.#rate.count(time);
    this.adopt(command, expected);
  }

  /** An order that is open already, as after a restart: it counts as open, not as sent. Its fills so far are to follow. */
  adopt(command: PlaceCommand, expected: bigint): void {
    if (this.#countsOrders) this.#open.add(command, expected, this.#onlyReduces(command));
  }

  /** A fill of an order or of an exit attached to one, after it is booked. */
  filled(number: number, quantity: bigint, complete: boolean): void {
    if (this.#countsOrders) this.#open.fill(number, quantity, complete);
  }

  ended(number: number): void {
    if (this.#countsOrders) this.#open.end(number);
  }

  /**
   * Equity after each instant, first of all what the run begins with.
   * @returns what to do when a loss limit is reached, once for each breach: `halt` has happened, `flatten` is to follow
   */
  onEquity(time: Millis, equity: number): BreachAction | null {
    return this.#watchesEquity ? this.#losses.onEquity(time, equity) : null;
  }

  /** @param pnl net, of all that one fill closed */
  onTradeClosed(time: Millis, pnl: Fixed): void {
    this.#losses.onTradeClosed(time, pnl);
  }

  /** Why the kill switch is on; null when it is off. */
  get killedBecause(): string | null {
    return this.#killed;
  }

  /** Nothing is opened until `resume`. */
  kill(because: string): void {
    this.#killed = because;
  }

  /** Lifts the kill switch and the halt of a drawdown; that of a daily loss ends with its day, and not before. */
  resume(): void {
    this.#killed = null;
    this.#losses.resume();
  }

  /** Why nothing is opened now; null when trading goes on. */
  haltedBecause(time: Millis): string | null {
    if (this.#killed !== null) return `kill switch: ${this.#killed}`;
    return this.#losses.haltedBecause(time);
  }

  /** What must survive a restart, as JSON. */
  state(): RiskState {
    return { version: 1, killed: this.#killed, losses: this.#losses.state(), orders: this.#rate.state() };
  }

  /** Fails closed: a state that can't be read engages the kill switch. Open orders are adopted one by one. */
  restore(state: unknown): void {
    const fault = faultOf(state);
    if (fault !== null) {
      this.kill(`its saved state can't be read: ${fault}`);
      return;
    }
    const { killed, losses, orders } = state as RiskState;
    // A switch that the policy itself sets is not undone by an older state.
    this.#killed = killed ?? this.#killed;
    this.#losses.restore(losses);
    this.#rate.restore(orders);
  }

  /** Everything, open orders included: for a checkpoint of the run that goes on with it. */
  save(): RiskPolicyState {
    return { ...this.state(), open: this.#open.save() };
  }

  load({ killed, losses, orders, open }: RiskPolicyState): void {
    this.#killed = killed;
    this.#losses.restore(losses);
    this.#rate.restore(orders);
    this.#open.load(open);
  }

  #isHalted(time: Millis): boolean {
    return this.#killed !== null || this.#losses.isHalted(time);
  }

  #onlyReduces({ reduceOnly, side }: PlaceCommand): boolean {
    return reduceOnly || (side === "sell" && this.#account.kind === "cash");
  }

  /** Why an order that opens is refused, when it adds so much to those that are open. */
  #refusal(command: PlaceCommand, { most, expected }: Added, time: Millis): ReasonCode | null {
    const { instrument, side } = command;
    if (this.#isHalted(time)) return "refused:halted";
    if (this.#losses.isCooling(time)) return "refused:cool-down";
    const symbol = this.#symbols.get(instrument) ?? this.#learn(instrument);
    if (!symbol.isAllowed) return "refused:symbol";
    if (this.limits.sides !== undefined && !this.limits.sides.includes(side)) return "refused:side";
    const holding = this.#account.holdingOf(instrument);
    const mark = holding.hasPrice ? holding.exactMark() : null;
    const price = highest(mark, command.limit, command.stop);
    if (price === null) return "refused:no-price";
    const { priceCollar } = this.limits;
    if (priceCollar !== undefined) {
      if (mark === null) return "refused:no-price";
      if (isBeyond(command.limit, mark, priceCollar) || isBeyond(command.stop, mark, priceCollar))
        return "refused:price-collar";
    }
    const isMarket = command.type === "market";
    if (symbol.mostUnits !== null) {
      const { restingMost, marketMost, reducing } = this.#open.of(instrument)[side];
      const open = { resting: restingMost, market: marketMost, reducing };
      if (worstPosition(holding.quantity, side, open, { units: most, isMarket }) > symbol.mostUnits)
        return "refused:max-position";
    }
    if (this.#rules.length === 0) return null;
    return this.#overexposed({ instrument, side, isMarket, units: expected, price });
  }

  #overexposed(proposal: Parameters<Exposure["isWithin"]>[2]): ReasonCode | null {
    if (!this.#exposure.isKnown) return "refused:no-price";
    for (const { measure, bound, refusal } of this.#rules) {
      if (!this.#exposure.isWithin(measure, bound, proposal)) return refusal;
    }
    return null;
  }

  #learn(instrument: Instrument): SymbolLimits {
    const { symbols, maxPosition } = this.limits;
    const most = maxPosition?.get(instrument.symbol) ?? maxPosition?.get("*");
    const learnt: SymbolLimits = {
      isAllowed: symbols === undefined || symbols.includes(instrument.symbol),
      mostUnits: most === undefined ? null : divideDown(most, one, instrument.lot.scale),
    };
    this.#symbols.set(instrument, learnt);
    return learnt;
  }
}

const one: Fixed = { units: 1n, scale: 0 };

function exposureRules(limits: RiskLimits): readonly ExposureRule[] {
  const rules: ExposureRule[] = [];
  const add = (measure: Measure, bound: Bound | undefined, refusal: ReasonCode): void => {
    if (bound !== undefined) rules.push({ measure, bound, refusal });
  };
  const { maxLeverage } = limits;
  add("notional", limits.maxNotional, "refused:max-notional");
  add("gross", limits.maxGrossExposure, "refused:max-gross-exposure");
  add("net", limits.maxNetExposure, "refused:max-net-exposure");
  add("gross", maxLeverage && { of: "equity", amount: maxLeverage }, "refused:max-leverage");
  return rules;
}

/** What a symbol is valued at: the last price, or the order's own where that makes it dearer. */
function highest(mark: Fixed | null, limit: Fixed | null, stop: Fixed | null): Fixed | null {
  let price = mark;
  for (const own of [limit, stop]) {
    if (own !== null && (price === null || compareFixed(own, price) > 0)) price = own;
  }
  return price;
}

/** Is |price − mark| more than `collar` × mark? */
function isBeyond(price: Fixed | null, mark: Fixed, collar: Fixed): boolean {
  if (price === null) return false;
  const difference = addFixed(price, negateFixed(mark));
  const distance = difference.units < 0n ? negateFixed(difference) : difference;
  return compareFixed(distance, multiplyFixed(collar, mark)) > 0;
}
