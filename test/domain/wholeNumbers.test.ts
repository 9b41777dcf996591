import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestDouble, wholeBigint } from "../../src/domain/wholeNumbers.ts";

const edges = [31n, 32n, 33n, 52n, 53n, 54n, 62n, 63n, 64n, 65n, 100n].flatMap((power) =>
  [-1n, 0n, 1n].flatMap((step) => [2n ** power + step, -(2n ** power) + step]),
);

describe("whole numbers between bigint and double", () => {
  it("become the nearest double, as Number has it", () => {
    for (const whole of edges) expect(nearestDouble(whole), `${whole}`).toBe(Number(whole));
    const any = fc.oneof(fc.bigInt(), fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }));
    fc.assert(fc.property(any, (whole) => nearestDouble(whole) === Number(whole)));
  });

  it("become the same bigint, as BigInt has it", () => {
    const { MAX_SAFE_INTEGER } = Number;
    for (const whole of [0, -0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 53, -(2 ** 53)])
      expect(wholeBigint(whole), `${whole}`).toBe(BigInt(whole));
    const any = fc.integer({ min: -MAX_SAFE_INTEGER, max: MAX_SAFE_INTEGER });
    fc.assert(fc.property(any, (whole) => wholeBigint(whole) === BigInt(whole)));
  });
});
