import { ValidationError } from "../domain/errors.ts";
import { compareFixed, type Fixed } from "../domain/fixed.ts";
import type { RiskLimits } from "../domain/riskLimits.ts";
import type { Json } from "../domain/signal.ts";
import { nearest } from "../domain/suggest.ts";
import type { ConfigFile } from "./configFile.ts";
import {
  flagOf,
  type ListName,
  listNames,
  type Setting,
  type SettingName,
  settingNames,
  settings,
  type ValueOf,
  variableOf,
} from "./settings.ts";
import { badValue } from "./values.ts";
import { venueVariables } from "./venueVariables.ts";

export interface Sources {
  /** By setting: the text of a flag, or the texts of one that may be repeated. */
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | null;
}

type Origin = "flag" | "environment" | "file" | "default";

/** A value and where it came from. */
export interface Given<T> {
  readonly value: T;
  readonly origin: Origin;
  /** The flag, variable or file key; nothing for a default. */
  readonly at: string;
}

/** `fee` and `timerange` stand for two settings each, and end up in those. */
type Effective = Exclude<SettingName, ListName | "fee" | "timerange">;

export interface ResolvedSettings {
  readonly single: { readonly [N in Effective]: Given<ValueOf<N>> | undefined };
  readonly params: Readonly<Record<string, Given<Json>>>;
  readonly assert: readonly Given<string>[];
  readonly also: readonly Given<string>[];
  /** The config file's own section; a file that is named by a flag or the environment goes first. */
  readonly riskSection: Given<RiskLimits> | undefined;
}

type AllGiven = { readonly [N in Exclude<SettingName, ListName>]: Given<ValueOf<N>> | undefined };

/**
 * Every setting from the first of flag, environment, file and default that has it.
 * @throws ValidationError GEO-OPTION-VALUE, GEO-USAGE or GEO-CONFIG, naming the flag, variable or key
 */
export function resolveSettings(sources: Sources): ResolvedSettings {
  refuseMisspeltVariables(sources.env);
  const names = settingNames.filter((name) => !(listNames as readonly string[]).includes(name));
  const { fee, timerange, ...single } = Object.fromEntries(
    names.map((name) => [name, find(name, sources)]),
  ) as unknown as AllGiven;
  const period = {
    from: side(single.from, timerange, "from"),
    to: side(single.to, timerange, "to"),
  };
  refuseEmptyPeriod(period);
  refuseTicksWithoutSize(single);
  refuseLeverageOnCash(single);
  const fees = { makerFee: stronger(single.makerFee, fee), takerFee: stronger(single.takerFee, fee) };
  return {
    single: withPreset({ ...single, ...period, ...fees }),
    params: paramsOf(sources),
    assert: listed("assert", sources),
    also: listed("also", sources),
    riskSection:
      sources.file?.risk === undefined
        ? undefined
        : { value: sources.file.risk, origin: "file", at: `${sources.file.path}: risk` },
  };
}

/** A name one letter off would be a setting that is silently not applied. */
function refuseMisspeltVariables(env: Sources["env"]): void {
  const known = [
    ...settingNames.map(variableOf),
    "GEOSYNC_CONFIG",
    "GEOSYNC_STATE_DIR",
    "GEOSYNC_NOTIFY",
    ...Object.values(venueVariables),
  ];
  for (const name of Object.keys(env)) {
    if (!name.startsWith("GEOSYNC_") || known.includes(name)) continue;
    const meant = nearest(
      name.slice("GEOSYNC_".length),
      known.map((variable) => variable.slice(8)),
    );
    if (meant === undefined) continue;
    throw new ValidationError(
      "GEO-CONFIG",
      `environment: unknown variable ${name}. Did you mean "GEOSYNC_${meant}"?`,
      { hint: `Rename it, or remove it: unset ${name}.` },
    );
  }
}

function find(name: SettingName, { flags, env, file }: Sources): Given<unknown> | undefined {
  const { read, default: usual }: Setting<unknown> = settings[name];
  const flag = flags[name];
  if (typeof flag === "string") {
    const at = flagOf(name);
    refuseFlagAsValue(flag, at);
    return { value: read(flag, at), origin: "flag", at };
  }
  const variable = env[variableOf(name)];
  // An empty variable is how shells and CI systems write "not set".
  if (variable !== undefined && variable !== "") {
    return { value: read(variable, variableOf(name)), origin: "environment", at: variableOf(name) };
  }
  const text = file?.texts.get(name);
  if (text !== undefined) {
    const at = `${file!.path}: ${name}`;
    return { value: read(text, at), origin: "file", at };
  }
  return usual === undefined ? undefined : { value: read(usual, name), origin: "default", at: "" };
}

function refuseFlagAsValue(text: string, flag: string): void {
  if (!/^--[a-z]/.test(text)) return;
  throw new ValidationError("GEO-USAGE", `${flag}: expected a value, found the flag ${text}`);
}

const strength: Readonly<Record<Origin, number>> = { flag: 3, environment: 2, file: 1, default: 0 };

/** The one from the stronger source; of equals the first. */
function stronger<T>(first: Given<T> | undefined, second: Given<T> | undefined): Given<T> | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return strength[second.origin] > strength[first.origin] ? second : first;
}

/** What a preset has a say in. */
const ofPreset = [
  "makerFee",
  "takerFee",
  "feePerOrder",
  "feePerUnit",
  "minFee",
  "maxFee",
  "feeCurrency",
] as const satisfies readonly Effective[];
/** No costs are no costs of any kind. */
const ofZero = [
  ...ofPreset,
  "slippage",
  "spread",
  "impact",
  "latency",
] as const satisfies readonly Effective[];

/** A preset overrules what a weaker source says of its members; from the same source on, the single word counts. */
function withPreset(single: ResolvedSettings["single"]): ResolvedSettings["single"] {
  const { costs } = single;
  if (costs === undefined) return single;
  const overruled = (costs.value === "zero" ? ofZero : ofPreset).filter((name) => {
    const given: Given<unknown> | undefined = single[name];
    return given !== undefined && strength[given.origin] < strength[costs.origin];
  });
  return { ...single, ...Object.fromEntries(overruled.map((name) => [name, undefined])) };
}

function refuseLeverageOnCash({ leverage, account }: Pick<AllGiven, "leverage" | "account">): void {
  if (leverage === undefined || account?.value !== "cash" || compareFixed(leverage.value, one) === 0) return;
  throw new ValidationError("GEO-USAGE", `${leverage.at}: expected a margin account, found a cash account`, {
    hint: "Add --account margin: a cash account borrows nothing.",
  });
}

const one: Fixed = { units: 1n, scale: 0 };

function refuseTicksWithoutSize({ spread, tick }: Pick<AllGiven, "spread" | "tick">): void {
  if (spread?.value.kind !== "ticks" || tick !== undefined) return;
  throw new ValidationError("GEO-USAGE", `${spread.at}: expected the size of a tick, found none`, {
    hint: "Say it with --tick 0.01, or write the spread as a share: 2bps.",
  });
}

function side(
  own: Given<number> | undefined,
  range: Given<ValueOf<"timerange">> | undefined,
  name: "from" | "to",
): Given<number> | undefined {
  if (range === undefined) return own;
  const value = range.value[name];
  const ranged = value === undefined ? undefined : { ...range, value };
  if (own === undefined) return ranged;
  if (own.origin !== range.origin) return strength[own.origin] > strength[range.origin] ? own : ranged;
  if (ranged === undefined) return own;
  throw new ValidationError(
    "GEO-USAGE",
    `${own.at} and ${range.at} both say where the period ${verbs[name]}`,
    {
      hint: "Leave one out.",
    },
  );
}

const verbs = { from: "begins", to: "ends" } as const;

function refuseEmptyPeriod({ from, to }: Record<"from" | "to", Given<number> | undefined>): void {
  if (from === undefined || to === undefined || from.value < to.value) return;
  const at = from.at === to.at ? from.at : `${to.at}, ${from.at}`;
  throw new ValidationError("GEO-OPTION-VALUE", `${at}: expected an end after the beginning, found none`, {
    hint: "The end is exclusive: one day is 20240101-20240102.",
  });
}

/** Parameters key by key, from the strongest source that has them. */
function paramsOf(sources: Sources): Readonly<Record<string, Given<Json>>> {
  const { flags, env, file } = sources;
  const params: Record<string, Given<Json>> = {};
  if (!isForAnother(file?.texts.get("strategy"), sources)) {
    for (const [key, value] of Object.entries(file?.params ?? {})) {
      params[key] = { value: value as Json, origin: "file", at: `${file!.path}: params.${key}` };
    }
  }
  const given = listed("params", { flags, env, file: null });
  const variables = isForAnother(env[variableOf("strategy")], sources)
    ? []
    : fromOrigin(given, "environment");
  return { ...params, ...keyed(variables), ...keyed(fromOrigin(given, "flag")) };
}

/** Whether a source that names a strategy is overruled by another: its parameters belong to the strategy it names. */
function isForAnother(named: string | undefined, { flags, env, file }: Sources): boolean {
  const chosen = flags.strategy ?? (env[variableOf("strategy")] || file?.texts.get("strategy"));
  return named !== undefined && named !== "" && named !== chosen;
}

function fromOrigin<T>(given: readonly Given<T>[], origin: Origin): readonly Given<T>[] {
  return given.filter((entry) => entry.origin === origin);
}

function keyed(given: readonly Given<string>[]): Record<string, Given<Json>> {
  const params = new Map<string, Given<Json>>();
  for (const { value: text, origin, at } of given) {
    const equals = text.indexOf("=");
    const key = text.slice(0, equals).trim();
    if (equals < 0 || key === "") throw badValue(at, "key=value such as fast=5", text);
    if (params.has(key)) throw badValue(at, `one value for ${key}`, text);
    params.set(key, { value: text.slice(equals + 1).trim(), origin, at });
  }
  return Object.fromEntries(params);
}

/** The texts of every source, strongest first: a check asked for in one place is not undone in another. */
function listed(name: ListName, { flags, env, file }: Sources): readonly Given<string>[] {
  const flag = (flags[name] ?? []) as readonly string[];
  const variable = env[variableOf(name)] ?? "";
  const texts: readonly (readonly [Origin, string, readonly string[]])[] = [
    ["flag", flagOf(name), flag],
    ["environment", variableOf(name), variable.split(";").filter((text) => text.trim() !== "")],
    ["file", `${file?.path}: ${name}`, name === "params" ? [] : (file?.[name] ?? [])],
  ];
  return texts.flatMap(([origin, at, values]) =>
    values.map((text) => {
      refuseFlagAsValue(text, at);
      return { value: settings[name].read(text, at), origin, at };
    }),
  );
}
