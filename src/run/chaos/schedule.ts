import { type Random, seededRandom } from "../../domain/random.ts";
import type { ExitRule } from "../session/exit.ts";
import { type KillPoint, killPoints } from "../session/killPoint.ts";
import { type FaultPlan, faultsOf, noFaults } from "./faults.ts";

/** What happens to the exchange as a whole while a session runs, so many ms after its beginning. */
export type Blow =
  | { readonly kind: "disconnect"; readonly atMs: number }
  | { readonly kind: "restart"; readonly atMs: number; readonly downMs: number }
  /** Killed without a word; it comes back with what it had written. */
  | { readonly kind: "crash"; readonly atMs: number; readonly downMs: number };

/** How a start of the session ends, at the latest after `afterMs`. */
export type StartEnd =
  | { readonly kind: "kill"; readonly afterMs: number }
  | { readonly kind: "kill-at"; readonly point: KillPoint; readonly count: number; readonly afterMs: number }
  | { readonly kind: "stop"; readonly afterMs: number; readonly onExit: ExitRule };

export interface Start {
  readonly faults: FaultPlan;
  readonly blows: readonly Blow[];
  /** Times count from when it has begun, or from when it has settled with the exchange and has data. */
  readonly from: "started" | "connected";
  readonly end: StartEnd;
}

/** All that is going to go wrong in one trial. The last start goes on without faults and ends in order. */
export interface Schedule {
  readonly seed: number;
  /** Of the exchange's book: below 1, orders fill in parts. */
  readonly liquidity: number;
  readonly starts: readonly Start[];
}

/** @param rounds starts that end badly, before the last one */
export function scheduleOf(seed: number, rounds: number): Schedule {
  const random = seededRandom(seed);
  const starts = Array.from({ length: rounds }, (_, i) => startOf(random, seed * 1000 + i));
  const last = { faults: faultsOf(random, seed * 1000 + rounds), blows: blowsOf(random, 1500) };
  const liquidity = pick(random, [1, 1, 0.01, 0.001]);
  return {
    seed,
    liquidity,
    starts: [
      ...starts,
      { ...last, from: "connected", end: { kind: "stop", afterMs: 4000, onExit: exitOf(random, liquidity) } },
    ],
  };
}

/** One session, killed at the first, second, … `most`th time that it comes to that point, each time by another start. */
export function sweepOf(point: KillPoint, most: number): Schedule {
  const calm = { faults: noFaults, blows: [], from: "connected" } as const;
  const kills = Array.from({ length: most }, (_, i): Start => {
    return { ...calm, end: { kind: "kill-at", point, count: i + 1, afterMs: 15_000 } };
  });
  const last: Start = { ...calm, end: { kind: "stop", afterMs: 1000, onExit: "keep" } };
  return { seed: 1 + killPoints.indexOf(point), liquidity: 1, starts: [...kills, last] };
}

function startOf(random: Random, seed: number): Start {
  const faults = faultsOf(random, seed);
  const afterMs = between(random, 1500, 5000);
  const shared = {
    faults,
    blows: blowsOf(random, afterMs),
    from: pick(random, ["started", "connected", "connected"] as const),
  };
  const kind = random();
  if (kind < 0.1) return { ...shared, end: { kind: "stop", afterMs, onExit: "keep" } };
  if (kind < 0.5) return { ...shared, end: { kind: "kill", afterMs } };
  const count = 1 + Math.floor(random() ** 2 * 40);
  return { ...shared, end: { kind: "kill-at", point: pick(random, killPoints), count, afterMs } };
}

function blowsOf(random: Random, withinMs: number): readonly Blow[] {
  const kind = random();
  const atMs = between(random, 1000, Math.max(1100, withinMs));
  const downMs = between(random, 0, 1500);
  if (kind < 0.1) return [{ kind: "disconnect", atMs }];
  if (kind < 0.2) return [{ kind: "restart", atMs, downMs }];
  return kind < 0.3 ? [{ kind: "crash", atMs, downMs }] : [];
}

/**
 * Before orders are kept, the market is frozen: they could fill between the session's end and the look at them. A thin
 * book that is frozen has nobody to sell to: a stop that is reached could not get out.
 */
function exitOf(random: Random, liquidity: number): ExitRule {
  return pick(random, liquidity === 1 ? ["cancel", "flatten", "keep"] : ["cancel", "flatten"]);
}

function between(random: Random, low: number, high: number): number {
  return Math.round(low + (high - low) * random());
}

function pick<const T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}
