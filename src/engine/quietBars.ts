import type { Account } from "../account/account.ts";
import { divisorOf } from "../domain/columns.ts";
import type { BarChunk } from "../domain/market.ts";
import type { EquityRecorder } from "./recorder.ts";
import type { RiskWatch } from "./riskWatch.ts";
import { guard, type Seat } from "./seat.ts";
import type { Timers } from "./timers.ts";

export interface QuietBarsOptions {
  readonly account: Account;
  readonly recorder: EquityRecorder;
  readonly timers: Timers;
}

/** Whether something was decided since it was last looked at. */
export interface Decided {
  decided: boolean;
}

/**
 * Bars of a lone strategy while no order is open and there is no news: nothing can match, no one but onBar is called.
 * Most bars of most runs come this way, so it is one plain loop, and whatever is not of every bar (the end of a day,
 * interest, timers, prices too long for a double) is left to `Engine.step`, of which this is a shorter way.
 */
export class QuietBars {
  readonly #options: QuietBarsOptions;
  readonly #seat: Seat;
  readonly #watch: RiskWatch | null;
  readonly #decided: Decided;

  constructor(options: QuietBarsOptions, seat: Seat, watch: RiskWatch | null, decided: Decided) {
    this.#options = options;
    this.#seat = seat;
    this.#watch = watch;
    this.#decided = decided;
  }

  /**
   * Rows [from, to) of a chunk of one instrument, up to one that wants a step of its own, or the one after which
   * something was decided. Row `to` must exist.
   * @returns the first row that was not handled
   */
  run(chunk: BarChunk, from: number, to: number): number {
    const { account, recorder, timers } = this.#options;
    const { desk, markets } = this.#seat;
    const handlers = this.#seat.handlers!;
    const { times } = chunk;
    // A timer that is due before must not know the market yet.
    if (!(times[from]! < timers.next)) return from;
    const market = markets.at(chunk, from);
    const { mantissas } = chunk.close;
    const divisor = divisorOf(chunk.close);
    const last = Math.min(account.nextAccrual, recorder.idleUntil);
    const decided = this.#decided;
    const watch = this.#watch;
    const { open, liquid } = account;
    const simple = recorder.all === null && watch === null;
    // Without a position equity stands still, and only its last moment counts.
    const still = simple && open.length === 0;
    const alone = simple && open.length === 1 && open[0] === market.holding;
    let { time } = desk;
    let row = from;
    try {
      while (row < to && !decided.decided) {
        const now = times[row]!;
        const close = mantissas[row]! / divisor;
        if (!(now > time && now <= last && now < timers.next && now !== times[row + 1])) break;
        // Too long for a double.
        if (Number.isNaN(close)) break;
        time = now;
        desk.time = now;
        desk.current = market;
        market.observeBar(chunk, row, close);
        row++;
        if (alone) recorder.afterBar(now, liquid + market.holding.worth);
        else if (!still) {
          recorder.after(now, 1);
          if (watch !== null) watch.look(now);
        }
        if (handlers.onBar !== undefined) {
          const result: unknown = handlers.onBar(market.bar);
          if (result !== undefined) guard(result);
        }
      }
    } finally {
      if (still && row > from) recorder.after(time, row - from);
    }
    return row;
  }
}
