import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { canonicalHash } from "../../src/report/canonical.ts";
import { csvLines } from "../../src/report/csv.ts";
import type { RunDetails } from "../../src/report/document.ts";
import { jsonText } from "../../src/report/json.ts";
import { checkTradesFile, prepareOutFolder, writeFolder, writeTrades } from "../../src/report/out.ts";
import { document, trade } from "./documents.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-out-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("JSON", () => {
  it("says the same as JSON.stringify, in the same order", () => {
    expect(JSON.stringify(JSON.parse(jsonText(document)))).toBe(JSON.stringify(document));
    expect(jsonText({ a: [], b: {}, c: [{ d: 1 }], e: null, f: undefined })).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    {"d":1}\n  ],\n  "e": null\n}\n',
    );
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d anywhere", (value) => {
    for (const json of [{ a: value }, { a: [value] }, { a: [{ b: [value] }] }]) {
      expect(() => jsonText(json)).toThrow(expect.objectContaining({ code: "GEO-INTERNAL" }));
    }
  });
});

it("CSV quotes what would break a cell", () => {
  const rows = [
    { a: 'say "x"', b: "1,2" },
    { a: null, b: "line\nbreak" },
  ];
  expect([...csvLines(["a", "b"], rows)].join("")).toBe('a,b\n"say ""x""","1,2"\n,"line\nbreak"\n');
});

describe("the canonical hash", () => {
  const { run } = document;
  it.each([
    ["id", { ...document, run: { ...run, id: "ffffffffffff" } }],
    ["duration", { ...document, run: { ...run, durationMs: 1 } }],
    [
      "place of the strategy",
      { ...document, run: { ...run, strategy: { ...run.strategy, path: "/else.ts" } } },
    ],
    ["place of the data", { ...document, run: { ...run, data: [{ ...run.data[0]!, path: "/else.csv" }] } }],
    ["words of a warning", { ...document, warnings: [{ code: "few-trades", message: "/else.csv" }] }],
    ["assertions", { ...document, assertions: [] }],
    ["order of keys", Object.fromEntries(Object.entries(document).reverse()) as unknown as typeof document],
  ])("does not depend on the %s", (_, same) => {
    expect(canonicalHash(same)).toBe(canonicalHash(document));
  });
  it.each([
    ["a trade", { ...document, trades: [{ ...trade, exitTag: "other" }] }],
    [
      "a parameter called path",
      { ...document, run: { ...run, strategy: { ...run.strategy, params: { path: "x" } } } },
    ],
    ["a warning", { ...document, warnings: [] }],
    ["the seed", { ...document, run: { ...run, seed: 2 } }],
  ])("depends on %s", (_, other) => {
    expect(canonicalHash(other)).not.toBe(canonicalHash(document));
  });
});

describe("files", () => {
  const details: RunDetails = {
    decisions: ['["a"]', '["b"]'],
    fills: [
      {
        orderId: "1",
        symbol: "BTC/USDT",
        side: "buy",
        time: "2024-01-01T00:00:00Z",
        bar: 1,
        price: "42000",
        quantity: "0.5",
        fee: "21",
        feeCurrency: "USDT",
        maker: false,
        clipped: false,
        tag: null,
      },
    ],
    equity: [["2024-01-02T00:00:00Z", "10100"]],
  };

  it("--out holds everything, and nothing half written", () => {
    const out = join(folder, "a", "b");
    prepareOutFolder(out);
    writeFolder(out, document, details);
    expect(readdirSync(out).sort()).toEqual(
      [
        "decisions.jsonl",
        "equity.csv",
        "fills.csv",
        "report.json",
        "report.txt",
        "trades.csv",
        "trades.json",
      ].sort(),
    );
    const read = (name: string) => readFileSync(join(out, name), "utf8");
    expect(JSON.parse(read("report.json"))).toEqual(document);
    expect(JSON.parse(read("trades.json"))).toEqual([trade]);
    expect(read("trades.csv").split("\n")[0]).toBe(Object.keys(trade).join(","));
    expect(read("fills.csv").split("\n")[0]).toBe(Object.keys(details.fills[0]!).join(","));
    expect(read("equity.csv")).toBe("time,equity\n2024-01-02T00:00:00Z,10100\n");
    expect(read("decisions.jsonl")).toBe('["a"]\n["b"]\n');
  });

  it("--trades replaces a file, and what a link points at", () => {
    const [file, link] = [join(folder, "t.json"), join(folder, "link.json")];
    writeFileSync(file, "old");
    symlinkSync(file, link);
    writeTrades(link, [trade]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([trade]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("--trades to a device leaves the device there", () => {
    writeTrades("/dev/null", [trade]);
    expect(existsSync("/dev/null") && readFileSync("/dev/null", "utf8")).toBe("");
  });

  it("--trades needs its folder, and a name that is no folder", () => {
    const error = (text: string) =>
      expect.objectContaining({
        code: "GEO-OUTPUT",
        message: expect.stringContaining(text),
        hint: expect.any(String),
      });
    expect(() => checkTradesFile(join(folder, "no", "t.json"))).toThrow(
      error("--trades: expected the folder"),
    );
    expect(() => checkTradesFile(folder)).toThrow(error("found the folder"));
    mkdirSync(join(folder, "gone"));
    expect(() => writeTrades(join(folder, "gone"), [])).toThrow(error("expected a file that can be written"));
  });

  it("--out that is a file is refused", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => prepareOutFolder(join(folder, "file"))).toThrow(
      expect.objectContaining({ code: "GEO-OUTPUT" }),
    );
  });
});
