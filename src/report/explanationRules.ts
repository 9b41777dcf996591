import { type ReasonCode, reasons } from "../domain/reasons.ts";
import type { Facts } from "./explanation.ts";

/**
 * Why things happen, in one table. `{name}` is a fact; a part in brackets is left out when one of its facts is
 * missing. The codes of ends are those of the domain: here stands what is to be said beyond their meaning.
 */
export const explanationRules = {
  decided: "it may fill at prices formed from {activeFrom} on",
  cancelling: "the strategy takes it back[, from {activeFrom} on]",

  "fill:first-price":
    "a market order fills at the first price after it became active[: the open of the bar, {open}]",
  "fill:first-print": "a market order fills at the first trade after it became active[, at {open}]",
  "fill:other-side": "a market order takes what stands on the other side[, from {open} on]",
  "fill:limit-through":
    "the market went through the limit {limit}, to {extreme}: it fills at the limit, without slippage",
  "fill:limit-touch":
    "the market reached the limit {limit}, which is enough with --fill-limit touch: no slippage",
  "fill:limit-open":
    "the market opened beyond the limit {limit}, at {open}: it fills at the open, without slippage",
  "fill:limit": "a price no worse than its limit {limit} could be had",
  "fill:stop": "the market reached the stop {stop}, going to {extreme}: it fills at the stop, and slips",
  "fill:stop-gap":
    "the market opened at or beyond the stop {stop}, at {open}: it fills at the open, and slips",
  "fill:stop-entry":
    "the market reached the stop {stop} in the bar of its entry: no better price counts than the entry's",
  "fill:trail": "the market came back to the trailing stop[, which stood at {base}]",
  "fill:stop-limit": "its stop {stop} was reached, and a price no worse than its limit {limit} could be had",
  "fill:at-end": "--at-end close closes what is held[ at the last price, {base}]",
  fill: "its terms could be had",

  "wait:not-active": "what was seen began at {openTime}, before the order was active at {activeFrom}",
  "wait:limit": "limit {limit} against {side} {extreme}: not reached",
  "wait:limit-touch": "limit {limit} against {side} {extreme}: reached, not traded through",
  "wait:stop": "stop {stop} against {side} {extreme}: not reached",
  "wait:trail": "the market did not come back to its trailing stop",
  "wait:stop-limit": "stop {stop} and limit {limit} against {low} to {high}: not both to be had",
  wait: "the market had nothing (more) to give it",

  "refused:warmup":
    "[the strategy had seen {seen} of the {needed} bars of its warm-up][trading begins after {tradeFrom}]",
  "refused:insufficient-cash": "it needed {needed},[ open orders held back {reserved},] and {free} was free",
  "refused:below-lot": "the smallest quantity step is {lot}[, and {asked} was asked for]",
  "refused:min-notional": "it was worth {worth}, and the smallest order value is {least}",
  "refused:no-position": "{held} was held, which such an order can't reduce (a cash account has no shorts)",
  "expired:gtd": "it was good till {expires}",
} as const satisfies Readonly<Record<string, string>>;

export type ExplanationRule = keyof typeof explanationRules | ReasonCode;

/** The reason in words. Facts that a sentence can't do without are missing: the plain meaning of its code. */
export function becauseOf(rule: ExplanationRule, facts: Facts): string {
  const template = (explanationRules as Readonly<Record<string, string>>)[rule];
  const meaning = (reasons as Readonly<Record<string, string>>)[rule] ?? "";
  if (template === undefined) return meaning;
  const chosen = template.replace(/\[([^\]]*)\]/g, (_, part: string) => (isKnown(part, facts) ? part : ""));
  if (chosen === "" || !isKnown(chosen, facts)) return meaning;
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => shownFact(facts[name]!));
}

function isKnown(part: string, facts: Facts): boolean {
  return [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => facts[name!] !== undefined);
}

const longestFraction = 8;

/** For the eye: a time without its T and Z, a decimal of at most eight places; what is cut off leaves a mark. */
export function shownFact(fact: string): string {
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(?:\.\d+)?)Z$/.exec(fact);
  if (time !== null) return `${time[1]} ${time[2]}${time[3] === ":00" ? "" : time[3]}`;
  if (!/^-?\d+\.\d+$/.test(fact)) return fact;
  const end = fact.indexOf(".") + 1 + longestFraction;
  return fact.length > end ? `${fact.slice(0, end)}…` : fact;
}
