import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { GeoSyncError, OrderError } from "../../src/domain/errors.ts";
import { toDefinition } from "../../src/strategy/forms.ts";
import {
  bundleStrategy,
  describeFailure,
  evaluateBundle,
  findStrategy,
  listStrategies,
  scrubCredentials,
  strategyThrew,
} from "../../src/strategy/loader.ts";
import { parseParams } from "../../src/strategy/params.ts";
import { fakeContext, quietEnvironment } from "./fakes.ts";

const fixtures = fileURLToPath(new URL("../fixtures/strategies/", import.meta.url));
// Outside the package: no package.json, no node_modules above it.
const folder = mkdtempSync(join(tmpdir(), "geosync-strategies-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function load(path: string) {
  const bundle = await bundleStrategy(path);
  return { bundle, plugin: evaluateBundle(bundle, quietEnvironment()) };
}

async function failureOf(path: string): Promise<GeoSyncError> {
  const error: unknown = await load(path).then(
    () => new Error("it loaded"),
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(GeoSyncError);
  return error as GeoSyncError;
}

describe("loading", () => {
  it.each([
    ["crossing.ts", "definition"],
    ["last-move.js", "class"],
    ["trend.mjs", "vector"],
  ])("%s works, as a %s", async (file, form) => {
    const { bundle, plugin } = await load(join(fixtures, file));
    const loaded = toDefinition(plugin, { name: bundle.name });
    expect(loaded.form).toBe(form);
    const params = parseParams(loaded.definition, {});
    expect(loaded.definition.create(params, fakeContext().ctx)).toHaveProperty("onBar");
  });

  it.each([
    [
      "a.ts",
      'import { defineStrategy } from "geosync"; const x: number = "no number"; export default defineStrategy({ name: "a", create: () => ({ onBar() { x; } }) });',
    ],
    [
      "b.mts",
      'import * as geosync from "geosync"; export default geosync.defineStrategy({ name: "b", create: () => ({ onBar() {} }) });',
    ],
    ["c.js", "export default class { generateSignal() {} }"],
    [
      "d.cjs",
      'const { sma } = require("geosync"); module.exports = (prices) => prices.map((price) => price - sma(1).update(price));',
    ],
    ["e.cjs", "exports.default = (prices) => prices;"],
    [
      "f.ts",
      'import geosync from "geosync"; geosync.sma(3); const self = 1, process = self; export default () => [process];',
    ],
  ])("%s works out of the package, without a build and whatever its types say", async (name, text) => {
    const { bundle, plugin } = await load(write(name, text));
    expect(() => toDefinition(plugin, { name: bundle.name })).not.toThrow();
  });

  it("evaluates afresh for each run, and hashes what is evaluated", async () => {
    const [one, two] = [
      write("state.js", "let n = 0; export default () => n++;"),
      write("x/state.js", "let n = 0; export default () => n++;"),
    ];
    const bundle = await bundleStrategy(one);
    const count = evaluateBundle(bundle, quietEnvironment()) as () => number;
    expect([count(), count()]).toEqual([0, 1]);
    expect((evaluateBundle(bundle, quietEnvironment()) as () => number)()).toBe(0);
    expect((await bundleStrategy(two)).sha256).toBe(bundle.sha256);
    expect((await bundleStrategy(write("state.js", "export default () => 0;"))).sha256).not.toBe(
      bundle.sha256,
    );
  });

  it("runs in strict mode, without globals of its own making", async () => {
    const error = await failureOf(write("sloppy.cjs", "leaked = 1; module.exports = () => leaked;"));
    expect(error.message).toMatch(/sloppy.cjs:1:1 threw ReferenceError: leaked is not defined/);
  });

  it("passes the bundler's warnings on", async () => {
    const { warnings } = await bundleStrategy(write("odd.js", "export default (p) => p === NaN;"));
    expect(warnings).toEqual([expect.stringMatching(/^odd.js:1:25: .*NaN/)]);
  });

  it.each<[string, string, RegExp]>([
    ["a syntax error", "const a = 1;\nconst b = ;", /^x.ts:2:11: Unexpected ";"\n {4}const b = ;$/],
    [
      "an import of node:fs",
      'import fs from "node:fs";\nexport default fs;',
      /^x.ts:1:16: "node:fs" is not there for strategies/,
    ],
    [
      "an import of fs",
      'import fs from "fs";\nexport default fs;',
      /^x.ts:1:16: "fs" is not there for strategies/,
    ],
    [
      "a missing package",
      'import _ from "no-such-package";\nexport default _;',
      /^x.ts:1:15: cannot find "no-such-package"/,
    ],
    ["a part of geosync", 'import x from "geosync/metrics";\nexport default x;', /import from "geosync"/],
    ["a top-level await", "export default await 5;", /^x.ts:1:16: top-level await/],
    ["a dynamic import", 'export default () => import("./a.ts");', /answer too late/],
    ["no default export", "export const a = 1, b = 2;", /x.ts: expected a default export, found only a, b/],
    [
      "a foreign name of geosync",
      'import { CsvDataSource } from "geosync";\nexport default new CsvDataSource();',
      /x.ts:2:20: "geosync" gives strategies no "CsvDataSource"/,
    ],
    [
      "a foreign name of all of geosync",
      'import * as g from "geosync";\nexport default g.Nothing;',
      /x.ts:2:18: "geosync" gives strategies no "Nothing"/,
    ],
    [
      "an error of its own",
      '\nthrow new RangeError("oops");',
      /^strategy x.ts:2:7 threw RangeError: oops \(while it was loaded\)/,
    ],
    [
      "a call of fetch",
      'export default fetch("https://example.com");',
      /x.ts:1:16: fetch is not there for strategies/,
    ],
  ])("refuses %s with file, line and reason", async (_, text, message) => {
    const error = await failureOf(write("x.ts", text));
    expect(error.message).toMatch(message);
    expect(error.code).toBe("GEO-STRATEGY-LOAD");
  });

  it("tells who imports zod that geosync has it", async () => {
    const error = await failureOf(write("x.ts", 'import { z } from "zod";\nexport default z;'));
    expect(error.hint).toMatch(/import { z } from "geosync"/);
  });

  it("refuses a folder that does not exist as any other file", async () => {
    expect((await failureOf(join(folder, "none.ts"))).message).toMatch(/none.ts/);
  });

  it.each(listStrategies({ cwd: folder }))("works for the shipped $name", async ({ name, path }) => {
    const { plugin } = await load(path);
    const { definition } = toDefinition(plugin, { name });
    expect(definition.name).toBe(name);
    expect(definition.create(parseParams(definition, {}), fakeContext({ symbols: ["A"] }).ctx)).toBeTypeOf(
      "object",
    );
  });
});

describe("a strategy that throws", () => {
  const source = `interface Bar { close: number }
export default {
  name: "thrower",
  create() {
    return {
      onBar(bar: Bar) {
        const missing = undefined as unknown as { price: number };
        return missing.price + bar.close;
      },
    };
  },
};
`;

  it("is located in the author's own lines", async () => {
    const { bundle, plugin } = await load(write("thrower.ts", source));
    const { onBar } = toDefinition(plugin, { name: "x" }).definition.create({}, fakeContext().ctx);
    const error = thrownBy(() => fakeContext().feed(onBar, [1]));
    expect(describeFailure(error, bundle)).toMatch(/^thrower.ts:8:\d+ threw TypeError: Cannot read/);
    expect(strategyThrew(error, bundle)).toMatchObject({ code: "GEO-STRATEGY-THREW", cause: error });
  });

  it("is blamed in its own line, not in a part's that is not a package", async () => {
    write("lib/boom.ts", "\n\nexport function boom(): never {\n  throw new Error('bad');\n}\n");
    const { bundle, plugin } = await load(
      write("user.ts", 'import { boom } from "./lib/boom.ts";\nexport default () => boom();'),
    );
    expect(describeFailure(thrownBy(plugin as () => void), bundle)).toMatch(
      /^lib\/boom.ts:4:\d+ threw Error: bad/,
    );
  });

  it("is blamed in the line that called a package", async () => {
    write("node_modules/boom/index.js", "exports.boom = () => { throw new Error('bad'); };");
    const { bundle, plugin } = await load(
      write("user.ts", 'import { boom } from "boom";\nexport default () => boom();'),
    );
    expect(describeFailure(thrownBy(plugin as () => void), bundle)).toMatch(
      /^user.ts:2:\d+ threw Error: bad/,
    );
  });

  it("without an Error is shown by its file alone", async () => {
    const { bundle } = await load(write("text.js", 'export default () => { throw "text"; };'));
    expect(describeFailure("text", bundle)).toBe('text.js threw "text"');
    expect(describeFailure(null, bundle)).toBe("text.js threw null");
  });

  it("keeps the code of our errors, and our bugs as they are", async () => {
    const { bundle } = await load(write("ok.js", "export default () => [];"));
    const request = new OrderError("GEO-ORDER-REQUEST", "quantity: expected …", { hint: "do" });
    const seen = strategyThrew(request, bundle);
    expect(seen).toBeInstanceOf(OrderError);
    expect(seen).toMatchObject({
      code: "GEO-ORDER-REQUEST",
      message: "ok.js: quantity: expected …",
      hint: "do",
    });
    const bug = new GeoSyncError("GEO-INTERNAL", "ours");
    expect(strategyThrew(bug, bundle)).toBe(bug);
  });
});

describe("finding", () => {
  const cwd = join(folder, "work");
  const own = (name: string) => write(`work/strategies/${name}`, "export default () => [];");
  const files = [own("mine.js"), own("mine.ts"), own("types.d.ts"), own("mine.test.ts"), own("other.mjs")];

  it("takes a name from the working folder, TypeScript first", () => {
    expect(findStrategy("mine", { cwd })).toBe(files[1]);
    expect(findStrategy("other", { cwd })).toBe(files[4]);
  });

  it("takes a path, relative or absolute", () => {
    expect(findStrategy("./strategies/mine.js", { cwd })).toBe(files[0]);
    expect(findStrategy(files[0]!, { cwd: "/" })).toBe(files[0]);
    expect(findStrategy("mine.ts", { cwd: join(cwd, "strategies") })).toBe(files[1]);
  });

  it("lists each name once, without types and tests", () => {
    const names = listStrategies({ cwd }).filter(({ shipped }) => !shipped);
    expect(names.map(({ name }) => name)).toEqual(["mine", "other"]);
  });

  it.each([
    ["mien", /no strategy named "mien". Did you mean "mine"\?/],
    ["./mine.ts", /no file .*mine.ts. Did you mean "mine"\?/],
    ["./strategies", /is not a file/],
    ["./readme.md", /no file/],
  ])("%s is unknown", (name, message) => {
    expect(() => findStrategy(name, { cwd })).toThrow(message);
    expect(thrownBy(() => findStrategy(name, { cwd }))).toMatchObject({
      code: "GEO-UNKNOWN-STRATEGY",
      hint: expect.stringMatching(/mine, .*other/),
    });
  });

  it("refuses a file of another kind", () => {
    write("work/readme.md", "");
    expect(() => findStrategy("./readme.md", { cwd })).toThrow(/expected a file that ends in .ts, .mts/);
  });
});

describe("credentials", () => {
  it("are deleted from the environment, and nothing else", () => {
    const env: Record<string, string> = {
      PATH: "x",
      HOME: "x",
      TZ: "UTC",
      GEOSYNC_CASH: "1",
      TOKENIZER: "x",
      NODE_ENV: "x",
    };
    const secret = [
      "EXCHANGE_BINANCE_KEY",
      "BINANCE_API_KEY",
      "KRAKEN_API_SECRET",
      "OKX_PASSPHRASE",
      "MY_SECRET",
      "NPM_TOKEN",
      "AWS_SECRET_ACCESS_KEY",
      "api_key",
    ];
    const kept = Object.keys(env);
    for (const name of secret) env[name] = "secret";
    expect([...scrubCredentials(env)].sort()).toEqual([...secret].sort());
    expect(Object.keys(env)).toEqual(kept);
  });
});

describe("the folder", () => {
  it("reaches Node in its loader only", () => {
    const sources = fileURLToPath(new URL("../../src/strategy/", import.meta.url));
    const users = execFileSync("grep", ["-lE", 'from "(node:|esbuild)', "-r", sources], { encoding: "utf8" });
    for (const file of users.trim().split("\n")) expect(file).toMatch(/\/loader[\w-]*\.ts$/);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}
