/** Returns that a volatility is taken from: a month of trading days. */
const usualLength = 20;

/**
 * Sample deviation (n − 1) of the last `length` log returns of `closes`, oldest first; NaN for fewer returns. Taken
 * afresh from the closes known before a fill, so it cannot drift and knows nothing of the fill's own bar.
 */
export function realizedVolatility(closes: ArrayLike<number>, length = usualLength): number {
  const first = closes.length - length;
  if (first < 1) return Number.NaN;
  const returns = Array.from(
    { length },
    (_, i) => Math.log(closes[first + i]!) - Math.log(closes[first + i - 1]!),
  );
  const mean = returns.reduce((sum, value) => sum + value, 0) / length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (length - 1));
}
