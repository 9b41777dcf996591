import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { nearest } from "../domain/suggest.ts";
import { parseTimeframe } from "../domain/time.ts";
import type { Handlers, StrategyDefinition } from "./contract.ts";

/**
 * The definition an author wrote, its fields checked, and its handlers checked again whenever `create` makes them: a
 * misspelt handler would else be a strategy that silently does nothing.
 * @param name what to call it while its own name is in doubt
 * @throws ValidationError GEO-STRATEGY-LOAD naming the field.
 */
export function checkDefinition(written: object, name: string): StrategyDefinition {
  const fields = written as { readonly [field: string]: unknown };
  const expected: readonly (readonly [field: string, holds: boolean, text: string])[] = [
    ["name", typeof fields.name === "string" && fields.name.trim() !== "", "a text"],
    ["create", typeof fields.create === "function", "a function (params, ctx) => handlers"],
    ["description", isOptional(fields.description, "string"), "a text"],
    ["params", isSchema(fields.params), "a zod schema, such as z.object({ … })"],
    ["warmup", isOptional(fields.warmup, "function") || isCount(fields.warmup), count],
    [
      "timeframes",
      fields.timeframes === undefined || Array.isArray(fields.timeframes),
      'an array such as ["1h"]',
    ],
  ];
  refuseSlips(`strategy ${name}`, namesOf(written), definitionFields);
  for (const [field, holds, text] of expected) if (!holds) throw wrongField(name, field, text, fields[field]);
  const definition = written as StrategyDefinition;
  checkTimeframes(definition.timeframes ?? [], name);
  return Object.freeze({
    name: definition.name,
    ...optional(definition, "description"),
    ...optional(definition, "params"),
    ...optional(definition, "warmup"),
    ...optional(definition, "timeframes"),
    create: (params, ctx, saved) => checkHandlers(definition.create(params, ctx, saved), definition.name),
  } satisfies StrategyDefinition);
}

/** Bars the strategy wants to see before its first decision. @throws ValidationError GEO-STRATEGY-LOAD */
export function warmupOf(definition: Pick<StrategyDefinition, "name" | "warmup">, params: unknown): number {
  const { warmup = 0 } = definition;
  const bars: unknown = typeof warmup === "function" ? warmup(params) : warmup;
  if (!isCount(bars)) throw wrongField(definition.name, "warmup", count, bars);
  return bars;
}

const definitionFields = ["name", "description", "params", "warmup", "timeframes", "create"] as const;
const count = "a whole number of bars, 0 or more";
const handlerNames = [
  "onStart",
  "onBar",
  "onTick",
  "onQuote",
  "onBook",
  "onOrder",
  "onFill",
  "onTimer",
  "onStop",
  "save",
] as const satisfies readonly (keyof Handlers)[];

function wrongField(name: string, field: string, expected: string, found: unknown): ValidationError {
  return new ValidationError(
    "GEO-STRATEGY-LOAD",
    `strategy ${name}: ${field}: expected ${expected}, found ${describe(found)}`,
  );
}

function isOptional(value: unknown, type: "string" | "function"): boolean {
  return value === undefined || typeof value === type;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Any copy of zod will do: an author may have bundled another. */
function isSchema(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof (value as { safeParse?: unknown } | null)?.safeParse === "function";
}

function checkTimeframes(timeframes: readonly unknown[], name: string): void {
  for (const timeframe of timeframes) {
    try {
      parseTimeframe(String(timeframe), `strategy ${name}: timeframes`);
    } catch (cause) {
      throw new ValidationError("GEO-STRATEGY-LOAD", (cause as Error).message, { cause });
    }
  }
}

function optional<K extends keyof StrategyDefinition>(
  definition: StrategyDefinition,
  field: K,
): Partial<Pick<StrategyDefinition, K>> {
  return definition[field] === undefined
    ? {}
    : ({ [field]: definition[field] } as Pick<StrategyDefinition, K>);
}

function checkHandlers(handlers: unknown, name: string): Handlers {
  const where = `strategy ${name}: create`;
  if (typeof handlers !== "object" || handlers === null) {
    throw wrongHandlers(
      where,
      `an object of handlers such as { onBar(bar) { … } }, found ${describe(handlers)}`,
    );
  }
  if (typeof (handlers as { then?: unknown }).then === "function") {
    throw wrongHandlers(where, "handlers at once, found a promise: create must not be async");
  }
  refuseSlips(where, namesOf(handlers), handlerNames);
  const given = handlers as { readonly [name: string]: unknown };
  const present = handlerNames.filter((handler) => given[handler] !== undefined);
  if (present.length === 0)
    throw wrongHandlers(where, `at least one of ${handlerNames.join(", ")}, found none`);
  for (const handler of present) {
    const kind = Object.prototype.toString.call(given[handler]);
    if (kind !== "[object Function]") {
      throw wrongHandlers(
        `${where}: ${handler}`,
        `a function that answers at once, found ${kind.slice(8, -1)}`,
      );
    }
  }
  return handlers;
}

function wrongHandlers(where: string, expectedAndFound: string): ValidationError {
  return new ValidationError("GEO-STRATEGY-LOAD", `${where}: expected ${expectedAndFound}`, {
    hint: "Handlers are plain functions; what takes time (a file, a network) reaches a strategy as an event.",
  });
}

/** Refuses names that are near a known one without being it; other extra names are the author's business. */
function refuseSlips(where: string, names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    if (meant === undefined || !isSlip(name, meant)) continue;
    throw new ValidationError(
      "GEO-STRATEGY-LOAD",
      `${where}: unknown field "${name}". Did you mean "${meant}"?`,
    );
  }
}

/** Short fields of an author's own (`note`, `game`) may lie near a known name; a handler or another case is a slip. */
function isSlip(name: string, meant: string): boolean {
  return name.startsWith("on") || name.toLowerCase() === meant.toLowerCase() || meant.length >= 6;
}

/** Names of fields and methods, those of its classes included. */
function namesOf(value: object): Set<string> {
  const names = new Set<string>();
  for (
    let at: object | null = value;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return names;
}
