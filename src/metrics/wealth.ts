/**
 * What one unit of capital becomes: element 0 is the 1 before the first return, element i the value after i returns.
 * Capital that is gone cannot grow again: from the first value ≤ 0 on, the path stays where it is.
 */
export function wealthPath(returns: ArrayLike<number>): Float64Array {
  const path = new Float64Array(returns.length + 1);
  path[0] = 1;
  for (let i = 0; i < returns.length; i++) {
    const before = path[i]!;
    path[i + 1] = before > 0 ? before * (1 + returns[i]!) : before;
  }
  return path;
}
