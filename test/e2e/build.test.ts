/** What the build makes beyond the sources: bundled strategies, a thread for large files, zod in fewer bytes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backtest } from "../../src/run/backtest.ts";
import { bundleStrategy } from "../../src/strategy/loader.ts";
import { buildWhenStale, geosync, root } from "./geosync.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-build-"));
beforeAll(buildWhenStale);
afterAll(() => rmSync(folder, { recursive: true }));

describe("a shipped strategy", () => {
  const names = readdirSync(join(root, "strategies"));

  it.each(names)("%s lies bundled in dist, as the loader would bundle it now", async (name) => {
    const prepared: unknown = JSON.parse(readFileSync(join(root, `dist/strategies/${name}.json`), "utf8"));
    const { path, ...bundle } = await bundleStrategy(join(root, "strategies", name));
    expect(prepared).toEqual({ ...bundle, source: readFileSync(path, "utf8") });
  });

  it.each([
    ["runs without a bundler", "strategies/sma-cross.ts", false],
    ["of the user's is bundled", "test/fixtures/strategies/crossing.ts", true],
  ])("%s", async (_, strategy, bundled) => {
    const { stderr, exitCode } = await geosync(
      ["backtest", "data/SP500_1d.csv", "--strategy", join(root, strategy)],
      { env: { PATH: process.env.PATH ?? "", NODE_DEBUG: "esm" } },
    );
    expect(exitCode).toBe(0);
    expect(String(stderr).includes("node_modules/esbuild/")).toBe(bundled);
  });
});

describe("a file of some megabytes", () => {
  const start = Date.UTC(2020, 0, 1);
  const rowAt = (i: number) => `${start + i * 60_000},100.0,150.5,9.25,${110 + ((i * 37) % 39)},${i % 13}`;
  const rows = Array.from({ length: 260_000 }, (_, i) => rowAt(i));
  const write = (name: string, lines: readonly string[], names = "timestamp,open,high,low,close,volume") => {
    const path = join(folder, name);
    writeFileSync(path, `${names}\n${lines.join("\n")}\n`);
    return path;
  };
  const large = write("GOOD_1m.csv", rows);
  const broken = write("BAD_1m.csv", rows.with(200_000, rowAt(200_000).replace(",9.25,", ",9.2.5,")));

  // The first row of a chunk (4096 rows, then twice as many each time) repeats the last of the one before, which is with
  // another thread by then.
  const prices = rows.map((_, i) => `${start + i * 60_000},1${(i * 37) % 39}.0000000000000000000000000`);
  const repeated = write("TWICE_1m.csv", prices.toSpliced(61_440, 0, prices[61_439]!), "timestamp,close");

  // The sources run in one thread: TypeScript is for the tests alone to load.
  it.each([
    ["", large, "strategies/sma-cross.ts", {}],
    ["a second time for the whole history", large, "test/fixtures/strategies/trend.mjs", {}],
    ["up to a time", large, "strategies/sma-cross.ts", { to: start + 7e9 }],
    ["with a warm-up", large, "strategies/sma-cross.ts", { from: start + 7e9 }],
    ["past a bad row", broken, "strategies/sma-cross.ts", { badRows: "skip" }],
    ["past a repeated price", repeated, "strategies/sma-cross.ts", { badRows: "skip" }],
  ] as const)("is read %s in a thread as it is in none", async (_, path, name, options) => {
    const strategy = join(root, name);
    const flags = Object.entries(options).flatMap(([key, value]) => [
      key === "badRows" ? "--bad-rows" : `--${key}`,
      String(value),
    ]);
    const env = { PATH: process.env.PATH ?? "", NODE_DEBUG: "worker" };
    const args = ["backtest", path, "--strategy", strategy, "--json", ...flags];
    const { stdout, stderr } = await geosync(args, { env });
    expect(String(stderr).includes("csvWorker.js")).toBe(availableParallelism() > 1);
    const { document } = await backtest({ files: [path], strategy, cwd: root, ...options });
    expect(document.warnings.some(({ code }) => code === "skipped-rows")).toBe("badRows" in options);
    expect(withoutDuration(JSON.parse(String(stdout)))).toEqual(withoutDuration(document));
  });

  it("is refused with the row and column that are wrong", async () => {
    const { stderr, exitCode } = await geosync(["backtest", broken, "--strategy", "buy-and-hold"]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      `error GEO-DATA-VALUE: ${broken}, row 200002, column "low": expected a plain decimal number, found "9.2.5"`,
    );
    expect(stderr).toContain("--bad-rows skip");
  });

  it("is, loaded whole in two threads, what it is in chunks", { timeout: 60_000 }, async () => {
    const path = join(folder, "BTC-USDT_large_1m.csv");
    const rows = 2_200_000;
    const lines = Array.from(
      { length: 1000 },
      (_, i) => `,40000.${i},41000.5,39000.25,40000.${i},1.${i}00100200300\n`,
    );
    const text = Array.from(
      { length: rows },
      (_, i) => `${1_600_000_000_000 + i * 60_000}${lines[i % 1000]}`,
    );
    writeFileSync(path, ["time,open,high,low,close,volume\n", ...text].join(""));
    const program = `
      import { openCsv, readColumns } from ${JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href)};
      const whole = await readColumns(${JSON.stringify(path)});
      let [row, same] = [0, whole.length === ${rows}];
      for await (const chunk of (await openCsv(${JSON.stringify(path)})).chunks()) {
        for (let i = 0; i < chunk.length; i++, row++) {
          same &&= chunk.times[i] === whole.times[row] && chunk.openTimes[i] === whole.openTimes[row];
          for (const name of ["open", "high", "low", "close", "volume"]) {
            const [a, b] = [chunk[name], whole[name]];
            same &&= a.mantissas[i] * 10 ** (b.scale - a.scale) === b.mantissas[row];
          }
        }
      }
      console.log(row, same);`;
    const env = { NODE_DEBUG: "worker" };
    const { stdout, stderr } = await execa(process.execPath, ["--input-type=module", "-e", program], { env });
    expect(stdout).toBe(`${rows} true`);
    expect(stderr.includes("csvWorker.js")).toBe(availableParallelism() > 1);
  });

  it("leaves no thread behind, whether a run ends or fails", async () => {
    const program = `
      import { backtest } from ${JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href)};
      for (const path of ${JSON.stringify([large, broken])})
        await backtest({ files: [path], strategy: "buy-and-hold" }).then(() => console.log("ran"), (e) => console.log(e.name));
      console.log(process.getActiveResourcesInfo().filter((name) => /worker|message/i.test(name)).length);`;
    const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", program], {
      timeout: 30_000,
    });
    expect(stdout.split("\n")).toEqual(["ran", "ValidationError", "0"]);
  });
});

describe("the bundled API", () => {
  it("keeps the names of errors, and zod in all its languages", async () => {
    const program = `
      import * as geosync from ${JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href)};
      const { z, ...rest } = geosync;
      for (const [name, Kind] of Object.entries(rest))
        if (name.endsWith("Error") && new Kind("GEO-VALUE", "").name !== name) console.log(name);
      for (const locale of ["de", "en"]) {
        z.config(z.locales[locale]());
        console.log(z.string().safeParse(1).error.issues[0].message);
      }`;
    const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", program]);
    expect(stdout.split("\n")).toEqual([
      "Ungültige Eingabe: erwartet string, erhalten Zahl",
      "Invalid input: expected string, received number",
    ]);
  });
});

describe("the bundled code", () => {
  it("declares constants as constants, and what the sources write to as variables", () => {
    const textOf = (folder: string, ending: string) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        // The page of the dashboard is bundled for browsers, and made small.
        .filter((name) => name.endsWith(ending) && !name.includes("dashboard/"))
        .map((name) => readFileSync(join(root, folder, name), "utf8"))
        .join("\n");
    const built = textOf("dist", ".js");
    const variables = [...textOf("src", ".ts").matchAll(/^(?:export )?let (\w+)/gm)].map(([, name]) => name!);
    expect(variables).toContain("lastKeys");
    for (const name of variables) expect(built).toMatch(new RegExp(`^var ${name}\\d*\\b`, "m"));
    for (const name of variables) expect(built).not.toMatch(new RegExp(`^const ${name}\\d*\\b`, "m"));
    expect(built).toMatch(/^const powersOfTen = /m);
  });
});

function withoutDuration(document: { readonly run: object }): object {
  return { ...document, run: { ...document.run, durationMs: 0 } };
}
