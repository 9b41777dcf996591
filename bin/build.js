/**
 * Builds dist/ from src/ and strategies/: `npm run build` always; `npm ci` (prepare) and the tests only when a source is
 * newer. Without a compiler (`npm ci --omit=dev`) there is nothing to do, and that is no failure.
 *
 * The code is bundled, since most of a short run would go into opening two hundred modules one by one: an entry each
 * for the command and the API, and chunks for what they share and for what is loaded only when it is used.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { keepConstants, variablesIn } from "./keepConstants.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const compiler = join(root, "node_modules/typescript/bin/tsc");
const onlyWhenStale = process.argv.includes("--if-stale");

/** The last ones are for the benchmarks and for this file. */
const entries = [
  ...["cli/main", "index", "data/csvWorker"],
  ...[
    "run/plugin",
    "run/simulate",
    "server/grpc",
    "server/service",
    "store/sessionStore",
    "strategy/loader",
    "testing/index",
  ],
  ...["live", "open", "plan", "replaySession", "runner"].map((name) => `run/session/${name}`),
  ...["service", "webSocket"].map((name) => `server/${name}`),
];
/** Needed by nearly every run, hence part of the bundle; all others are left to be found in node_modules. */
const bundled = ["chalk", "cli-table3", "commander", "decimal.js", "zod"];
/** Part of the dashboard. */
const shown = ["lightweight-charts", "fancy-canvas"];

/** zod in fifty languages is half of zod: all but English wait in the package until one is asked for. */
const lazyLocales = {
  name: "lazy-locales",
  setup(build) {
    build.onLoad({ filter: /zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, ({ path }) => {
      const names = [...readFileSync(path, "utf8").matchAll(/default as (\w+) } from "\.\/(.+)\.js"/g)];
      const lines = names.map(([, name, file]) =>
        name === "en"
          ? 'export { default as en } from "./en.js";'
          : `export const ${name} = () => require("zod/v4/locales/${file}.cjs")();`,
      );
      return { contents: lines.join("\n"), resolveDir: dirname(path) };
    });
    build.onResolve({ filter: /^zod\/v4\/locales\// }, ({ path }) => ({ path, external: true }));
  },
};

if (onlyWhenStale && (isFresh() || !existsSync(compiler))) process.exit(0);

// Built aside and put in place at once: no module of an earlier build stays, and nobody sees half of this one.
const fresh = join(root, `dist-${process.pid}`);
mkdirSync(fresh);
try {
  declareTypes();
  await bundleCode();
  await bundleDashboard();
  await bundleStrategies();
  copyLicenses();
  cpSync(join(root, "src/server/market"), join(fresh, "server/market"), { recursive: true });
  // Another process may have built meanwhile.
  if (!(onlyWhenStale && isFresh())) {
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  }
} catch (error) {
  // Compiler and bundler have said on their own what is wrong.
  if (typeof error.status !== "number" && error.errors === undefined) throw error;
  process.exitCode = error.status ?? 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function declareTypes() {
  const args = [compiler, "-p", join(root, "src"), "--emitDeclarationOnly", "--outDir", fresh];
  execFileSync(process.execPath, args, { stdio: "inherit" });
}

/** Unminified: stack traces show names and lines that a reader can find. */
async function bundleCode() {
  const { build } = await import("esbuild");
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { outputFiles } = await build({
    absWorkingDir: root,
    write: false,
    entryPoints: entries.map((name) => ({ in: `src/${name}.ts`, out: name })),
    outdir: fresh,
    // One folder deep, as the entries are but for index.js: `../` leads to dist from every chunk.
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    charset: "utf8",
    plugins: [lazyLocales],
    external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire as $cr } from "node:module"; const require = $cr(import.meta.url);',
    },
  });
  const sources = allIn("src").filter((file) => file.endsWith(".ts"));
  const variables = new Set(sources.flatMap((file) => variablesIn(readFileSync(join(root, file), "utf8"))));
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, keepConstants(text, variables));
  }
}

/** The page's program with all that it uses, and the files beside it: nothing is fetched from elsewhere. */
async function bundleDashboard() {
  const { build } = await import("esbuild");
  const source = join(root, "src/server/dashboard");
  await build({
    entryPoints: { app: join(source, "main.ts") },
    outdir: join(fresh, "dashboard"),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["production"],
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
  });
  for (const name of ["index.html", "app.css", "favicon.svg"])
    copyFileSync(join(source, name), join(fresh, "dashboard", name));
}

/** What the loader would make of each shipped strategy, so that a run of one need not start a bundler. */
async function bundleStrategies() {
  const { bundleStrategy } = await import(pathToFileURL(join(fresh, "strategy/loader.js")).href);
  mkdirSync(join(fresh, "strategies"));
  for (const file of readdirSync(join(root, "strategies"))) {
    const { path, ...bundle } = await bundleStrategy(join(root, "strategies", file));
    const source = readFileSync(path, "utf8");
    writeFileSync(join(fresh, "strategies", `${file}.json`), JSON.stringify({ ...bundle, source }));
  }
}

/** What is copied into the bundle comes with its licence. */
function copyLicenses() {
  const texts = [...bundled, ...shown].map((name) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    // One of them only names its licence.
    const { license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const named = `${license}, ${author?.name ?? author}`;
    return `${name}\n\n${file === undefined ? named : readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  writeFileSync(join(fresh, "THIRD-PARTY-LICENSES.txt"), texts.join("\n---\n\n"));
}

function isFresh() {
  const built = statSync(join(dist, "cli/main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // A folder is newer than what was deleted from it.
  const sources = [
    "bin/build.js",
    "bin/keepConstants.js",
    "package.json",
    ...["src", "strategies"].flatMap(allIn),
  ];
  return sources.every((file) => statSync(join(root, file)).mtimeMs <= built);
}

function allIn(folder) {
  const inside = readdirSync(join(root, folder), { recursive: true });
  return [folder, ...inside.map((name) => join(folder, name))];
}
