import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flagOf, settingNames } from "../../src/config/settings.ts";
import { exitCodes } from "../../src/domain/errors.ts";
import { canonicalHash } from "../../src/report/canonical.ts";
import {
  backtestSchema,
  configSchema,
  errorSchema,
  metricsSchema,
  strategiesSchema,
} from "../../src/report/schema.ts";
import { bin, buildWhenStale, documentOf, geosync, root, workingFolder } from "./geosync.ts";

const folder = workingFolder();
beforeAll(buildWhenStale);
afterAll(() => rmSync(folder, { recursive: true }));

const daily = "data/SP500_1d.csv";
const minutes = "data/BTCUSDT_1m_synthetic.csv";
const cross = ["backtest", daily, "--strategy", "sma-cross"];

describe("backtest", () => {
  it("prints a table that fits 80 columns, and nothing on stderr", async () => {
    const { stdout, stderr, exitCode } = await geosync(cross);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const lines = String(stdout).split("\n");
    expect(lines[0]).toContain("sma-cross (fast 10, slow 30");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain(String.fromCharCode(27));
  });

  it("prints the same document wherever the files are, but for paths and duration", async () => {
    const args = ["backtest", "--strategy", "momentum", "--param", "lookback=60", "--json"];
    const here = await geosync([...args, minutes]);
    const there = await geosync([...args, join(root, minutes)], { cwd: folder });
    const document = documentOf(here.stdout, backtestSchema);
    expect(document.run.id).toBe(documentOf(there.stdout, backtestSchema).run.id);
    expect(canonicalHash(document).slice(0, 12)).toBe(document.run.id);
    expect(document.run.strategy.params).toMatchObject({ lookback: 60 });
  });

  it("passes every setting on to the run", async () => {
    const settings = {
      "--cash": "5000",
      "--account": "margin",
      "--sizing": "decision",
      "--maker-fee": "1bps",
      "--taker-fee": "2bps",
      "--slippage": "3bps",
      "--fill-limit": "touch",
      "--entry-bar": "skip",
      "--collar": "2%",
      "--at-end": "close",
      "--seed": "7",
      "--symbol": "ES",
      "--venue": "cme",
      "--timerange": "20100101-20120101",
      "--periods-per-year": "250",
      "--risk-free": "1%",
    };
    const { stdout } = await geosync([...cross, ...Object.entries(settings).flat(), "--json"]);
    const { run, metrics } = documentOf(stdout, backtestSchema);
    expect(run).toMatchObject({
      cash: "5000",
      account: "margin",
      sizing: "decision",
      costs: {
        makerFee: "0.0001",
        takerFee: "0.0002",
        slippage: "0.0003",
        fillLimit: "touch",
        entryBar: "skip",
      },
      collar: "0.02",
      atEnd: "close",
      seed: 7,
      venue: "CME",
      data: [{ symbol: "ES" }],
    });
    expect(run.from >= "2010" && run.to <= "2012-01-02").toBe(true);
    expect(metrics).toMatchObject({ periodsPerYear: 250, riskFreeRate: 0.01 });
  });

  it("reads geosync.json and the environment, flags first", async () => {
    writeFileSync(
      join(folder, "geosync.json"),
      '{ "strategy": "sma-cross", "params": { "fast": 5 }, "cash": 7000 }',
    );
    const { stdout } = await geosync(["backtest", daily, "--json", "--param", "slow=20"], {
      cwd: folder,
      env: { GEOSYNC_CASH: "8000" },
    });
    rmSync(join(folder, "geosync.json"));
    const { run } = documentOf(stdout, backtestSchema);
    expect(run).toMatchObject({
      cash: "8000",
      strategy: { name: "sma-cross", params: { fast: 5, slow: 20 } },
    });
  });

  it("prints settings and their sources without running", async () => {
    const { stdout, exitCode } = await geosync(["backtest", "--print-config", "--fee", "10bps"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/takerFee +0\.001 +flag --fee/);
    const json = await geosync(["backtest", "--print-config", "--json"]);
    expect(documentOf(json.stdout, configSchema).settings).toContainEqual({
      name: "cash",
      value: "10000",
      from: "default",
    });
  });

  it("writes the trades and everything else into files", async () => {
    const { stdout } = await geosync([...cross, "--json", "--trades", "t.json", "--out", "results"], {
      cwd: folder,
    });
    const document = documentOf(stdout, backtestSchema);
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    expect(JSON.parse(read("t.json"))).toEqual(document.trades);
    expect(JSON.parse(read("results/report.json"))).toEqual(document);
    expect(read("results/fills.csv").trim().split("\n")).toHaveLength(document.run.fills + 1);
    expect(read("results/equity.csv").trim().split("\n")).toHaveLength(document.run.bars + 1);
    expect(readdirSync(join(folder, "results"))).toHaveLength(7);
  });

  it("shows what the strategy logs on stderr, with the time of the run", async () => {
    const { stderr } = await geosync([
      ...["backtest", daily, "--strategy", "test/fixtures/strategies/slow.mjs", "--to", "20000115", "--json"],
    ]);
    expect(stderr).toMatch(/^2000-01-04T00:00:00Z started symbol=SP500 a b="c d"$/m);
    expect(stderr).toMatch(/^2000-01-05T00:00:00Z on the console level=info$/m);
  });
});

describe("assertions", () => {
  it("that fail exit with 3, and the report is printed all the same", async () => {
    const { stdout, stderr, exitCode } = await geosync([
      ...cross,
      "--assert",
      "sharpe>=50",
      "--assert",
      "trades>3",
    ]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain("Total return");
    expect(stdout).toMatch(/- FAILS sharpe>=50: found 0\.\d+/);
    expect(stderr).toMatch(/^error GEO-ASSERTION-FAILED: expected sharpe>=50: found 0\.\d+$/);
  });
  it("are an array of the document", async () => {
    const { stdout, exitCode } = await geosync([
      ...cross,
      "--json",
      "--assert",
      "sharpe>=50",
      "--assert",
      "trades>3",
    ]);
    expect(exitCode).toBe(3);
    expect(documentOf(stdout, backtestSchema).assertions).toMatchObject([{ holds: false }, { holds: true }]);
  });
  it("that can never fail are refused before anything runs", async () => {
    const { stdout, stderr, exitCode } = await geosync([...cross, "--assert", "winRate>=0"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain("GEO-ASSERTION-INVALID");
  });
});

describe("metrics", () => {
  it("measures what a backtest wrote as the backtest did", async () => {
    const run = documentOf((await geosync([...cross, "--json"])).stdout, backtestSchema);
    const { stdout } = await geosync(["metrics", "-", "--json"], { input: JSON.stringify(run) });
    const { metrics } = documentOf(stdout, metricsSchema);
    expect(metrics).toEqual(run.metrics);
  });
  it("measures a bare series from stdin, and checks it", async () => {
    const { stdout, exitCode } = await geosync(
      ["metrics", "-", "--periods-per-year", "252", "--assert", "winRate>=99%"],
      { input: "[0.01, -0.02, 0.03]" },
    );
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/Win rate +│ +66\.67 %/);
  });
  it.each([
    ["{ nonsense", 4, "GEO-VALUE"],
    ['{ "schema": "other" }', 4, "GEO-VALUE"],
  ])("refuses %s", async (input, exit, code) => {
    const { stdout, exitCode } = await geosync(["metrics", "-", "--json"], { input });
    expect(exitCode).toBe(exit);
    expect(documentOf(stdout, errorSchema).error.code).toBe(code);
  });
});

describe("strategies", () => {
  it("lists what comes with geosync and what is in ./strategies, broken ones with their problem", async () => {
    const { stdout } = await geosync(["strategies", "--json"]);
    const { strategies } = documentOf(stdout, strategiesSchema);
    expect(strategies.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["buy-and-hold", "momentum", "sma-cross"]),
    );
    expect((await geosync(["strategies"])).stdout).toMatch(/^sma-cross +\S+ +Long while/m);
  });
  it("explains one, by name or path", async () => {
    expect((await geosync(["strategies", "sma-cross"])).stdout).toMatch(/^fast +integer > 0 +10 +Bars/m);
    const { stdout } = await geosync(["strategies", "test/fixtures/strategies/crossing.ts", "--json"]);
    expect(documentOf(stdout, strategiesSchema).strategies).toMatchObject([{ problem: null }]);
  });
});

describe("failures", () => {
  it.each([
    [["bactest"], 2, "GEO-USAGE", "Did you mean backtest?"],
    [["backtest", "--fees", "1%"], 2, "GEO-USAGE", "Did you mean --fee?"],
    [["backtest", "--fee"], 2, "GEO-USAGE", "argument missing"],
    [["backtest"], 2, "GEO-USAGE", "expected at least one data file"],
    [["backtest", daily], 2, "GEO-USAGE", "--strategy: expected"],
    [["metrics"], 2, "GEO-USAGE", "missing required argument"],
    [["strategies", "a", "b"], 2, "GEO-USAGE", "too many arguments"],
    [[...cross, "--explain", "noon"], 2, "GEO-OPTION-VALUE", "--explain: expected a date"],
    [
      [...cross, "--explain", "2021-01-01"],
      2,
      "GEO-OPTION-VALUE",
      "2000-01-03T00:00:00Z to 2020-04-18T00:00:00Z",
    ],
    [[...cross, "--fee", "0.1"], 2, "GEO-OPTION-VALUE", "name the unit"],
    [[...cross, "--config", "no.json"], 2, "GEO-CONFIG", "no.json"],
    [[...cross, "--param", "fst=1"], 2, "GEO-STRATEGY-PARAMETER", 'Did you mean "fast"?'],
    [["backtest", daily, "--strategy", "sma-crss"], 2, "GEO-UNKNOWN-STRATEGY", 'Did you mean "sma-cross"?'],
    [[...cross, "--trades", "no/t.json"], 4, "GEO-OUTPUT", "--trades: expected the folder"],
    [["backtest", "no.csv", "--strategy", "momentum"], 4, "GEO-FILE", "no.csv"],
    [["metrics", "no.json"], 4, "GEO-FILE", "no.json"],
  ])("%j exits with %i", async (args, exit, code, message) => {
    const plain = await geosync(args);
    expect({ stdout: plain.stdout, exitCode: plain.exitCode }).toEqual({ stdout: "", exitCode: exit });
    expect(plain.stderr).toMatch(`error ${code}: `);
    expect(plain.stderr).toContain(message);
    const json = await geosync([...args, "--json"]);
    expect([json.exitCode, json.stderr]).toEqual([exit, ""]);
    expect(documentOf(json.stdout, errorSchema).error.code).toBe(code);
  });
});

describe("help and version", () => {
  it.each([[[]], [["--help"]], [["help"]], [["-h"]]])("%j prints the commands to stdout", async (args) => {
    const { stdout, stderr, exitCode } = await geosync(args);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    for (const name of ["backtest", "metrics", "strategies", "Examples:"]) expect(stdout).toContain(name);
  });
  it("has a line for each flag of a backtest, within 80 columns", async () => {
    const { stdout } = await geosync(["backtest", "--help"]);
    for (const name of settingNames) expect(stdout).toMatch(new RegExp(`^ +${flagOf(name)} <`, "m"));
    const widest = Math.max(
      ...String(stdout)
        .split("\n")
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(80);
  });
  it("prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect((await geosync(["--version"])).stdout).toBe(version);
  });
  it("loads nothing heavy for help", async () => {
    const { stderr } = await geosync(["--help"], {
      env: { PATH: process.env.PATH ?? "", NODE_DEBUG: "esm" },
    });
    const loaded = new Set(String(stderr).match(/(?<=file:\/\/)[^"',\s]+\.js/g));
    expect([...loaded]).toContain(join(root, "dist/cli/main.js"));
    for (const file of loaded) expect(readFileSync(file, "utf8")).not.toMatch(/^\/\/ .*(?:zod|engine)\//m);
    expect([...loaded].filter((file) => file.includes("node_modules"))).toEqual([]);
  });
});

describe("the process", () => {
  it("ends quietly when its reader has seen enough", async () => {
    const command = `"${process.execPath}" "${bin}" ${cross.join(" ")} --json | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await execa("bash", ["-c", command], { cwd: root });
    expect({ lines: stdout.split("\n"), stderr }).toEqual({ lines: ["{", "0"], stderr: "" });
  });

  const long = join(folder, "LONG_1m.csv");
  const slow = [
    ...["backtest", long, "--json", "--timeframe", "1m"],
    ...["--strategy", join(root, "test/fixtures/strategies/slow.mjs")],
  ];
  it.each([
    ["SIGINT", 130, "GEO-INTERRUPTED"],
    ["SIGTERM", 143, "GEO-TERMINATED"],
  ] as const)("stops on %s with %i and says so", async (signal, exit, code) => {
    const start = Date.UTC(2020, 0, 1);
    const rows = Array.from({ length: 300_000 }, (_, i) => `${start + i * 60_000},100,101,99,100,1`);
    if (!existsSync(long)) writeFileSync(long, `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
    const running = geosync(slow);
    running.stderr?.once("data", () => running.kill(signal));
    const { stdout, stderr, exitCode } = await running;
    expect(exitCode).toBe(exit);
    expect(documentOf(stdout, errorSchema).error.code).toBe(code);
    expect(stderr).toMatch(/stopped$/);
  });
});

describe("the documentation", () => {
  const guide = readFileSync(join(root, "docs/cli.md"), "utf8");

  it("explains every setting", () => {
    for (const name of settingNames) expect(guide).toContain(`\`${flagOf(name)}`);
  });

  it("lists every error code with its exit code, and no other", () => {
    const text = readFileSync(join(root, "docs/errors.md"), "utf8");
    const listed = [...text.matchAll(/^\| `(GEO-[A-Z-]+)` \| (\d+) \|/gm)].map(([, code, exit]) => [
      code,
      Number(exit),
    ]);
    expect(Object.fromEntries(listed)).toEqual(exitCodes);
  });
});
