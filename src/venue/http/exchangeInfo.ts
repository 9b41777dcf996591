import { type SymbolRules, VenueError } from "../contract.ts";
import type { Limits } from "../weights/limiter.ts";
import { symbolJson } from "./marketJson.ts";
import type { Call } from "./operation.ts";
import { badCombination } from "./refusal.ts";

/** Rules never change while the venue runs, and their text is long. */
const texts = new WeakMap<SymbolRules, { readonly full: string; readonly short: string }>();

export function exchangeInfoJson({ exchange, params, limiter, serverTime }: Call): string {
  const symbol = params.symbol();
  const several = params.list("symbols");
  if (symbol !== null && several !== null) throw badCombination();
  const names = symbol !== null ? [symbol] : several;
  const bySymbol = new Map(exchange.symbols.map((rules) => [rules.symbol, rules]));
  const chosen = names === null ? exchange.symbols : names.map((name) => rulesOf(bySymbol, name));
  const permissionSets = params.flag("showPermissionSets") !== false;
  const symbols = chosen.map((rules) => textOf(rules, permissionSets)).join(",");
  return `{"timezone":"UTC","serverTime":${Math.floor(serverTime)},"rateLimits":${limitsJson(limiter.limits)},"exchangeFilters":[],"symbols":[${symbols}]}`;
}

function limitsJson({ weightPerMinute, ordersPer10Seconds, ordersPerDay }: Limits): string {
  const line = (type: string, interval: string, num: number, limit: number) =>
    `{"rateLimitType":"${type}","interval":"${interval}","intervalNum":${num},"limit":${limit}}`;
  return `[${[
    line("REQUEST_WEIGHT", "MINUTE", 1, weightPerMinute),
    line("ORDERS", "SECOND", 10, ordersPer10Seconds),
    line("ORDERS", "DAY", 1, ordersPerDay),
  ].join(",")}]`;
}

function rulesOf(bySymbol: ReadonlyMap<string, SymbolRules>, name: string): SymbolRules {
  const rules = bySymbol.get(name);
  if (rules === undefined) throw new VenueError(-1121, "Invalid symbol.");
  return rules;
}

function textOf(rules: SymbolRules, permissionSets: boolean): string {
  let text = texts.get(rules);
  if (text === undefined) {
    text = { full: symbolJson(rules, true), short: symbolJson(rules, false) };
    texts.set(rules, text);
  }
  return permissionSets ? text.full : text.short;
}
