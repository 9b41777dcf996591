/** Sums of squares of larger inputs could overflow and turn a ready value into Infinity or NaN. */
const LARGEST = 1e150;

/** `n`, when it is a positive integer; else a RangeError. */
export function requirePeriod(indicator: string, n: number): number {
  if (Number.isSafeInteger(n) && n >= 1) return n;
  throw new RangeError(`${indicator}: n must be a positive integer, found ${show(n)}`);
}

/** Refuses what is not a finite number: one NaN would stay in a running sum or a smoothed mean for good. */
export function requireNumber(indicator: string, input: number): void {
  if (typeof input === "number" && Math.abs(input) <= LARGEST) return;
  throw new TypeError(
    `${indicator}: expected a finite number of at most ${LARGEST} in size as input, found ${show(input)}. ` +
      "Skip the update where there is no value.",
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? `the string "${value}"` : String(value);
}
