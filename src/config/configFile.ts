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
  const { $schema: _, params = {}, assert = [], risk, ...others } = json;
  if (!isObject(params)) throw wrongType(`${name}: params`, 'an object such as { "fast": 5 }', params);
  const asserts = typeof assert === "string" ? [assert] : assert;
  if (!Array.isArray(asserts) || !asserts.every((text) => typeof text === "string")) {
    throw wrongType(`${name}: assert`, 'texts such as ["sharpe>=1"]', assert);
  }
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
  if (policy !== undefined) texts.set("risk", resolve(dirname(resolve(cwd, name)), policy));
  return {
    path: name,
    texts,
    params,
    assert: asserts as readonly string[],
    risk: isObject(risk) ? readRiskPolicy(risk, `${name}: risk`) : undefined,
  };
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
