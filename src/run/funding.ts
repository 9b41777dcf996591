import { GeoSyncError } from "../domain/errors.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { FundingRate } from "../domain/market.ts";
import type { Millis } from "../domain/time.ts";
import type { EquityRecorder } from "../engine/recorder.ts";
import type { Timers } from "../engine/timers.ts";

/** The funding rates of one perpetual, oldest first. */
export interface Funding {
  readonly instrument: Instrument;
  readonly rates: readonly FundingRate[];
}

/** The part of an account that settles funding; the hook is optional until the account has it. */
interface FundedAccount {
  holdingOf(instrument: Instrument): {
    readonly quantity: bigint;
    readonly hasPrice: boolean;
    exactMark(): Fixed;
  };
  fund?(instrument: Instrument, rate: Fixed, price: Fixed, time: Millis): unknown;
}

export interface FundingDesk {
  readonly account: FundedAccount;
  readonly timers: Timers;
  readonly recorder: Pick<EquityRecorder, "before">;
  readonly now: () => Millis;
}

/**
 * Settles each rate at its time, at the last known price, on what is held then: whoever holds when the time comes pays
 * or is paid, after what filled before it and before what fills afterwards. A bar that opens at that very time fills
 * afterwards. Within a long bar nobody knows what came first: the rate finds what was held when the bar began.
 * @throws GeoSyncError GEO-INTERNAL when the account settles none
 */
export function scheduleFunding({ instrument, rates }: Funding, desk: FundingDesk): void {
  const { account, timers, recorder, now } = desk;
  if (account.fund === undefined) throw new GeoSyncError("GEO-INTERNAL", "the account settles no funding");
  let next = 0;
  // One timer at a time: years of rates would crowd the others out.
  const wait = () => {
    if (next < rates.length) timers.add(dueOf(rates[next]!), settle);
  };
  const settle = () => {
    for (; next < rates.length && dueOf(rates[next]!) <= now(); next++) {
      const { rate, time } = rates[next]!;
      const holding = account.holdingOf(instrument);
      if (holding.quantity === 0n || !holding.hasPrice) continue;
      // Equity of the day that ended before is taken first.
      recorder.before(dueOf(rates[next]!));
      account.fund!(instrument, rate, holding.exactMark(), time);
    }
    wait();
  };
  wait();
}

/** Venues settle on the full hour and stamp it some milliseconds later. */
function dueOf({ time }: FundingRate): Millis {
  return Math.floor(time / 1000) * 1000;
}
