/**
 * The `index`-th draw of a seed, in [0, 1): chance without a memory (domain/random has the kind that remembers), so that
 * a market can be asked for any part of itself, saved as a number and built up again. The finalizer of MurmurHash3,
 * twice, over seed and index.
 */
export function draw(seed: number, index: number): number {
  // Indexes may be past 32 bits: prices of levels.
  const high = Math.floor(index / 4294967296);
  const once = mixed((index ^ Math.imul(high, 0x9e3779b1)) + Math.imul(seed, 0x85ebca6b));
  return mixed(once ^ seed) / 4294967296;
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

function mixed(value: number): number {
  let mix = value | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
