import { seededRandom } from "../domain/random.ts";

/**
 * The `index`-th draw of a seed, in [0, 1): chance without a memory, so that a market can be asked for any part of
 * itself, saved as a number and built up again.
 */
export function draw(seed: number, index: number): number {
  return seededRandom(mixed(seed, index))();
}

/** A seed of its own for `name` under `seed`. */
export function seedFor(seed: number, name: string): number {
  let mix = seed | 0;
  for (let i = 0; i < name.length; i++) mix = Math.imul(mix ^ name.charCodeAt(i), 0x01000193);
  return mix >>> 0;
}

/** Standard normal, of the draws `index` and `index + 1` (Box and Muller). */
export function drawNormal(seed: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draw(seed, index)));
  return radius * Math.cos(2 * Math.PI * draw(seed, index + 1));
}

function mixed(seed: number, index: number): number {
  // Indexes may be past 32 bits: prices of levels, minutes since the epoch.
  const high = Math.floor(index / 4294967296);
  return (Math.imul(seed ^ 0x5bd1e995, 0x85ebca6b) + Math.imul(index | 0, 0x9e3779b1) + high * 40_503) >>> 0;
}
