import { resolve } from "node:path";
import { ValidationError } from "../domain/errors.ts";
import { compareFixed, type Fixed, formatFixed } from "../domain/fixed.ts";
import type { OrderSide } from "../domain/order.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import type { Bound, BreachAction, RiskLimits } from "../domain/riskLimits.ts";
import { didYouMean } from "../domain/suggest.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { timeframeOf } from "../domain/time.ts";
import { isObject, kindOf, readJsonFile, textOf, wrongType } from "./jsonFile.ts";
import {
  badValue,
  oneOf,
  readAmount,
  readBound,
  readCount,
  readShare,
  readSymbol,
  readTimeframe,
} from "./values.ts";

/** One key of a risk policy, as written in JSON. docs/risk.md explains each; a test holds the two to each other. */
interface RiskKey<T> {
  /** How its value is written. */
  readonly syntax: string;
  /** The reason code of orders it refuses; null when it refuses none itself. */
  readonly refusal: ReasonCode | null;
  readonly read: (value: unknown, at: string) => T;
}

const money = "<money or share of equity>";
const action = (): RiskKey<BreachAction> => ({
  syntax: "<halt|flatten>",
  refusal: null,
  read: reading(oneOf("halt", "flatten")),
});
const bound = (refusal: ReasonCode): RiskKey<Bound> => ({ syntax: money, refusal, read: reading(readBound) });
const count = (refusal: ReasonCode): RiskKey<number> => ({
  syntax: "<n>",
  refusal,
  read: reading(readCount),
});

export const riskKeys = {
  maxPosition: { syntax: "<quantity or by symbol>", refusal: "refused:max-position", read: readPositions },
  maxNotional: bound("refused:max-notional"),
  maxGrossExposure: bound("refused:max-gross-exposure"),
  maxNetExposure: bound("refused:max-net-exposure"),
  maxLeverage: {
    syntax: "<multiple of equity>",
    refusal: "refused:max-leverage",
    read: reading(readAmount),
  },
  maxOrdersPerSecond: count("refused:order-rate"),
  maxOrdersPerDay: count("refused:orders-per-day"),
  priceCollar: { syntax: "<share>", refusal: "refused:price-collar", read: reading(readSomeShare) },
  maxDailyLoss: { syntax: money, refusal: "refused:halted", read: reading(readDailyLoss) },
  onMaxDailyLoss: action(),
  maxDrawdown: { syntax: "<share>", refusal: "refused:halted", read: reading(readSomeShare) },
  onMaxDrawdown: action(),
  coolDown: { syntax: "<losses and for>", refusal: "refused:cool-down", read: readCoolDown },
  symbols: { syntax: "<symbols>", refusal: "refused:symbol", read: listOf(readNormalSymbol) },
  sides: { syntax: "<buy|sell>", refusal: "refused:side", read: listOf(oneOf("buy", "sell")) },
  killSwitch: { syntax: "<true|false>", refusal: "refused:halted", read: readSwitch },
} as const satisfies { readonly [K in keyof RiskLimits]-?: RiskKey<NonNullable<RiskLimits[K]>> };

type RiskKeyName = keyof typeof riskKeys;

const names = Object.keys(riskKeys) as readonly RiskKeyName[];

/**
 * Reads a risk policy from a file of its own.
 * @throws ValidationError GEO-CONFIG or GEO-OPTION-VALUE, naming file and key
 */
export function readRiskFile(path: string, cwd: string): RiskLimits {
  return readRiskPolicy(readJsonFile(path, resolve(cwd, path), true), path);
}

/**
 * Reads a risk policy: the content of its file, or the `risk` section of the config file.
 * @param at what messages begin with, such as "risk.json" or "geosync.json: risk"
 * @throws ValidationError GEO-CONFIG for an unknown key, GEO-OPTION-VALUE for a bad value
 */
export function readRiskPolicy(json: unknown, at: string): RiskLimits {
  if (!isObject(json)) {
    throw new ValidationError("GEO-CONFIG", `${at}: expected an object of limits, found ${kindOf(json)}`, {
      hint: 'Such as { "maxPosition": 2, "maxDailyLoss": "3%" }.',
    });
  }
  const { $schema: _, ...given } = json;
  const limits: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = names.find((known) => known === key);
    if (name === undefined) throw unknownKey(key, names, at);
    limits[name] = riskKeys[name].read(value, `${at}: ${name}`);
  }
  refuseIdle(limits, at, "onMaxDailyLoss", "maxDailyLoss");
  refuseIdle(limits, at, "onMaxDrawdown", "maxDrawdown");
  return limits;
}

/** Each limit as it would be written, in the order of the table; for reports and --print-config. */
export function describeRiskLimits(limits: RiskLimits): readonly { name: string; value: string }[] {
  return names.flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [{ name, value: writtenOut(value) }];
  });
}

/** What follows from a breach that cannot happen is a slip. */
function refuseIdle(limits: object, at: string, key: RiskKeyName, needs: RiskKeyName): void {
  if (!Object.hasOwn(limits, key) || Object.hasOwn(limits, needs)) return;
  throw new ValidationError("GEO-CONFIG", `${at}: ${key}: expected ${needs} beside it, found none`, {
    hint: `Without ${needs} it never happens: add it, or leave ${key} out.`,
  });
}

function unknownKey(key: string, known: readonly string[], at: string): ValidationError {
  return new ValidationError("GEO-CONFIG", `${at}: unknown key "${key}".${didYouMean(key, known)}`, {
    hint: `It may hold ${known.join(", ")}.`,
  });
}

function reading<T>(read: (text: string, at: string) => T): (value: unknown, at: string) => T {
  return (value, at) => read(textOf(value, at), at);
}

function listOf<T>(read: (text: string, at: string) => T): (value: unknown, at: string) => readonly T[] {
  return (value, at) => {
    const items: unknown = typeof value === "string" ? [value] : value;
    if (!Array.isArray(items) || items.length === 0) throw wrongType(at, "texts in an array", value);
    return items.map((item, i) => {
      if (typeof item !== "string") throw wrongType(`${at}[${i}]`, "a text", item);
      return read(item, `${at}[${i}]`);
    });
  };
}

/** A quantity for every symbol, or by symbol with `*` for the others. */
function readPositions(value: unknown, at: string): ReadonlyMap<string, Fixed> {
  if (!isObject(value)) return new Map([["*", readAmount(textOf(value, at), at)]]);
  const entries = Object.entries(value).map(([symbol, most]): [string, Fixed] => {
    const name = symbol === "*" ? symbol : readNormalSymbol(symbol, at);
    return [name, readAmount(textOf(most, `${at}.${symbol}`), `${at}.${symbol}`)];
  });
  const positions = new Map(entries);
  if (positions.size === 0) throw wrongType(at, 'a quantity, or some by symbol: { "BTC/USDT": 2 }', value);
  if (positions.size < entries.length) {
    throw new ValidationError("GEO-CONFIG", `${at}: expected each symbol once, found one in two spellings`);
  }
  return positions;
}

function readNormalSymbol(text: string, at: string): string {
  return normalizeSymbol(readSymbol(text, at));
}

function readCoolDown(value: unknown, at: string): { readonly losses: number; readonly ms: number } {
  if (!isObject(value)) throw wrongType(at, 'an object such as { "losses": 3, "for": "1h" }', value);
  const { losses, for: time, ...rest } = value;
  const [extra] = Object.keys(rest);
  if (extra !== undefined) throw unknownKey(extra, ["losses", "for"], at);
  return {
    losses: readCount(textOf(losses, `${at}.losses`), `${at}.losses`),
    ms: readTimeframe(textOf(time, `${at}.for`), `${at}.for`).ms,
  };
}

function readSwitch(value: unknown, at: string): boolean {
  if (typeof value !== "boolean") throw wrongType(at, "true or false", value);
  return value;
}

function readSomeShare(text: string, at: string): Fixed {
  const share = readShare(text, at);
  if (share.units === 0n) throw badValue(at, "more than 0", text);
  return share;
}

function readDailyLoss(text: string, at: string): Bound {
  const loss = readBound(text, at);
  // Beyond all of the equity it could never be reached before a drawdown of 100 %.
  if (loss.of === "equity" && compareFixed(loss.amount, { units: 1n, scale: 0 }) >= 0)
    throw badValue(at, "less than 100%", text);
  return loss;
}

function writtenOut(value: NonNullable<RiskLimits[RiskKeyName]>): string {
  if (typeof value !== "object") return String(value);
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, Fixed>)];
    return entries.map(([name, most]) => `${name} ${formatFixed(most)}`).join(", ");
  }
  if ("of" in value) {
    return value.of === "money" ? formatFixed(value.amount) : inPercent(value.amount);
  }
  if ("losses" in value) return `${value.losses} losses, ${timeframeOf(value.ms).label}`;
  return "units" in value ? formatFixed(value) : (value as readonly (OrderSide | string)[]).join(", ");
}

function inPercent({ units, scale }: Fixed): string {
  return `${formatFixed({ units: units * 100n, scale })}%`;
}
