import { compareFixed, type Fixed, formatFixed, zero } from "../../domain/fixed.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { dayMs, type Millis } from "../../domain/time.ts";
import type { FeeSchedule, FeeTerms } from "./feeTerms.ts";
import { makerTaker, type Rates } from "./makerTaker.ts";
import { type Day, TradedVolume } from "./tradedVolume.ts";

export interface FeeTier extends Rates {
  /** Traded value of 30 days, in dollars, from which the tier holds. */
  readonly from: Fixed;
}

/** Thresholds are in dollars; value in these counts at 1. What trades in other currencies stays where it is. */
const dollars: ReadonlySet<string> = new Set(["USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USDP", "DAI"]);

interface TieredState {
  readonly days: readonly Day[];
  /** Null before the first fill. */
  readonly today: number | null;
  readonly tier: number;
}

/**
 * Percentages that fall with the volume of the 30 days before today, set anew at each UTC midnight: what is traded today
 * counts from tomorrow on. An account starts without volume. Cheaper tiers for what is held (coins, assets) are not
 * simulated, so the fee is never below the venue's.
 * @throws RangeError unless tiers start at 0 and rise
 */
export function tiered(tiers: readonly FeeTier[]): FeeSchedule {
  check(tiers);
  const schedules = tiers.map(makerTaker);
  const volume = new TradedVolume();
  let today = Number.NaN;
  let tier = schedules[0]!;
  return {
    terms(maker: boolean, instrument: Instrument, time: Millis): FeeTerms {
      const day = Math.floor(time / dayMs);
      if (day !== today) {
        today = day;
        const traded = volume.before(day);
        tier = schedules[tiers.findLastIndex(({ from }) => compareFixed(from, traded) <= 0)]!;
      }
      return tier.terms(maker, instrument, time);
    },
    save: (): TieredState => ({
      days: volume.save(),
      today: Number.isNaN(today) ? null : today,
      tier: schedules.indexOf(tier),
    }),
    load(state) {
      const saved = state as TieredState;
      volume.load(saved.days);
      today = saved.today ?? Number.NaN;
      tier = schedules[saved.tier]!;
    },
    booked(value, { quote }, time) {
      if (dollars.has(quote)) volume.add(value, Math.floor(time / dayMs));
    },
  };
}

function check(tiers: readonly FeeTier[]): void {
  const starts = tiers.map(({ from }) => from);
  const rises = starts.every((from, i) => i === 0 || compareFixed(starts[i - 1]!, from) < 0);
  if (rises && starts[0] !== undefined && compareFixed(starts[0], zero) === 0) return;
  throw new RangeError(
    `tiers: expected thresholds that rise from 0, found ${starts.map(formatFixed).join(", ")}`,
  );
}
