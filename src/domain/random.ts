/** A seeded generator in [0, 1): sfc32, 32 bits a draw, seeded through splitmix32. */
export type Random = () => number;

export type RandomState = readonly [a: number, b: number, c: number, counter: number];

/** One that can go on where another stopped. */
export interface SeededRandom {
  (): number;
  save(): RandomState;
  load(state: RandomState): void;
}

/** The same seed gives the same draws on every machine. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const mix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, counter] = [mix(), mix(), mix(), 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  return Object.assign(next, {
    save: (): RandomState => [a, b, c, counter],
    load(saved: RandomState): void {
      [a, b, c, counter] = saved;
    },
  });
}

/** Where a generator stands; null for one that has no state, such as a constant. */
export function randomState(random: Random): RandomState | null {
  return "save" in random ? (random as SeededRandom).save() : null;
}

export function loadRandom(random: Random, state: RandomState | null): void {
  if (state !== null && "load" in random) (random as SeededRandom).load(state);
}
