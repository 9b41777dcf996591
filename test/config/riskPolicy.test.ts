import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { describeRiskLimits, readRiskFile, readRiskPolicy, riskKeys } from "../../src/config/riskPolicy.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import { reasons } from "../../src/domain/reasons.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-risk-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A policy that has every key. */
const full = {
  maxPosition: { "btc/usdt": "0.5", "*": 100 },
  maxNotional: "25%",
  maxGrossExposure: 20_000,
  maxNetExposure: "150%",
  maxLeverage: 2,
  maxOrdersPerSecond: 5,
  maxOrdersPerDay: "200",
  priceCollar: "5%",
  maxDailyLoss: "3%",
  onMaxDailyLoss: "flatten",
  maxDrawdown: "0.2",
  onMaxDrawdown: "halt",
  coolDown: { losses: 3, for: "1h" },
  symbols: ["btc/usdt", "ETH/USDT"],
  sides: ["buy"],
  killSwitch: false,
};

describe("a risk policy", () => {
  it("keeps every value exactly", () => {
    expect(readRiskPolicy(full, "risk.json")).toEqual({
      maxPosition: new Map([
        ["BTC/USDT", parseFixed("0.5")],
        ["*", parseFixed("100")],
      ]),
      maxNotional: { of: "equity", amount: parseFixed("0.25") },
      maxGrossExposure: { of: "money", amount: parseFixed("20000") },
      maxNetExposure: { of: "equity", amount: parseFixed("1.50") },
      maxLeverage: parseFixed("2"),
      maxOrdersPerSecond: 5,
      maxOrdersPerDay: 200,
      priceCollar: parseFixed("0.05"),
      maxDailyLoss: { of: "equity", amount: parseFixed("0.03") },
      onMaxDailyLoss: "flatten",
      maxDrawdown: parseFixed("0.2"),
      onMaxDrawdown: "halt",
      coolDown: { losses: 3, ms: 3_600_000 },
      symbols: ["BTC/USDT", "ETH/USDT"],
      sides: ["buy"],
      killSwitch: false,
    });
  });

  it("is described as it would be written", () => {
    const lines = describeRiskLimits(readRiskPolicy(full, "risk.json")).map(
      ({ name, value }) => `${name}: ${value}`,
    );
    expect(lines).toEqual([
      "maxPosition: BTC/USDT 0.5, * 100",
      "maxNotional: 25%",
      "maxGrossExposure: 20000",
      "maxNetExposure: 150%",
      "maxLeverage: 2",
      "maxOrdersPerSecond: 5",
      "maxOrdersPerDay: 200",
      "priceCollar: 0.05",
      "maxDailyLoss: 3%",
      "onMaxDailyLoss: flatten",
      "maxDrawdown: 0.2",
      "onMaxDrawdown: halt",
      "coolDown: 3 losses, 1h",
      "symbols: BTC/USDT, ETH/USDT",
      "sides: buy",
      "killSwitch: false",
    ]);
  });

  it("may hold nothing, or one quantity for all symbols", () => {
    expect(readRiskPolicy({ $schema: "x" }, "risk.json")).toEqual({});
    expect(readRiskPolicy({ maxPosition: "2" }, "x").maxPosition).toEqual(new Map([["*", parseFixed("2")]]));
  });

  it.each<[unknown, string]>([
    [[], "risk.json: expected an object of limits, found an array"],
    [{ maxPositon: 1 }, 'risk.json: unknown key "maxPositon". Did you mean "maxPosition"?'],
    [
      { coolDown: { loses: 3, for: "1h" } },
      'risk.json: coolDown: unknown key "loses". Did you mean "losses"?',
    ],
    [{ coolDown: { losses: 3 } }, "risk.json: coolDown.for: expected a text or a number, found undefined"],
    [{ coolDown: 3 }, "risk.json: coolDown: expected an object such as"],
    [{ coolDown: { losses: 0, for: "1h" } }, "coolDown.losses: expected a whole number from 1"],
    [{ coolDown: { losses: 2, for: "soon" } }, "coolDown.for: expected a timeframe"],
    [{ maxPosition: 0 }, "risk.json: maxPosition: expected a number above 0"],
    [{ maxPosition: {} }, "maxPosition: expected a quantity, or some by symbol"],
    [{ maxPosition: { "BTC/USDT": -1 } }, "maxPosition.BTC/USDT: expected a number above 0"],
    [{ maxPosition: { "btc/usdt": 1, "BTC/USDT": 2 } }, "maxPosition: expected each symbol once"],
    [{ maxPosition: 0.1234567890123456 }, "maxPosition: expected a text, as JSON rounds numbers this long"],
    [{ maxNotional: 0.05 }, "maxNotional: expected a number below 1 to name the unit: 5%"],
    [{ maxNotional: "0" }, "maxNotional: expected more than 0"],
    [{ maxNotional: "-5%" }, "maxNotional: expected more than 0"],
    [{ maxNotional: true }, "maxNotional: expected a text or a number, found true"],
    [{ maxLeverage: "2x" }, "maxLeverage: expected a number above 0"],
    [{ maxOrdersPerSecond: 0 }, "maxOrdersPerSecond: expected a whole number from 1"],
    [{ maxOrdersPerDay: 1.5 }, "maxOrdersPerDay: expected a whole number from 1"],
    [{ priceCollar: "100%" }, "priceCollar: expected less than 100%"],
    [{ priceCollar: 0 }, "priceCollar: expected more than 0"],
    [{ maxDailyLoss: "100%" }, "maxDailyLoss: expected less than 100%"],
    [{ maxDrawdown: 20 }, "maxDrawdown: expected less than 100%"],
    [{ maxDrawdown: "20%", onMaxDrawdown: "sell" }, "onMaxDrawdown: expected halt or flatten"],
    [{ onMaxDrawdown: "flatten" }, "onMaxDrawdown: expected maxDrawdown beside it"],
    [{ maxDrawdown: "20%", onMaxDailyLoss: "halt" }, "onMaxDailyLoss: expected maxDailyLoss beside it"],
    [{ symbols: [] }, "symbols: expected texts in an array"],
    [{ symbols: ["BTC/USDT", 1] }, "symbols[1]: expected a text, found 1"],
    [{ symbols: ["a b"] }, "symbols[0]: expected"],
    [{ sides: ["long"] }, "sides[0]: expected buy or sell"],
    [{ killSwitch: "no" }, "killSwitch: expected true or false"],
  ])("%j is refused", (json, message) => {
    expect(() => readRiskPolicy(json, "risk.json")).toThrow(message);
  });

  it("is read from a file, and a fault names it", () => {
    writeFileSync(join(folder, "risk.json"), '{ "maxLeverage": 1 }');
    writeFileSync(join(folder, "bad.json"), '{ "maxLeverage": }');
    expect(readRiskFile("risk.json", folder)).toEqual({ maxLeverage: parseFixed("1") });
    expect(() => readRiskFile("bad.json", folder)).toThrow("bad.json: expected JSON");
    expect(() => readRiskFile("none.json", folder)).toThrow("none.json: expected a readable file");
  });
});

describe("docs/risk.md", () => {
  const text = readFileSync(fileURLToPath(new URL("../../docs/risk.md", import.meta.url)), "utf8");

  it("explains every key and the code it leads to, and no other", () => {
    const rows = [...text.matchAll(/^\| `([a-zA-Z]+)` \| .+ \| (?:`(refused:[a-z-]+)`|–) \|$/gm)];
    const expected = Object.entries(riskKeys).map(([key, { refusal }]) => [key, refusal ?? undefined]);
    expect(rows.map(([, key, code]) => [key, code])).toEqual(expected);
    for (const [, code] of expected) expect(code === undefined || code in reasons).toBe(true);
  });

  it("shows policies that are read", () => {
    const examples = [...text.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json]) => JSON.parse(json!));
    expect(examples.length).toBeGreaterThan(0);
    for (const json of examples) expect(() => readRiskPolicy(json.risk ?? json, "docs")).not.toThrow();
  });
});
