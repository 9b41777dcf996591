import type { Account } from "../account/account.ts";
import { readFunding } from "../data/funding.ts";
import { ValidationError } from "../domain/errors.ts";
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

/**
 * The funding of a run, from the file that was named.
 * @throws ValidationError GEO-USAGE unless the run has one symbol; GEO-FILE, GEO-DATA-…
 */
export async function openFunding(
  path: string | undefined,
  instruments: readonly Instrument[],
): Promise<readonly Funding[]> {
  if (path === undefined) return [];
  const [instrument, ...others] = instruments;
  if (instrument === undefined || others.length > 0) {
    throw new ValidationError(
      "GEO-USAGE",
      `--funding: expected a run of one symbol, found ${instruments.length} symbols`,
      { hint: "Run the perpetual by itself: --symbol picks one of a file." },
    );
  }
  return [{ instrument, rates: await readFunding(path, { symbol: instrument.symbol }) }];
}

export interface FundingDesk {
  readonly account: Pick<Account, "everyHolding" | "fund">;
  readonly timers: Timers;
  readonly recorder: Pick<EquityRecorder, "before">;
  readonly now: () => Millis;
}

/**
 * Settles each rate at its time, at the last known price, on what is held then: whoever holds when the time comes pays
 * or is paid, after what filled before it and before what fills afterwards. A bar that opens at that very time fills
 * afterwards. Within a long bar nobody knows what came first: the rate finds what was held when the bar began.
 */
export function scheduleFunding({ instrument, rates }: Funding, desk: FundingDesk): void {
  const { account, timers, recorder, now } = desk;
  const timer = `funding ${instrument.symbol}`;
  // One timer at a time: years of rates would crowd the others out.
  const wait = (next: number) => {
    if (next < rates.length) timers.set(timer, dueOf(rates[next]!), next);
  };
  timers.know(timer, (first: number) => {
    let next = first;
    for (; next < rates.length && dueOf(rates[next]!) <= now(); next++) {
      const { rate, time } = rates[next]!;
      const held = account.everyHolding.find((holding) => {
        return holding.instrument === instrument && holding.quantity !== 0n && holding.hasPrice;
      });
      if (held === undefined) continue;
      // Equity of the day that ended before is taken first.
      recorder.before(dueOf(rates[next]!));
      account.fund(instrument, rate, held.exactMark(), time);
    }
    wait(next);
  });
  wait(0);
}

/** Venues settle on the full hour and stamp it some milliseconds later. */
function dueOf({ time }: FundingRate): Millis {
  return Math.floor(time / 1000) * 1000;
}
