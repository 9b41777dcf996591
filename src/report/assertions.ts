import { ValidationError } from "../domain/errors.ts";
import { compareFixed, type Fixed, formatFixed, parseFixed, unitsToNumber } from "../domain/fixed.ts";
import { didYouMean } from "../domain/suggest.ts";
import { parseTimeframe } from "../domain/time.ts";
import type { Metrics } from "../metrics/panel.ts";
import type { AssertionResult } from "./document.ts";
import { formatMeasure } from "./format.ts";
import { type Measure, type MeasureName, measureNames, measures } from "./measures.ts";

/** A check on a measure, such as `sharpe>=1`. */
export interface Assertion {
  readonly text: string;
  readonly measure: MeasureName;
  readonly operator: Operator;
  readonly bound: Fixed;
}

type Operator = keyof typeof operators;

const operators = {
  ">=": (sign: number) => sign >= 0,
  "<=": (sign: number) => sign <= 0,
  "==": (sign: number) => sign === 0,
  ">": (sign: number) => sign > 0,
  "<": (sign: number) => sign < 0,
} as const;

const shape = /^\s*([A-Za-z][A-Za-z0-9]*)\s*(>=|<=|==|>|<)\s*([^\s=](?:.*\S)?)\s*$/;

/**
 * Reads an assertion; one that can never fail, or never hold, checks nothing and is refused.
 * @param at the flag, variable or key it came from
 * @throws ValidationError GEO-ASSERTION-INVALID
 */
export function parseAssertion(text: string, at = "--assert"): Assertion {
  const match = shape.exec(text);
  if (match === null) {
    throw invalid(`${at}: expected a measure, one of >= > <= < == and a number, found "${text}"`, example);
  }
  const [, name, operator, value] = match as unknown as [string, string, Operator, string];
  const measure = measureNames.find((known) => known === name);
  if (measure === undefined) {
    throw invalid(
      `${at}: unknown measure "${name}".${didYouMean(name, measureNames)}`,
      `Known are ${measureNames.join(", ")}.`,
    );
  }
  const assertion = { text: text.trim(), measure, operator, bound: boundOf(value, measures[measure], at) };
  refuseVacuous(assertion, at);
  return assertion;
}

const example =
  'For example "sharpe>=1", "maxDrawdown>=-20%" or "trades>30"; quote it, as < and > mean files to a shell.';

function boundOf(text: string, { unit }: Measure, at: string): Fixed {
  const match = /^([+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40}))\s*(%|[smhdw])?$/.exec(text);
  const suffix = match?.[2] ?? "";
  const allowed = suffix === "" || (suffix === "%" ? unit === "share" : unit === "seconds");
  if (match === null || !allowed)
    throw invalid(`${at}: expected ${expected[unit]}, found "${text}"`, example);
  const value = parseFixed(match[1]!);
  if (suffix === "%") return { units: value.units, scale: value.scale + 2 };
  if (suffix !== "") return { ...value, units: value.units * secondsOf(suffix) };
  if (unit === "share" && Math.abs(unitsToNumber(value.units, value.scale)) > 1) {
    throw invalid(
      `${at}: expected a unit behind a share above 1, found "${text}"`,
      `Write ${text}% for per cent, or a fraction such as 0.2.`,
    );
  }
  return value;
}

const expected: Readonly<Record<Measure["unit"], string>> = {
  share: "a share such as 20% or 0.2",
  ratio: "a number such as 1.5",
  count: "a number such as 30",
  money: "an amount such as 11000",
  seconds: "seconds, or a length of time such as 30d or 12h",
};

function secondsOf(unit: string): bigint {
  return BigInt(parseTimeframe(`1${unit}`).ms / 1000);
}

function refuseVacuous(assertion: Assertion, at: string): void {
  const {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    unit,
  }: Measure = measures[assertion.measure];
  const { operator, text, measure } = assertion;
  const holds = operators[operator];
  // The sign of (value - bound) at both ends of what the measure can be tells what it is in between.
  const ends = [min, max].map((end) =>
    Math.sign(end - unitsToNumber(assertion.bound.units, assertion.bound.scale)),
  );
  const [low, high] = ends as [number, number];
  const always = operator === "==" ? low === 0 && high === 0 : holds(low) && holds(high);
  const never = operator === "==" ? low > 0 || high < 0 : !holds(low) && !holds(high);
  if (unit === "count" && operator === "==" && !/^[+-]?\d+$/.test(formatFixed(assertion.bound))) {
    throw invalid(`${at}: "${text}" can never hold: ${measure} is a whole number`, nonsense(measure));
  }
  if (!always && !never) return;
  const range = rangeText(min, max, unit);
  const verdict = always ? "can never fail" : "can never hold";
  throw invalid(`${at}: "${text}" ${verdict}: ${measure} is always ${range}`, nonsense(measure));
}

function rangeText(min: number, max: number, unit: Measure["unit"]): string {
  const show = (end: number) => (unit === "share" ? `${end * 100}%` : String(end));
  if (!Number.isFinite(max)) return `${show(min)} or more`;
  return Number.isFinite(min) ? `from ${show(min)} to ${show(max)}` : `${show(max)} or less`;
}

function nonsense(measure: MeasureName): string {
  return measure === "maxDrawdown"
    ? 'Drawdowns are negative: "maxDrawdown>=-20%" allows one of 20 %.'
    : "Choose a bound that a run can miss.";
}

/** Checks a run. A measure that is undefined fails: nothing is known of it. */
export function checkAssertions(
  assertions: readonly Assertion[],
  metrics: Metrics,
): readonly AssertionResult[] {
  return assertions.map(({ text, measure, operator, bound }) => {
    const found = metrics[measure];
    const holds = found !== null && operators[operator](signOf(found, bound));
    const reason = found === null ? (metrics.undefinedBecause[measure] ?? "it is undefined") : null;
    const expected = typeof found === "string" ? formatFixed(bound) : unitsToNumber(bound.units, bound.scale);
    return { assertion: text, measure, operator, expected, found, holds, reason };
  });
}

/** Of found − bound: exact for money; a ratio is compared as the double it is. */
function signOf(found: string | number, bound: Fixed): number {
  if (typeof found === "string") return compareFixed(parseFixed(found), bound);
  return Math.sign(found - unitsToNumber(bound.units, bound.scale));
}

/** `sharpe>=1: found 0.42`, with all digits: two decimals could look as if it held. */
export function assertionText({ assertion, measure, found, reason }: AssertionResult): string {
  if (found === null) return `${assertion}: found nothing, as ${reason}`;
  const { unit } = measures[measure as MeasureName];
  return `${assertion}: found ${found}${unit === "share" ? ` (${formatMeasure(found, unit)})` : ""}`;
}

function invalid(message: string, hint: string): ValidationError {
  return new ValidationError("GEO-ASSERTION-INVALID", message, { hint });
}
