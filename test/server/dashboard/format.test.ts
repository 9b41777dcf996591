import { expect, it } from "vitest";
import {
  amountText,
  averageText,
  decimalsOf,
  directionOf,
  durationText,
  gainText,
  moneyText,
  priceText,
  shareText,
  signedShareText,
  timeText,
  wordsOf,
} from "../../../src/server/dashboard/format.ts";

it.each<[string, string, string]>([
  ["money", moneyText("9900.715"), "9,900.72"],
  ["money beyond what a float holds", moneyText("9007199254740993.01"), "9,007,199,254,740,993.01"],
  ["debts", moneyText("-0.5"), "−0.50"],
  ["nothing, from below", moneyText("-0.001"), "0.00"],
  ["a gain", gainText("12.3"), "+12.30"],
  ["a loss", gainText("-4"), "−4.00"],
  ["neither", gainText("-0.001"), "0.00"],
  ["an exact amount", amountText("1234.000000010000"), "1,234.00000001"],
  ["an average", averageText("50584.079399999995"), "50,584.0794"],
  ["a price among others", priceText("50100", 2), "50,100.00"],
  ["a fine price", priceText("0.00001234", 2), "0.00001234"],
  ["a drawdown", shareText(-0.01234), "−1.23%"],
  ["no drawdown", shareText(-0), "0.00%"],
  ["a return", signedShareText(0.5), "+50.00%"],
  ["a reason", wordsOf("refused:insufficient-cash"), "refused: insufficient cash"],
  ["a state", wordsOf("partially_filled"), "partially filled"],
  ["an instant", durationText(850), "850 ms"],
  ["seconds", durationText(59_999), "59 s"],
  ["hours", durationText(2 * 3_600_000 + 5), "2 h"],
])("writes %s", (_, written, wanted) => {
  expect(written).toBe(wanted);
});

it("knows digits and directions", () => {
  expect([decimalsOf("50000.25"), decimalsOf("50000")]).toEqual([2, 0]);
  expect([directionOf("-0.1"), directionOf("0.00"), directionOf(3)]).toEqual(["down", "flat", "up"]);
});

it("leaves the day out when it is today", () => {
  const noon = new Date(2024, 0, 2, 12, 0, 0);
  expect(timeText(noon.toISOString(), new Date(2024, 0, 2, 18))).toBe("12:00:00");
  expect(timeText(noon.toISOString(), new Date(2024, 5, 1))).toBe("2 Jan, 12:00:00");
  expect(timeText(noon.toISOString(), new Date(2026, 5, 1))).toBe("2 Jan 2024, 12:00:00");
});
