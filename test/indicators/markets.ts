/** Made-up prices for the geometric indicators: the same seed gives the same market. */

/** Nearly normal, deviation 1: the sum of twelve uniform numbers, less 6. Independent from call to call. */
export function normal(seed: number): () => number {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, one) => sum + one, -6);
}

/** Prices whose log returns are these. */
export function pricesOf(returns: Iterable<number>, start = 100): number[] {
  let log = Math.log(start);
  return [start, ...Array.from(returns, (change) => Math.exp((log += change)))];
}

export function randomWalk(length: number, seed: number): number[] {
  const draw = normal(seed);
  return pricesOf(Array.from({ length: length - 1 }, () => 0.01 * draw()));
}

/** Rows of one price for each asset: random walks of which each has a share of one common walk. */
export function randomWalks(length: number, assets: number, seed: number, share = 0): number[][] {
  const [common, own] = [
    randomWalk(length, seed),
    Array.from({ length: assets }, (_, i) => randomWalk(length, seed + 7 * i + 1)),
  ];
  return common.map((price, t) => own.map((walk) => price ** share * walk[t]! ** (1 - share)));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Log returns of the rows' column. */
export function returnsOf(rows: readonly (readonly number[])[], column: number): number[] {
  return rows.slice(1).map((row, i) => Math.log(row[column]! / rows[i]![column]!));
}

export function pearson(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [meanOf(xs), meanOf(ys)];
  const sum = (term: (i: number) => number) => xs.reduce((total, _, i) => total + term(i), 0);
  const products = sum((i) => (xs[i]! - mx) * (ys[i]! - my));
  return products / Math.sqrt(sum((i) => (xs[i]! - mx) ** 2) * sum((i) => (ys[i]! - my) ** 2));
}
