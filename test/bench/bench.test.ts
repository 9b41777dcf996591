import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { buildWhenStale, root } from "../e2e/geosync.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-bench-"));
beforeAll(buildWhenStale);
afterAll(() => rmSync(folder, { recursive: true }));

const text = z.string().min(1);
const spread = z
  .strictObject({ median: z.number(), min: z.number(), max: z.number(), raw: z.array(z.number()).min(1) })
  .refine(({ median, min, max, raw }) => raw.includes(median) && min <= median && median <= max);
const document = z.strictObject({
  schema: z.literal("geosync.bench/1"),
  figure: text,
  quick: z.literal(true),
  node: z.literal(process.version),
  cpu: text,
  cores: z.int().positive(),
  load: z.number().nonnegative(),
  lines: z
    .array(z.strictObject({ work: text, target: text, measured: text, against: text, met: z.boolean() }))
    .min(1),
  results: z.array(z.record(text, z.unknown())).min(1),
});

function bench(file: string, ...args: readonly string[]) {
  return execa(process.execPath, [join(root, "bench", file), ...args], { cwd: root, reject: false });
}

type Figure = z.infer<typeof document>;
const measured = new Map<string, Promise<Figure>>();

function quickly(name: string): Promise<Figure> {
  const known = measured.get(name) ?? measureQuickly(name);
  measured.set(name, known);
  return known;
}

async function measureQuickly(name: string): Promise<Figure> {
  const { stdout, stderr, exitCode } = await bench(`${name}.js`, "--quick");
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return document.parse(JSON.parse(stdout));
}

describe("a figure", () => {
  it.each([
    ["csv", ["ratio", "columnsMs", "csvParseMs", "streamWithSha256Ms", "peakMB"]],
    ["engine", ["firstRunBarsPerSecond", "warmRunBarsPerSecond"]],
    ["fills", ["firstRunFillsPerSecond", "warmRunFillsPerSecond"]],
    ["process", ["share", "backtestMs", "csvParseMs", "peakMB", "peakWithBundlerMB"]],
    ["help", ["difference", "helpMs", "bareMs"]],
    ["grademark", ["ratio", "geosyncBarsPerSecond", "grademarkBarsPerSecond"]],
    ["journal", ["commitMs", "commitP99Ms", "readMs"]],
    ["recovery", ["recoveryMs", "withoutCheckpointMs", "replayMs", "timesRealTime"]],
    ["soak", ["keptMB"]],
    ["latency", ["medianMs", "p99Ms", "ticksPerSecond"]],
    ["geometry", ["firstRunUpdatesPerSecond", "warmRunUpdatesPerSecond"]],
    ["webSocket", ["updateP50Ms", "updateP99Ms", "stalledP99Ms", "engineP99Ms", "cpuShare"]],
    ["grpc", ["medianMs", "p99Ms", "cpuMs"]],
    ["api", ["medianMs", "p99Ms", "bareMedianMs", "bareP99Ms"]],
  ])("%s prints one document with medians and every value measured", async (name, measures) => {
    const { figure, results } = await quickly(name);
    expect(figure).toBe(name);
    for (const result of results) for (const measure of measures) spread.parse(result[measure]);
  });
});

describe("the engine's figure", () => {
  it("lets no order of the fixed quantity be refused, and trades as often as the sample does", async () => {
    const { results } = await quickly("engine");
    const fixed = results.filter(({ size }) => size === "0.001 BTC");
    expect(fixed).toHaveLength(4);
    for (const { fills, reasons } of fixed) expect(reasons).toEqual({ filled: fills });
    const fillsOf = (strategy: string) =>
      fixed.filter((one) => one.strategy === strategy).map(({ fills }) => fills);
    expect(fillsOf("shipped")).toEqual(fillsOf("sample"));
  });
});

describe("the table", () => {
  const readme = join(folder, "README.md");
  const results = join(folder, "results.ndjson");

  it("goes between the README's markers, again and again, and leaves the rest as it was", async () => {
    writeFileSync(readme, "before\n<!-- figures -->\n<!-- /figures -->\nafter\n");
    const args = ["--quick", "--write", "--readme", readme, "--results", results];
    await bench("run.js", "fills", ...args);
    const { stdout, exitCode } = await bench("run.js", "fills", "help", ...args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\| work \| at least \| measured \| against \|\n\| --- .*\n\| a strategy .*\n\| `geosync --help` \| /,
    );
    expect(readFileSync(readme, "utf8")).toBe(
      `before\n<!-- figures -->\n${stdout}\n<!-- /figures -->\nafter\n`,
    );
  });

  it("keeps the figures that were measured earlier on this machine, and all raw values", async () => {
    const args = ["help", "--quick", "--write", "--readme", readme, "--results", results];
    await bench("run.js", ...args);
    expect(readFileSync(readme, "utf8")).toMatch(/\n\| a strategy .*\n\| `geosync --help` \| /);
    const documents = readFileSync(results, "utf8").trim().split("\n");
    expect(documents.map((line) => document.parse(JSON.parse(line)).figure)).toEqual(["fills", "help"]);
  });

  it("measures nothing for a README that has no place for it", async () => {
    const bare = join(folder, "bare.md");
    const other = join(folder, "other.ndjson");
    writeFileSync(bare, "no markers\n");
    const { stderr, exitCode } = await bench("run.js", "--write", "--readme", bare, "--results", other);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("expected a line <!-- figures --> and later one <!-- /figures -->");
    expect(stderr).not.toContain("…");
    expect(existsSync(other)).toBe(false);
  });

  it("refuses a figure that it does not know", async () => {
    const { stderr, exitCode } = await bench("run.js", "sharpe", "--quick");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "expected figures among csv, engine, fills, process, help, grademark, journal, liveBook, adapter, venue, recovery, soak, latency, geometry, grpc, webSocket, api, found sharpe",
    );
  });
});
