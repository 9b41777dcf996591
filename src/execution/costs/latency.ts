import type { Delay, Latency } from "../../domain/costs.ts";
import type { Savable } from "../../domain/picture.ts";
import { type Random, type RandomState, seededRandom } from "../../domain/random.ts";
import type { Millis } from "../../domain/time.ts";

/** How long an order takes on its way; each call is one journey, in ms ≥ 0. Deterministic by its seed. */
export interface LatencyModel extends Savable<readonly RandomState[]> {
  /** From the decision until the order leaves us. */
  leaves(): Millis;
  /** From there until the venue's matching sees it: prices formed earlier are not for it. */
  seen(): Millis;
  /** From what happens at the venue until we know of it. */
  answered(): Millis;
}

/** Orders are where they should be at once. */
export const noLatency: LatencyModel = {
  leaves: () => 0,
  seen: () => 0,
  answered: () => 0,
  save: () => [],
  load() {},
};

/** A stream of its own for each leg: asking for one does not shift the others, nor a strategy's random numbers. */
export function latencyModel({ leaves, seen, answered }: Latency, seed: number): LatencyModel {
  const streams = [0x1ea5e5, 0x5ee7, 0xa75e3d].map((salt) => seededRandom(seed ^ salt));
  return {
    leaves: drawing(leaves, streams[0]!),
    seen: drawing(seen, streams[1]!),
    answered: drawing(answered, streams[2]!),
    save: () => streams.map((stream) => stream.save()),
    load(states) {
      for (const [i, stream] of streams.entries()) stream.load(states[i]!);
    },
  };
}

function drawing({ ms, jitter }: Delay, random: Random): () => Millis {
  if (jitter === 0) return () => ms;
  // Evenly in [ms − jitter, ms + jitter); a jitter above ms would arrive before it left.
  return () => Math.max(0, ms + jitter * (2 * random() - 1));
}
