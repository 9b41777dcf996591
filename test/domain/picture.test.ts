import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createInstrument } from "../../src/domain/instrument.ts";
import { decodePicture, encodePicture } from "../../src/domain/picture.ts";

const btc = createInstrument("BTC/USDT");
const eth = createInstrument("ETH/USDT");

function roundTrip(state: unknown): unknown {
  return decodePicture(encodePicture(state, [btc, eth]), [btc, eth]);
}

describe("a picture of state", () => {
  it.each([
    ["big integers", { units: 123456789012345678901234567890n, scale: 8, less: -1n }],
    [
      "numbers that JSON would change",
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0],
    ],
    ["texts that look like ours", ["#", "##", "#n1", "#iBTC/USDT", "# tag", "ü"]],
    [
      "arrays of numbers",
      { d: Float64Array.of(1.1, -0, 1e-300, Number.NaN), b: BigInt64Array.of(1n, -(2n ** 63n)) },
    ],
    ["arrays of nothing", { d: new Float64Array(0), b: new BigInt64Array(0) }],
    ["what is plain", { a: null, b: true, c: ["x", { d: "" }] }],
  ])("keeps %s", (_, state) => {
    expect(roundTrip(state)).toEqual(state);
  });

  it("keeps any plain data to the bit", () => {
    const leaf = fc.oneof(fc.double(), fc.bigInt(), fc.string(), fc.constantFrom("#", "#f1", null, true));
    fc.assert(
      fc.property(fc.array(fc.oneof(leaf, fc.dictionary(fc.string(), leaf))), (state) => {
        const plain = state.map((it) => (typeof it === "object" && it !== null ? { ...it } : it));
        expect(roundTrip(plain)).toEqual(plain);
      }),
    );
  });

  it("names instruments, which are those of the run that reads it", () => {
    const text = encodePicture([btc, eth], [btc, eth]);
    const [other] = [createInstrument("BTC/USDT")];
    expect(text).toBe('["#iBTC/USDT","#iETH/USDT"]');
    expect((decodePicture(text, [eth, other]) as unknown[])[0]).toBe(other);
    expect(() => decodePicture(text, [btc])).toThrow(
      "checkpoint: names ETH/USDT, which this run does not have",
    );
  });

  it.each([
    ["a Map", { seen: new Map() }, "checkpoint: seen: expected plain data, found a Map"],
    ["a promise", { save: Promise.resolve() }, "checkpoint: save: expected plain data, found a Promise"],
    ["a function", { f: () => 1 }, "checkpoint: f: expected plain data, found a function"],
  ])("refuses %s, of which nothing would be left", (_, state, message) => {
    expect(() => encodePicture(state, [])).toThrow(message);
  });

  it.each([
    ["half a text", '{"a":1', "GEO-SESSION"],
    ["a mark of no meaning", '["#x1"]', "GEO-SESSION"],
  ])("refuses %s", (_, text, code) => {
    expect(() => decodePicture(text, [])).toThrow(expect.objectContaining({ code }));
  });
});
