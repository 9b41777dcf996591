import { ValidationError } from "../domain/errors.ts";
import { divideDown, type Fixed } from "../domain/fixed.ts";
import type { SeatOptions } from "../engine/options.ts";
import type { BacktestOptions } from "./options.ts";
import { loadPlugin, type Plugged } from "./plugin.ts";
import { SimulationClock } from "./simulate.ts";

/** The strategies of a run, the first one's clock leading. */
export interface Ensemble {
  readonly strategies: readonly Plugged[];
  readonly clock: SimulationClock;
  readonly clocks: readonly SimulationClock[];
}

/** @throws GeoSyncError GEO-UNKNOWN-STRATEGY, GEO-STRATEGY-…, GEO-USAGE when two have one name */
export async function loadEnsemble(options: BacktestOptions, seed: number): Promise<Ensemble> {
  const clock = new SimulationClock(seed);
  const clocks = [clock];
  const strategies = [await loadPlugin(options, clock)];
  for (const { strategy, params } of options.also ?? []) {
    // Chance of its own, so that one more strategy changes nothing for the others.
    const own = new SimulationClock(seed + clocks.length, clock);
    clocks.push(own);
    strategies.push(await loadPlugin({ ...options, strategy, params }, own));
  }
  refuseSameName(strategies);
  return { strategies, clock, clocks };
}

/** Equal shares of equity, rounded down; null for one alone, which has all of it. */
function equalShare(count: number): Fixed | null {
  if (count === 1) return null;
  const scale = 8;
  return { units: divideDown({ units: 1n, scale: 0 }, { units: BigInt(count), scale: 0 }, scale), scale };
}

export function seatsOf({ strategies, clocks }: Ensemble): readonly SeatOptions[] {
  const share = equalShare(strategies.length);
  return strategies.map(({ create, warmup }, i) => ({ create, warmup, random: clocks[i]!.random, share }));
}

function refuseSameName(strategies: readonly Plugged[]): void {
  const names = strategies.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new ValidationError("GEO-USAGE", `--also: expected each strategy once, found ${twice} twice`, {
    hint: "Copy the file and give the copy a name of its own to run it with other parameters.",
  });
}
