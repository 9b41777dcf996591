import { createHash } from "node:crypto";
import { isBuiltin } from "node:module";
import { basename, dirname, join, parse } from "node:path";
import type { BuildFailure, BuildOptions, Plugin as EsbuildPlugin, Message, OutputFile } from "esbuild";
import { ValidationError } from "../domain/errors.ts";
import { shippedBundle } from "./loader-shipped.ts";

/** A plugin and all it imports, but "geosync", as one CommonJS text: what is evaluated, hashed and kept. */
export interface StrategyBundle {
  /** Absolute path of the author's file. */
  readonly path: string;
  /** The file's name without its ending. */
  readonly name: string;
  readonly text: string;
  /** Of the text: changes with the file and with everything it imports. */
  readonly sha256: string;
  /** Source map of the text, JSON. */
  readonly map: string;
  /** What looks wrong in the author's code, as file:line:column: text. */
  readonly warnings: readonly string[];
}

/**
 * Bundles a plugin; types are stripped, not checked.
 * @throws ValidationError GEO-STRATEGY-LOAD naming file, line and reason.
 */
export async function bundleStrategy(path: string): Promise<StrategyBundle> {
  const shipped = shippedBundle(path);
  if (shipped !== undefined) return shipped;
  // Here and not at the top: loading the bundler takes longer than --help may.
  const { build } = await import("esbuild");
  const { outputFiles, warnings } = await build(optionsFor(path)).catch((failure: BuildFailure) => {
    throw refusal(path, failure);
  });
  const [map, code] = outputFiles as [OutputFile, OutputFile];
  return Object.freeze({
    path,
    name: parse(path).name,
    text: code.text,
    sha256: createHash("sha256").update(code.text).digest("hex"),
    map: map.text,
    warnings: warnings.map(located),
  });
}

function optionsFor(path: string): BuildOptions & { write: false } {
  const folder = dirname(path);
  return {
    entryPoints: [path],
    // Comments in the text name files relative to here, so that its hash does not depend on where it lies.
    absWorkingDir: folder,
    outfile: join(folder, "strategy.cjs"),
    write: false,
    bundle: true,
    format: "cjs",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "node20",
    sourcemap: "external",
    legalComments: "none",
    charset: "utf8",
    banner: { js: '"use strict";' },
    logLevel: "silent",
    plugins: [strategyImports],
  };
}

/** What a strategy may import: its own files, packages it finds, and "geosync", which the run gives it. */
const strategyImports: EsbuildPlugin = {
  name: "strategy-imports",
  setup(build) {
    build.onResolve({ filter: /^geosync$/ }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^geosync\// }, ({ path }) => ({
      errors: [{ text: `"${path}" is not for strategies: import from "geosync"` }],
    }));
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ errors: [{ text: noNode(path) }] }));
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === "dynamic-import"
        ? {
            errors: [
              { text: `import("${path}") would answer too late for a strategy: import it at the top` },
            ],
          }
        : undefined,
    );
  },
};

function noNode(name: string): string {
  return `"${name}" is not there for strategies: files, network and time reach a strategy only through the engine`;
}

function refusal(path: string, failure: BuildFailure): ValidationError {
  const first = failure.errors?.[0];
  if (first === undefined) {
    return new ValidationError("GEO-STRATEGY-LOAD", `${basename(path)}: ${failure.message}`, {
      cause: failure,
    });
  }
  const line = first.location?.lineText.trim();
  const shown = line === undefined || line === "" ? "" : `\n    ${line}`;
  return new ValidationError("GEO-STRATEGY-LOAD", `${located({ ...first, text: reason(first) })}${shown}`, {
    hint: hintFor(first),
    cause: failure,
  });
}

function located({ location, text }: Message): string {
  // Editors count columns from 1, the bundler from 0.
  return location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

function reason({ text }: Message): string {
  const missing = unresolved(text);
  if (missing !== undefined) return isBuiltin(missing) ? noNode(missing) : `cannot find "${missing}"`;
  if (text.startsWith("Top-level await")) return "top-level await: a strategy file must be ready at once";
  return text;
}

function hintFor({ text }: Message): string | undefined {
  const missing = unresolved(text);
  if (missing === undefined || isBuiltin(missing)) return undefined;
  if (missing === "zod") return 'import { z } from "geosync" gives zod without an installation.';
  if (missing === "decimal.js") return 'import { Decimal } from "geosync" gives it without an installation.';
  return missing.startsWith(".") || missing.startsWith("/")
    ? "Paths in imports are relative to the file that imports."
    : `Install it where the strategy lies: npm install ${missing}`;
}

function unresolved(text: string): string | undefined {
  return /^Could not resolve "(.+)"/.exec(text)?.[1];
}
