/** The house keeps its plan (DESIGN, section 2): who may import whom, what must run in a sandbox, what loads lazily. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folder → folders it may import, besides itself. */
const table: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  indicators: [],
  account: ["domain"],
  strategy: ["domain", "indicators"],
  features: ["domain", "indicators"],
  connectivity: ["domain"],
  data: ["domain", "connectivity"],
  execution: ["domain", "account", "connectivity"],
  engine: ["domain", "account", "strategy"],
  store: ["domain"],
  metrics: ["domain"],
  report: ["domain", "metrics"],
  config: ["domain"],
  run: [
    ...["domain", "indicators", "account", "strategy", "features", "connectivity", "data", "execution"],
    ...["engine", "store", "metrics", "report", "config"],
  ],
  venue: ["domain", "account", "execution"],
  server: ["domain", "metrics", "report", "config", "store", "run"],
  testing: ["domain"],
};
/** May import everything: the command line, and the public API, which only re-exports. */
const roofs = ["cli", "index.ts"];

/** `file imports folder` that break the table on purpose, with the reason. There should be none. */
const exceptions: Readonly<Record<string, string>> = {};

/** Packages whose loading is felt, and the folders that may name them. */
const heavy: Readonly<Record<string, readonly string[]>> = {
  ccxt: ["connectivity"],
  cockatiel: ["connectivity"],
  dotenv: ["config"],
  fastify: ["venue", "server"],
  "hyparquet-writer": ["run"],
  libsql: ["store"],
  "prom-client": ["server"],
  "@grpc/grpc-js": ["server"],
  "@fastify/swagger": ["server"],
  pino: ["connectivity"],
  ws: ["venue", "server"],
  esbuild: ["strategy"],
  "csv-parse": ["data"],
  ora: ["cli"],
  "cli-table3": ["report"],
  chalk: ["cli", "report"],
};

interface Import {
  /** Of the importing file, from the root. */
  readonly file: string;
  /** As written, or the file's path from the root where it is relative. */
  readonly target: string;
  readonly typesOnly: boolean;
  readonly lazy: boolean;
}

const sources = filesOf("src");
const imports = sources.flatMap(importsOf);

it("the parser of imports sees every kind", () => {
  const text = `
    import a, { type B } from "./a.ts";
    import type { C } from "../c/c.ts";
    import {
      d,
    } from "d/sub";
    import "./effect.ts";
    export * from "./e.ts";
    export type { F } from "./f.ts";
    const g = await import("g");
    // import h from "h"; and /* in a comment */
    const i = 'import j from "j"';
    type K = import("./k.ts").K;
  `;
  expect(parse("src/x/y.ts", text).map(({ target, typesOnly, lazy }) => [target, typesOnly, lazy])).toEqual([
    ["src/x/a.ts", false, false],
    ["src/c/c.ts", true, false],
    ["d/sub", false, false],
    ["src/x/effect.ts", false, false],
    ["src/x/e.ts", false, false],
    ["src/x/f.ts", true, false],
    ["g", false, true],
    ["src/x/k.ts", false, true],
  ]);
});

it("finds the sources, and every folder stands in the table", () => {
  expect(imports.length).toBeGreaterThan(200);
  const folders = new Set(sources.map(folderOf));
  expect([...folders].filter((folder) => !(folder in table) && !roofs.includes(folder))).toEqual([]);
});

it("every relative import names a file that is there", () => {
  const missing = imports.filter(({ target }) => target.startsWith("src/") && !sources.includes(target));
  expect(missing.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

it("folders import only what the table allows them, types included", () => {
  const broken = imports.flatMap(({ file, target }) => {
    const [from, to] = [folderOf(file), folderOf(target)];
    if (!target.startsWith("src/") || from === to || roofs.includes(from) || table[from]?.includes(to))
      return [];
    const violation = `${file} imports ${to}`;
    return violation in exceptions ? [] : [violation];
  });
  expect(broken).toEqual([]);
});

it("engine, data and execution never meet but in run/", () => {
  for (const folder of ["engine", "data", "execution"]) {
    const others = ["engine", "data", "execution"].filter((other) => other !== folder);
    expect(table[folder]!.filter((other) => others.includes(other))).toEqual([]);
  }
});

describe("what must run in a sandbox", () => {
  const inner = ["domain", "account", "indicators", "strategy", "engine"];
  const isLoader = (file: string) => /^src\/strategy\/loader[^/]*\.ts$/.test(file);
  const venue = [...closureOf(["src/execution/simulatedVenue.ts", "src/venue/exchange.ts"])];
  const sandboxed = [
    ...new Set([...sources.filter((file) => inner.includes(folderOf(file)) && !isLoader(file)), ...venue]),
  ];

  it("is found", () => {
    expect(sandboxed).toContain("src/engine/engine.ts");
    expect(sandboxed).toContain("src/execution/fillRules.ts");
  });

  it("imports nothing from Node, and not the loader", () => {
    const isNode = ({ target }: Import) =>
      target.startsWith("node:") || builtinModules.includes(target.split("/")[0]!);
    const broken = imports.filter(
      (one) => sandboxed.includes(one.file) && (isNode(one) || isLoader(one.target)),
    );
    expect(broken.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it.each(sandboxed)("%s reads no clock, no chance, no environment", (file) => {
    const text = withoutTexts(readFileSync(join(root, file), "utf8"));
    expect(
      text.match(/\b(?:Date\.now|Math\.random|new Date\(\)|performance\.|process\.|Buffer\.)/g),
    ).toBeNull();
  });
});

describe("heavy packages", () => {
  it.each(Object.entries(heavy))("%s is named only in %j", (name, folders) => {
    const users = imports.filter(({ target }) => packageOf(target) === name).map(({ file }) => file);
    expect(users.filter((file) => !folders.includes(folderOf(file)))).toEqual([]);
  });

  it.each(["src/index.ts", "src/cli/main.ts"])("are not loaded with %s, only when they are used", (entry) => {
    const loaded = closureOf([entry]);
    const early = imports.filter(
      (one) => loaded.has(one.file) && isValue(one) && packageOf(one.target) in heavy,
    );
    expect(early.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});

it("strategies import geosync and nothing else, as their authors would", () => {
  const strategies = filesOf("strategies");
  expect(strategies.length).toBeGreaterThan(2);
  const targets = strategies.flatMap(importsOf).map(({ file, target }) => `${file} imports ${target}`);
  expect(targets.filter((text) => !text.endsWith(" imports geosync"))).toEqual([]);
});

it("the public API only re-exports", () => {
  const text = withoutTexts(readFileSync(join(root, "src/index.ts"), "utf8"));
  expect(text.match(/\b(?:const|let|function|class|import)\b/g)).toBeNull();
});

it("no file is longer than 350 lines", () => {
  const long = [...sources, ...filesOf("strategies"), ...filesOf("test")]
    .map((file) => [file, readFileSync(join(root, file), "utf8").split("\n").length - 1] as const)
    .filter(([, lines]) => lines > 350);
  expect(long).toEqual([]);
});

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name).replaceAll("\\", "/"))
    .sort();
}

function importsOf(file: string): readonly Import[] {
  return parse(file, readFileSync(join(root, file), "utf8"));
}

function parse(file: string, text: string): readonly Import[] {
  const statement =
    /^[ \t]*(?:import|export)\s+(type\s)?(?:[\w$*\s{},]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  return [...code.matchAll(statement)].map(([, type, named, lazily]) => ({
    file,
    target: resolve(file, named ?? lazily!),
    typesOnly: type !== undefined,
    lazy: lazily !== undefined,
  }));
}

function resolve(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(root, join(root, dirname(file), specifier)).replaceAll("\\", "/");
}

/** The folder in src/ that a file belongs to, or its own name when it lies there itself. */
function folderOf(file: string): string {
  return file.split("/")[1] ?? "";
}

function packageOf(target: string): string {
  return target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : target.split("/")[0]!;
}

function isValue({ typesOnly, lazy }: Import): boolean {
  return !typesOnly && !lazy;
}

/** The files that come along when `entries` are loaded. */
function closureOf(entries: readonly string[]): ReadonlySet<string> {
  const reached = new Set(entries);
  for (const file of reached) {
    for (const one of imports)
      if (one.file === file && isValue(one) && sources.includes(one.target)) reached.add(one.target);
  }
  return reached;
}

/** Code alone: no comments, no string literals. */
function withoutTexts(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "$1")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}
