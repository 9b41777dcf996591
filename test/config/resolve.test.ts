import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfigFile } from "../../src/config/configFile.ts";
import { describeSettings } from "../../src/config/describe.ts";
import { type ResolvedSettings, resolveSettings, type Sources } from "../../src/config/resolve.ts";
import { flagOf, settingNames, variableOf } from "../../src/config/settings.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import { costModelsOf } from "../../src/execution/costs/costModels.ts";
import { defaultSettings } from "../../src/run/options.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(json: unknown, name = "geosync.json") {
  writeFileSync(join(folder, name), typeof json === "string" ? json : JSON.stringify(json));
  return readConfigFile(name, folder);
}

function resolveFrom(flags: Sources["flags"], env: Sources["env"] = {}, json?: unknown): ResolvedSettings {
  return resolveSettings({ flags, env, file: json === undefined ? null : fileOf(json) });
}

const failure = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("precedence", () => {
  const cashOf = (settings: ResolvedSettings) => formatFixed(settings.single.cash!.value);
  it.each([
    ["a flag first", { cash: "1" }, { GEOSYNC_CASH: "2" }, { cash: 3 }, "1", "flag --cash"],
    ["then the environment", {}, { GEOSYNC_CASH: "2" }, { cash: 3 }, "2", "environment GEOSYNC_CASH"],
    ["then the file", {}, {}, { cash: 3 }, "3", "file geosync.json: cash"],
    ["then the default", {}, {}, {}, "10000", "default"],
    ["an empty variable is not set", {}, { GEOSYNC_CASH: "" }, { cash: 3 }, "3", "file geosync.json: cash"],
  ])("takes %s", (_, flags, env, json, value, from) => {
    const settings = resolveFrom(flags, env, json);
    expect(cashOf(settings)).toBe(value);
    expect(describeSettings(settings)).toContainEqual({ name: "cash", value, from });
  });

  it("has the defaults of the run itself", () => {
    const { single } = resolveFrom({});
    for (const [name, value] of Object.entries(defaultSettings)) {
      const given = single[name as Exclude<keyof typeof defaultSettings, "risk">]?.value;
      const text = (of: unknown) => (typeof of === "object" ? formatFixed(of as never) : String(of));
      expect([name, text(given)]).toEqual([name, text(value)]);
    }
  });

  it.each(settingNames.filter((name) => name !== "params"))(
    "%s names its flag, variable or key when the value is bad",
    (name) => {
      const takesAnyText = [
        "trades",
        "risk",
        "detail",
        "funding",
        "out",
        "strategy",
        "also",
        "assert",
      ].includes(name);
      const bad = takesAnyText ? " " : "?!";
      const flag = name === "assert" || name === "also" ? [bad] : bad;
      expect(() => resolveFrom({ [name]: flag })).toThrow(
        failure("GEO-OPTION-VALUE", `${flagOf(name)}: expected`),
      );
      if (bad === "?!") {
        expect(() => resolveFrom({}, { [variableOf(name)]: bad })).toThrow(
          failure("GEO-OPTION-VALUE", `${variableOf(name)}: expected`),
        );
      }
      expect(() => resolveFrom({}, {}, { [name]: bad })).toThrow(
        failure("GEO-OPTION-VALUE", `geosync.json: ${name}: expected`),
      );
    },
  );

  it("refuses a flag where a value should be", () => {
    expect(() => resolveFrom({ trades: "--json" })).toThrow(
      failure("GEO-USAGE", "--trades: expected a value"),
    );
  });

  it("refuses a misspelt variable and lets unrelated ones be", () => {
    expect(() => resolveFrom({}, { GEOSYNC_FEES: "1%" })).toThrow(failure("GEO-CONFIG", '"GEOSYNC_FEE"'));
    expect(() => resolveFrom({}, { GEOSYNC_DASHBOARD_HOME: "x", FEE: "1%" })).not.toThrow();
  });
});

describe("fees", () => {
  const feesOf = ({ single }: ResolvedSettings) =>
    [single.makerFee, single.takerFee].map((given) => formatFixed(given!.value));
  it.each([
    ["--fee sets both", { fee: "2bps" }, {}, ["0.0002", "0.0002"]],
    ["--maker-fee overrides --fee", { fee: "2bps", makerFee: "1bps" }, {}, ["0.0001", "0.0002"]],
    ["--fee overrides the file's makerFee", { fee: "2bps" }, { makerFee: "1bps" }, ["0.0002", "0.0002"]],
    ["--taker-fee leaves the file's fee to the maker", { takerFee: "0" }, { fee: "1bps" }, ["0.0001", "0"]],
  ])("%s", (_, flags, json, expected) => {
    expect(feesOf(resolveFrom(flags, {}, json))).toEqual(expected);
  });
});

describe("a preset of costs", () => {
  const makerFeeOf = ({ single }: ResolvedSettings) =>
    single.makerFee === undefined ? "the preset's" : formatFixed(single.makerFee.value);
  it.each([
    ["goes before the defaults", { costs: "kraken-spot" }, {}, {}, "the preset's"],
    ["goes before a weaker word", { costs: "kraken-spot" }, { GEOSYNC_FEE: "1bps" }, {}, "the preset's"],
    ["goes after a word beside it", { costs: "kraken-spot", fee: "1bps" }, {}, {}, "0.0001"],
    ["goes after a stronger word", { makerFee: "1bps" }, {}, { costs: "kraken-spot" }, "0.0001"],
    ["in a file goes after the file's own word", {}, {}, { costs: "kraken-spot", fee: "1bps" }, "0.0001"],
  ])("%s", (_, flags, env, json, expected) => {
    expect(makerFeeOf(resolveFrom(flags, env, json))).toBe(expected);
  });

  it("has no say in slippage, but for zero", () => {
    const slippageOf = (costs: string) =>
      resolveFrom({ costs }, {}, { slippage: "7bps" }).single.slippage?.value;
    expect(formatFixed(slippageOf("kraken-spot")!)).toBe("0.0007");
    expect(slippageOf("zero")).toBeUndefined();
  });

  it("is the same without one as the defaults of the settings", () => {
    const { single } = resolveFrom({});
    const { makerFee, takerFee, slippage } = costModelsOf({}, 1).described;
    const given = [single.makerFee, single.takerFee, single.slippage].map((fee) => formatFixed(fee!.value));
    expect([makerFee, takerFee, slippage]).toEqual(given);
  });

  it("and its kin can be printed", () => {
    const flags = {
      costs: "zero",
      spread: "2 ticks",
      tick: "0.01",
      impact: "sqrt",
      feeCurrency: "BNB@600",
      latency: "1ms",
    };
    const shown = Object.fromEntries(
      describeSettings(resolveFrom(flags)).map(({ name, value }) => [name, value]),
    );
    expect(shown).toMatchObject({
      costs: "zero",
      spread: "2 ticks",
      impact: "sqrt",
      feeCurrency: "BNB@600",
      latency: "1ms",
    });
  });

  it("leverage needs a margin account", () => {
    expect(() => resolveFrom({ leverage: "3" })).toThrow(
      failure("GEO-USAGE", "--leverage: expected a margin account"),
    );
    expect(resolveFrom({ leverage: "3", account: "margin" }).single.leverage?.value).toEqual({
      units: 3n,
      scale: 0,
    });
    expect(resolveFrom({ leverage: "1" }).single.leverage?.value).toEqual({ units: 1n, scale: 0 });
  });

  it("a spread in ticks needs the size of one", () => {
    expect(() => resolveFrom({ spread: "1tick" })).toThrow(
      failure("GEO-USAGE", "--spread: expected the size of a tick"),
    );
  });
});

describe("the period", () => {
  const periodOf = ({ single: { from, to } }: ResolvedSettings) => [from?.value, to?.value];
  const [jan, feb, mar] = [0, 1, 2].map((month) => Date.UTC(2024, month));
  it.each([
    ["a range sets both", { timerange: "20240101-20240301" }, {}, [jan, mar]],
    ["an open side may be given apart", { timerange: "20240101-", to: "20240201" }, {}, [jan, feb]],
    [
      "a flag's side overrides the file's range",
      { from: "20240201" },
      { timerange: "20240101-20240301" },
      [feb, mar],
    ],
    [
      "a flag's range overrides the file's sides",
      { timerange: "-20240301" },
      { from: "20240201" },
      [undefined, mar],
    ],
  ])("%s", (_, flags, json, expected) => {
    expect(periodOf(resolveFrom(flags, {}, json))).toEqual(expected);
  });
  it("refuses two words on one side", () => {
    expect(() => resolveFrom({ timerange: "20240101-", from: "20240101" })).toThrow(
      failure("GEO-USAGE", "--from and --timerange both say where the period begins"),
    );
  });
  it.each([{ timerange: "20240301-20240101" }, { from: "20240101", to: "20240101" }])(
    "refuses an end that is not after the beginning: %j",
    (flags) => {
      expect(() => resolveFrom(flags)).toThrow(
        failure("GEO-OPTION-VALUE", "expected an end after the beginning"),
      );
    },
  );
});

describe("parameters and assertions", () => {
  const paramsOf = ({ params }: ResolvedSettings) =>
    Object.fromEntries(Object.entries(params).map(([key, { value }]) => [key, value]));
  it.each([
    [
      "are taken key by key",
      { params: ["slow=9"] },
      {},
      { params: { fast: 5, slow: 6 } },
      { fast: 5, slow: "9" },
    ],
    ["may hold = signs", { params: ["text=a=b"] }, {}, {}, { text: "a=b" }],
    [
      "come from the environment as well",
      {},
      { GEOSYNC_PARAMS: "fast=1;slow=2" },
      {},
      { fast: "1", slow: "2" },
    ],
    [
      "stay with their strategy",
      { strategy: "momentum" },
      {},
      { strategy: "sma-cross", params: { fast: 5 } },
      {},
    ],
    [
      "are kept when the flag names the same strategy",
      { strategy: "sma-cross" },
      {},
      { strategy: "sma-cross", params: { fast: 5 } },
      { fast: 5 },
    ],
    [
      "of the environment serve the flag's strategy",
      { strategy: "momentum" },
      { GEOSYNC_PARAMS: "lookback=3" },
      {},
      { lookback: "3" },
    ],
  ])("%s", (_, flags, env, json, expected) => {
    expect(paramsOf(resolveFrom(flags, env, json))).toEqual(expected);
  });
  it.each(["fast", "=5", ""])("%j is no parameter", (text) => {
    expect(() => resolveFrom({ params: [text] })).toThrow(failure("GEO-OPTION-VALUE", "--param: expected"));
  });
  it("refuses two values for one parameter", () => {
    expect(() => resolveFrom({ params: ["fast=1", "fast=2"] })).toThrow(
      "--param: expected one value for fast",
    );
  });
  it("assertions of all sources count", () => {
    const { assert } = resolveFrom(
      { assert: ["sharpe>=1"] },
      { GEOSYNC_ASSERT: "trades>3;sqn>1" },
      { assert: "cagr>0" },
    );
    expect(assert.map(({ value }) => value)).toEqual(["sharpe>=1", "trades>3", "sqn>1", "cagr>0"]);
  });
});

describe("the config file", () => {
  it("is optional unless it was named", () => {
    expect(readConfigFile(undefined, join(folder, "nowhere"))).toBeNull();
    expect(() => readConfigFile("missing.json", folder)).toThrow(failure("GEO-CONFIG", "missing.json"));
  });
  it("is picked up by itself", () => {
    fileOf({ cash: 5 });
    expect(readConfigFile(undefined, folder)?.texts.get("cash")).toBe("5");
  });
  it.each([
    [{ fes: "1%" }, "GEO-CONFIG", 'unknown setting "fes". Did you mean "fee"?'],
    [{ "maker-fee": "1%" }, "GEO-CONFIG", 'Did you mean "makerFee"?'],
    [[], "GEO-CONFIG", "expected an object of settings"],
    ["{ nonsense", "GEO-CONFIG", "expected JSON"],
    [{ params: [] }, "GEO-OPTION-VALUE", "geosync.json: params: expected an object"],
    [{ assert: 5 }, "GEO-OPTION-VALUE", "geosync.json: assert: expected texts"],
    [{ cash: true }, "GEO-OPTION-VALUE", "geosync.json: cash: expected a text or a number"],
    ['{ "cash": 12345678901234567890 }', "GEO-OPTION-VALUE", "JSON rounds numbers this long"],
  ])("%j is refused", (json, code, message) => {
    expect(() => fileOf(json)).toThrow(failure(code, message));
  });
  it("looks up a relative strategy beside itself", () => {
    expect(fileOf({ strategy: "./mine.ts" })?.texts.get("strategy")).toBe(join(folder, "mine.ts"));
    expect(fileOf({ strategy: "momentum" })?.texts.get("strategy")).toBe("momentum");
  });
});

describe("what is printed", () => {
  it("hides secrets", () => {
    const lines = describeSettings(resolveFrom({ params: ["apiKey=abc", "fast=5"] }));
    expect(lines).toContainEqual({ name: "params.apiKey", value: "***", from: "flag --param" });
    expect(lines).toContainEqual({ name: "params.fast", value: "5", from: "flag --param" });
  });
  it("writes times, lengths and shares as they can be typed in again", () => {
    const lines = describeSettings(resolveFrom({ from: "20240101", timeframe: "60m", slippage: "5bps" }));
    const value = (name: string) => lines.find((line) => line.name === name)?.value;
    expect([value("from"), value("timeframe"), value("slippage")]).toEqual([
      "2024-01-01T00:00:00Z",
      "1h",
      "0.0005",
    ]);
  });
});
