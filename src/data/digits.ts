const zero = 48;

/** Value of two ASCII digits at index (first << 8 | second), -1 for any other pair of bytes. */
export const pairs = new Int8Array(65_536).fill(-1);
for (let n = 0; n < 100; n++) pairs[((zero + Math.floor(n / 10)) << 8) | (zero + (n % 10))] = n;

/** More than nine digits as a double, NaN beyond the fifteen that are exact in any case. */
export function longDigits(bytes: Buffer, from: number, to: number): number {
  if (to - from > 15) return Number.NaN;
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i]! - zero);
  return value;
}

/** Value of four ASCII digits, the first in the lowest byte; -1 when one of them is none. All four at once. */
export function fourDigits(four: number): number {
  // The high half of a digit is 3, and stays 3 with 6 added.
  const high = (four & 0xf0f0f0f0) ^ 0x30303030;
  const higher = ((four + 0x06060606) & 0xf0f0f0f0) ^ 0x30303030;
  if ((high | higher) !== 0) return -1;
  // Ten times each digit and the next, then a hundred times the first such pair and the second.
  const two = Math.imul(four & 0x0f0f0f0f, 2561) >>> 8;
  return Math.imul(two & 0xff, 100) + ((two >>> 16) & 0xff);
}
