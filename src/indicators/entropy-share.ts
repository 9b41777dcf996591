/** Entropy of counts as a share of the largest there can be, log of their number: 0 when one has all, 1 when all tie. */
export function entropyShare(counts: ArrayLike<number>): number {
  let [total, sum] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count === 0) continue;
    total += count;
    sum += count * Math.log(count);
  }
  return Math.max(0, (Math.log(total) - sum / total) / Math.log(counts.length));
}
