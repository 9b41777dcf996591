import { approximate, type Fixed } from "../domain/fixed.ts";
import type { Bound, BreachAction, RiskLimits } from "../domain/riskLimits.ts";
import { dayMs, type Millis } from "../domain/time.ts";

export interface LossState {
  readonly day: number | null;
  readonly dayStart: number;
  readonly peak: number;
  readonly last: number;
  /** The day whose loss halted trading; null when none did. */
  readonly haltedDay: number | null;
  readonly drawnDown: boolean;
  readonly losses: number;
  readonly coolUntil: Millis | null;
}

const fresh: LossState = {
  day: null,
  dayStart: 0,
  peak: 0,
  last: 0,
  haltedDay: null,
  drawnDown: false,
  losses: 0,
  coolUntil: null,
};

/** UTC day of a moment, midnight itself being the end of a day: a daily bar closes in the day it tells of. */
export function tradingDay(time: Millis): number {
  return Math.floor((time - 1) / dayMs);
}

/**
 * Watches equity and closed trades. Equity comes as a double, as it does on every bar; what lies within rounding of a
 * limit counts as beyond it.
 */
export class LossLimits {
  readonly #dailyLoss: Bound | undefined;
  readonly #onDailyLoss: BreachAction;
  readonly #drawdown: Fixed | undefined;
  readonly #onDrawdown: BreachAction;
  readonly #coolDown: RiskLimits["coolDown"];
  #state: { -readonly [K in keyof LossState]: LossState[K] } = { ...fresh };
  #dayFloor = Number.NEGATIVE_INFINITY;
  #peakFloor = Number.NEGATIVE_INFINITY;

  constructor(limits: RiskLimits) {
    this.#dailyLoss = limits.maxDailyLoss;
    this.#onDailyLoss = limits.onMaxDailyLoss ?? "halt";
    this.#drawdown = limits.maxDrawdown;
    this.#onDrawdown = limits.onMaxDrawdown ?? "halt";
    this.#coolDown = limits.coolDown;
  }

  /** The first equity is the start of its day and the first peak. Answers once for each breach. */
  onEquity(time: Millis, equity: number): BreachAction | null {
    const state = this.#state;
    const day = tradingDay(time);
    if (day !== state.day) this.#beginDay(day, equity);
    state.last = equity;
    if (equity > state.peak) this.#rise(equity);
    let action: BreachAction | null = null;
    if (equity <= this.#dayFloor && state.haltedDay !== day) {
      state.haltedDay = day;
      action = this.#onDailyLoss;
    }
    if (equity <= this.#peakFloor && !state.drawnDown) {
      state.drawnDown = true;
      if (action !== "flatten") action = this.#onDrawdown;
    }
    return action;
  }

  /** Losses in a row, by closed trades; one that breaks even ends a row as a win does. */
  onTradeClosed(time: Millis, pnl: Fixed): void {
    if (this.#coolDown === undefined) return;
    const state = this.#state;
    state.losses = pnl.units < 0n ? state.losses + 1 : 0;
    if (state.losses < this.#coolDown.losses) return;
    state.losses = 0;
    state.coolUntil = time + this.#coolDown.ms;
  }

  isHalted(time: Millis): boolean {
    const { drawnDown, haltedDay } = this.#state;
    return drawnDown || (haltedDay !== null && haltedDay === tradingDay(time));
  }

  haltedBecause(time: Millis): string | null {
    if (this.#state.drawnDown) return "maximum drawdown";
    return this.isHalted(time) ? "maximum daily loss" : null;
  }

  isCooling(time: Millis): boolean {
    const { coolUntil } = this.#state;
    return coolUntil !== null && time < coolUntil;
  }

  /** The drawdown's halt ends, and its peak starts anew at the last equity: at the old one it would halt at once. */
  resume(): void {
    this.#state.drawnDown = false;
    if (this.#state.day !== null) this.#rise(this.#state.last);
  }

  state(): LossState {
    return { ...this.#state };
  }

  restore(state: LossState): void {
    this.#state = { ...state };
    if (state.day === null) return;
    this.#setDayFloor();
    this.#rise(state.peak);
  }

  /** A day begins with the equity that the one before ended with. */
  #beginDay(day: number, equity: number): void {
    const state = this.#state;
    const isFirst = state.day === null;
    state.day = day;
    state.dayStart = isFirst ? equity : state.last;
    this.#setDayFloor();
    if (isFirst) this.#rise(equity);
  }

  #setDayFloor(): void {
    if (this.#dailyLoss === undefined) return;
    const { of, amount } = this.#dailyLoss;
    const { dayStart } = this.#state;
    const loss = approximate(amount.units, amount.scale);
    this.#dayFloor = cautious(dayStart - (of === "money" ? loss : loss * dayStart), dayStart);
  }

  #rise(peak: number): void {
    this.#state.peak = peak;
    if (this.#drawdown === undefined) return;
    const share = approximate(this.#drawdown.units, this.#drawdown.scale);
    this.#peakFloor = cautious(peak * (1 - share), peak);
  }
}

/** A floor that no rounding of equity, of its start or of itself slips under. */
function cautious(floor: number, start: number): number {
  return floor + Math.abs(start) * 1e-12;
}
