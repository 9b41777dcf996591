import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ValidationError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";
import { type SettingName, settingNames } from "./settings.ts";

/** Picked up by itself when it is in the working folder. */
const defaultConfigName = "geosync.json";

export interface ConfigFile {
  /** As the user named it. */
  readonly path: string;
  /** Single values, as texts that the settings' own readers take. */
  readonly texts: ReadonlyMap<SettingName, string>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly assert: readonly string[];
}

/**
 * Reads the config file: `path`, or ./geosync.json when there is one.
 * @returns null when none was named and none is there
 * @throws ValidationError GEO-CONFIG for a missing or malformed file and unknown keys, GEO-OPTION-VALUE for values of
 * another type
 */
export function readConfigFile(path: string | undefined, cwd: string): ConfigFile | null {
  const name = path ?? defaultConfigName;
  const json = parseFile(name, resolve(cwd, name), path !== undefined);
  return json === null ? null : checkConfig(json, name, cwd);
}

function parseFile(name: string, path: string, required: boolean): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new ValidationError("GEO-CONFIG", `${name}: expected a readable file, found none`, {
      hint: `Looked for ${path}: ${(cause as Error).message}.`,
      cause,
    });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (cause) {
    throw new ValidationError("GEO-CONFIG", `${name}: expected JSON: ${(cause as Error).message}`, {
      hint: 'JSON has no comments and no comma after the last entry: { "strategy": "sma-cross", "fee": "0.1%" }.',
      cause,
    });
  }
}

function checkConfig(json: unknown, name: string, cwd: string): ConfigFile {
  if (!isObject(json)) {
    throw new ValidationError("GEO-CONFIG", `${name}: expected an object of settings, found ${kindOf(json)}`);
  }
  const { $schema: _, params = {}, assert = [], ...rest } = json;
  if (!isObject(params)) throw wrongType(`${name}: params`, 'an object such as { "fast": 5 }', params);
  const asserts = typeof assert === "string" ? [assert] : assert;
  if (!Array.isArray(asserts) || !asserts.every((text) => typeof text === "string")) {
    throw wrongType(`${name}: assert`, 'texts such as ["sharpe>=1"]', assert);
  }
  const texts = new Map<SettingName, string>();
  for (const [key, value] of Object.entries(rest)) {
    const known = settingNames.find((setting) => setting === key);
    if (known === undefined) throw unknownKey(name, key);
    texts.set(known, textOf(value, `${name}: ${key}`));
  }
  const strategy = texts.get("strategy");
  if (strategy !== undefined) texts.set("strategy", besideConfig(strategy, dirname(resolve(cwd, name))));
  return { path: name, texts, params, assert: asserts as readonly string[] };
}

function unknownKey(name: string, key: string): ValidationError {
  return new ValidationError(
    "GEO-CONFIG",
    `${name}: unknown setting "${key}".${didYouMean(key, settingNames)}`,
    { hint: `It may hold ${settingNames.join(", ")}.` },
  );
}

/** JSON numbers are doubles: one with more digits than a double keeps has been rounded before we see it. */
const exactDigits = 15;

function textOf(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  if (typeof value !== "number") throw wrongType(at, "a text or a number", value);
  const digits = String(value)
    .replace(/e.*$/, "")
    .replace(/^[-0.]+|\D/g, "");
  if (digits.length > exactDigits) throw wrongType(at, "a text, as JSON rounds numbers this long", value);
  return String(value);
}

/** A path in a file is meant from where the file is. */
function besideConfig(strategy: string, folder: string): string {
  return /^\.{1,2}[/\\]/.test(strategy) ? resolve(folder, strategy) : strategy;
}

function wrongType(at: string, expected: string, found: unknown): ValidationError {
  return new ValidationError("GEO-OPTION-VALUE", `${at}: expected ${expected}, found ${kindOf(found)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return isObject(value) ? "an object" : String(value);
}
