import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUnits } from "../../src/domain/fixed.ts";
import { TextWriter } from "../../src/domain/textWriter.ts";

function written(write: (writer: TextWriter) => void): string {
  const writer = new TextWriter();
  write(writer);
  return new TextDecoder().decode(writer.bytes.subarray(0, writer.length));
}

const safe = BigInt(Number.MAX_SAFE_INTEGER);

describe("TextWriter", () => {
  it.each<[bigint, number]>([
    [0n, 0],
    [0n, 20],
    [-1n, 20],
    [1n, 21],
    [100n, 2],
    [-1050n, 3],
    [10n ** 9n, 0],
    [10n ** 15n, 20],
    [safe, 16],
    [-safe, 5],
    [safe + 1n, 5],
    [5_000_000_001n, 9],
  ])("writes %s × 10^-%s like formatUnits", (units, scale) => {
    expect(written((writer) => writer.fixed(units, scale))).toBe(formatUnits(units, scale));
  });

  it("writes any exact decimal like formatUnits", () => {
    const units = fc.oneof(
      fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
      fc.bigInt({ min: -safe, max: safe }),
      // Many zeros at the end and within.
      fc
        .tuple(fc.integer({ min: -999, max: 999 }), fc.nat(13))
        .map(([n, zeros]) => BigInt(n) * 10n ** BigInt(zeros)),
    );
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 25 }), (value, scale) => {
        expect(written((writer) => writer.fixed(value, scale))).toBe(formatUnits(value, scale));
      }),
      { numRuns: 2000 },
    );
  });

  it("writes numbers as JavaScript does", () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.maxSafeInteger(), fc.nat()), (value) => {
        expect(written((writer) => writer.number(value))).toBe(String(value));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([0, 1704072630000, -0.0000012345678901234567, -1.2345678901234567e-100, 0.1, Number.NaN])(
    "writes %s again as it did before",
    (value) => {
      const twice = written((writer) => {
        writer.recent(value);
        writer.json("\u007f\u{1f600}");
        writer.recent(value);
      });
      expect(twice).toBe(`${value}"\u007f\u{1f600}"${value}`);
    },
  );

  it("writes strings as JSON, in UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(written((writer) => writer.json(text))).toBe(JSON.stringify(text));
      }),
    );
  });

  it("appends, and grows past its first room", () => {
    const long = "x".repeat(100_000);
    const text = written((writer) => {
      writer.word("price ");
      writer.fixed(-4228358n, 2);
      writer.word(long);
      writer.number(7);
      writer.json("é");
    });
    expect(text).toBe(`price -42283.58${long}7"é"`);
  });
});
