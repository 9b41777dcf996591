import { dirname, resolve } from "node:path";
import { ValidationError } from "../domain/errors.ts";
import type { RiskLimits } from "../domain/riskLimits.ts";
import { didYouMean } from "../domain/suggest.ts";
import { isObject, kindOf, readJsonFile, textOf, wrongType } from "./jsonFile.ts";
import { readRiskPolicy } from "./riskPolicy.ts";
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
  readonly also: readonly string[];
  /** Where `geosync live` sends notices. Secrets. */
  readonly notify: readonly string[];
  /** The `risk` section; undefined without one, or where it names a file. */
  readonly risk: RiskLimits | undefined;
}

/**
 * Reads the config file: `path`, or ./geosync.json when there is one.
 * @returns null when none was named and none is there
 * @throws ValidationError GEO-CONFIG for a missing or malformed file and unknown keys, GEO-OPTION-VALUE for values of
 * another type
 */
export function readConfigFile(path: string | undefined, cwd: string): ConfigFile | null {
  const name = path ?? defaultConfigName;
  const json = readJsonFile(name, resolve(cwd, name), path !== undefined);
  return json === undefined ? null : checkConfig(json, name, cwd);
}

function checkConfig(json: unknown, name: string, cwd: string): ConfigFile {
  if (!isObject(json)) {
    throw new ValidationError("GEO-CONFIG", `${name}: expected an object of settings, found ${kindOf(json)}`);
  }
  const { $schema: _, params = {}, assert, also, risk, notify, ...others } = json;
  if (!isObject(params)) throw wrongType(`${name}: params`, 'an object such as { "fast": 5 }', params);
  // The policy itself, or a file that holds it.
  const rest = risk === undefined || isObject(risk) ? others : { ...others, risk };
  const texts = new Map<SettingName, string>();
  for (const [key, value] of Object.entries(rest)) {
    const known = settingNames.find((setting) => setting === key);
    if (known === undefined) throw unknownKey(name, key);
    texts.set(known, textOf(value, `${name}: ${key}`));
  }
  const strategy = texts.get("strategy");
  if (strategy !== undefined) texts.set("strategy", besideConfig(strategy, dirname(resolve(cwd, name))));
  const policy = texts.get("risk");
  if (policy?.trim()) texts.set("risk", resolve(dirname(resolve(cwd, name)), policy));
  return {
    path: name,
    texts,
    params,
    assert: textsOf(assert, `${name}: assert`, 'texts such as ["sharpe>=1"]'),
    also: textsOf(also, `${name}: also`, 'strategies such as ["sma-cross"]').map((strategy) =>
      besideConfig(strategy, dirname(resolve(cwd, name))),
    ),
    notify: textsOf(notify, `${name}: notify`, 'addresses such as ["https://…"]'),
    risk: isObject(risk) ? readRiskPolicy(risk, `${name}: risk`) : undefined,
  };
}

/** One text or a list of them. */
function textsOf(value: unknown, at: string, expected: string): readonly string[] {
  const texts: unknown = value === undefined ? [] : typeof value === "string" ? [value] : value;
  if (Array.isArray(texts) && texts.every((text) => typeof text === "string")) return texts;
  throw wrongType(at, expected, value);
}

function unknownKey(name: string, key: string): ValidationError {
  return new ValidationError(
    "GEO-CONFIG",
    `${name}: unknown setting "${key}".${didYouMean(key, settingNames)}`,
    { hint: `It may hold ${settingNames.join(", ")}.` },
  );
}

/** A path in a file is meant from where the file is. */
function besideConfig(strategy: string, folder: string): string {
  return /^\.{1,2}[/\\]/.test(strategy) ? resolve(folder, strategy) : strategy;
}
