import { Decimal as DecimalJs } from "decimal.js";
import { describe, expect, it } from "vitest";
import { Decimal, describe as describeValue, numericText, toDecimal } from "../../src/domain/decimal.ts";
import { ValidationError } from "../../src/domain/errors.ts";

const Foreign = DecimalJs.clone({ precision: 5, toExpNeg: -2, toExpPos: 3 });

describe("toDecimal", () => {
  it.each<[unknown, string]>([
    [0.1, "0.1"],
    [1e21, "1000000000000000000000"],
    [-0, "0"],
    [5e-7, "0.0000005"],
    ["12.50", "12.5"],
    ["  7 ", "7"],
    ["-.5", "-0.5"],
    ["1E-8", "0.00000001"],
    [new Decimal("3.14"), "3.14"],
    // A plugin's own clone, with settings of its own.
    [new Foreign("123456.789"), "123456.789"],
    [new Foreign("0.000001"), "0.000001"],
  ])("takes %s for %s", (value, text) => {
    expect(toDecimal(value as number, "price").toFixed()).toBe(text);
  });

  it.each<[unknown, string]>([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [10n, "10"],
    ["", '""'],
    ["   ", '"   "'],
    ["0x10", '"0x10"'],
    ["0b1", '"0b1"'],
    ["1_000", '"1_000"'],
    ["1,5", '"1,5"'],
    ["1e", '"1e"'],
    ["1e1000", '"1e1000"'],
    [".", '"."'],
    ["-", '"-"'],
    ["Infinity", '"Infinity"'],
    ["12 34", '"12 34"'],
    ["9".repeat(401), `"${"9".repeat(40)}…"`],
    [{}, "an object"],
    [[1], "an array of 1"],
    [() => 1, "a function"],
    [{ valueOf: () => 5 }, "an object"],
    [new Foreign(Number.NaN), "Decimal NaN"],
    [new Decimal(Number.POSITIVE_INFINITY), "Decimal Infinity"],
  ])("refuses %s and says so", (value, found) => {
    const read = (): unknown => toDecimal(value as number, "Order.price");
    expect(read).toThrow(ValidationError);
    expect(read).toThrow(
      `Order.price: expected a finite number, a decimal string or a Decimal, found ${found}`,
    );
  });

  it("makes Decimals of our own clone, which keep 50 digits", () => {
    const product = toDecimal(new Foreign("123456789012.34"), "a").times("98765432.12345678");
    const exact = 12345678901234n * 9876543212345678n;
    expect(product.eq(new Decimal(`${exact}e-10`))).toBe(true);
  });
});

it("numericText keeps the text as it came, digits and all", () => {
  expect(numericText(" 1.500000000000000000000000000001 ", "x")).toBe("1.500000000000000000000000000001");
});

it("describe is short whatever it is given", () => {
  expect(describeValue("a".repeat(1000))).toHaveLength(43);
  expect(describeValue(Symbol("s"))).toBe("Symbol(s)");
});
