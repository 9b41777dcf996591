/** Of the line through the points (x, y) by least squares; NaN when an y is not finite. */
export function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [centre, height] = [mean(xs), mean(ys)];
  let [products, squares] = [0, 0];
  for (const [i, x] of xs.entries()) {
    products += (x - centre) * (ys[i]! - height);
    squares += (x - centre) ** 2;
  }
  const found = products / squares;
  return Number.isFinite(found) ? found : Number.NaN;
}
