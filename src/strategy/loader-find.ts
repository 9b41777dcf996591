import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ValidationError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";

/** Absolute, without a separator at its end. */
export const shippedFolder = fileURLToPath(new URL("../../strategies", import.meta.url));

export interface FindOptions {
  /** The user's working folder. */
  readonly cwd: string;
}

export interface StrategyFile {
  readonly name: string;
  readonly path: string;
  /** It came with the package. */
  readonly shipped: boolean;
}

/**
 * The absolute path of a strategy given by name (the working folder's `strategies/`, then the shipped ones) or by path.
 * @throws ValidationError GEO-UNKNOWN-STRATEGY
 */
export function findStrategy(nameOrPath: string, { cwd }: FindOptions): string {
  if (!isPath(nameOrPath)) {
    const found = listStrategies({ cwd }).find(({ name }) => name === nameOrPath);
    if (found !== undefined) return found.path;
    throw unknownStrategy(`no strategy named "${nameOrPath}"`, nameOrPath, cwd);
  }
  const path = resolve(cwd, nameOrPath);
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind?.isFile() === true) {
    if (extensions.includes(parse(path).ext)) return path;
    throw unknownStrategy(`expected a file that ends in ${extensions.join(", ")}, found ${path}`, "", cwd);
  }
  const what = kind === undefined ? `no file ${path}` : `${path} is not a file: name the file within`;
  throw unknownStrategy(what, parse(path).name, cwd);
}

/** What can be run by name, sorted by it; the user's own hide shipped ones of the same name. */
export function listStrategies({ cwd }: FindOptions): readonly StrategyFile[] {
  const byName = new Map<string, StrategyFile>();
  for (const folder of [join(cwd, "strategies"), shippedFolder]) {
    for (const { name, base } of strategyFiles(folder)) {
      if (byName.has(name)) continue;
      byName.set(name, { name, path: join(folder, base), shipped: folder === shippedFolder });
    }
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** In order of preference when one name has several files. */
const extensions: readonly string[] = [".ts", ".mts", ".js", ".mjs", ".cjs"];

function isPath(nameOrPath: string): boolean {
  return /[/\\]/.test(nameOrPath) || extensions.includes(parse(nameOrPath).ext);
}

function strategyFiles(folder: string): ReturnType<typeof parse>[] {
  return entriesOf(folder)
    .filter((entry) => !entry.isDirectory() && !/^\.|\.(?:d|test|spec)\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => parse(entry.name))
    .filter(({ ext }) => extensions.includes(ext))
    .sort((a, b) => extensions.indexOf(a.ext) - extensions.indexOf(b.ext));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A working folder need not have strategies of its own.
    return [];
  }
}

function unknownStrategy(what: string, meant: string, cwd: string): ValidationError {
  const names = listStrategies({ cwd }).map(({ name }) => name);
  return new ValidationError("GEO-UNKNOWN-STRATEGY", `--strategy: ${what}.${didYouMean(meant, names)}`, {
    hint: `Known by name: ${names.join(", ") || "none"}; or give the path of a file, such as ./my-strategy.ts.`,
  });
}
