import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";
import type { StrategyDefinition } from "./contract.ts";
import { shapeOf } from "./params-shape.ts";

/**
 * Parameters checked and completed by the strategy's own schema. A text (`--param fast=10`) is tried as it is, and
 * where the schema refuses that, as the JSON it spells: 10, true, null, ["A"].
 * @throws ValidationError GEO-STRATEGY-PARAMETER naming the parameter, what was expected and what was found.
 */
export function parseParams(definition: StrategyDefinition, raw: Readonly<Record<string, unknown>>): unknown {
  const { name, params: schema } = definition;
  refuseUnknown(definition, Object.keys(raw));
  if (schema === undefined) return {};
  const parse = (input: object) => safeParse(schema as unknown as AnyCopyOfZod, input, name);
  const asText = parse(raw);
  const spelt = spelledOut(raw, asText);
  if (spelt.size === 0) return outcome(asText, raw, name);
  const asJson = parse(
    Object.fromEntries(
      Object.entries(raw).map(([key, value]) => [key, spelt.has(key) ? spelt.get(key) : value]),
    ),
  );
  if (asJson.success) return asJson.data;
  if (asText.success) return asText.data;
  // The JSON form may only have changed the complaint: text that is too short would become "expected a text".
  const textIsBetter = asJson.error.issues.some((issue) => isWorse(issue, asText.error.issues));
  return outcome(textIsBetter ? asText : asJson, raw, name);
}

/** As much of zod as every copy of it has: an author may have bundled another. */
interface AnyCopyOfZod {
  safeParse(input: unknown): Parsed;
}

type Parsed =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function refuseUnknown(definition: StrategyDefinition, given: readonly string[]): void {
  const { names, open } = shapeOf(definition.params);
  if (open) return;
  for (const key of given) {
    if (names.includes(key)) continue;
    const known = names.length === 0 ? "it takes none" : `it takes ${names.join(", ")}`;
    throw new ValidationError(
      "GEO-STRATEGY-PARAMETER",
      `strategy ${definition.name}: unknown parameter "${key}"; ${known}.${didYouMean(key, names)}`,
      { hint: `geosync strategies ${definition.name} explains them.` },
    );
  }
}

function safeParse(schema: AnyCopyOfZod, input: object, name: string): Parsed {
  try {
    return schema.safeParse(input);
  } catch (cause) {
    throw new ValidationError(
      "GEO-STRATEGY-PARAMETER",
      `strategy ${name}: its params schema failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: "A params schema answers at once: no async refinements or transforms.", cause },
    );
  }
}

/** Texts to be read as JSON: the refused ones, and those that a coercing boolean takes for true whatever they say. */
function spelledOut(raw: Readonly<Record<string, unknown>>, parsed: Parsed): Map<string, unknown> {
  const spelt = new Map<string, unknown>();
  for (const [key, text] of Object.entries(raw)) {
    if (typeof text !== "string") continue;
    const wanted = parsed.success
      ? (parsed.data as Record<string, unknown> | null)?.[key] === true && text !== "true"
      : parsed.error.issues.some((issue) => issue.path[0] === key);
    const value = wanted ? readJson(text) : undefined;
    if (value !== undefined) spelt.set(key, value);
  }
  return spelt;
}

/** A number as traders write it (.5, +5), or any JSON; undefined when it is neither. */
function readJson(text: string): unknown {
  if (/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text)) return Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isWorse(issue: Issue, before: readonly Issue[]): boolean {
  return (
    issue.code === "invalid_type" &&
    before.some(({ code, path }) => path[0] === issue.path[0] && code !== "invalid_type")
  );
}

function outcome(parsed: Parsed, raw: Readonly<Record<string, unknown>>, name: string): unknown {
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => complaint(issue, raw));
  throw new ValidationError("GEO-STRATEGY-PARAMETER", `strategy ${name}: ${complaints.join("; ")}`, {
    hint: `geosync strategies ${name} explains the parameters.`,
  });
}

function complaint(issue: Issue, raw: Readonly<Record<string, unknown>>): string {
  const expected = /expected (.+?)(?:, received .*)?$/i.exec(issue.message)?.[1];
  const rule = expected === undefined ? issue.message : `expected ${expected}`;
  // A rule over several parameters (fast < slow) belongs to none of them.
  if (issue.path.length === 0) return rule;
  const key = String(issue.path[0]);
  const found = Object.hasOwn(raw, key) ? describe(raw[key]) : "nothing";
  return `parameter ${issue.path.map(String).join(".")}: ${rule}, found ${found}`;
}
