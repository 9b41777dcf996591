import { readFileSync } from "node:fs";
import { ValidationError } from "../domain/errors.ts";

/**
 * What a JSON file holds; `name` is how the user calls it, `path` where it is.
 * @returns undefined when it is not there and not `required`
 * @throws ValidationError GEO-CONFIG
 */
export function readJsonFile(name: string, path: string, required: boolean): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
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

/** JSON numbers are doubles: one with more digits than a double keeps has been rounded before we see it. */
const exactDigits = 15;

/** A text, or a number as its text. @throws ValidationError GEO-OPTION-VALUE */
export function textOf(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  if (typeof value !== "number") throw wrongType(at, "a text or a number", value);
  const digits = String(value)
    .replace(/e.*$/, "")
    .replace(/^[-0.]+|\D/g, "");
  if (digits.length > exactDigits) throw wrongType(at, "a text, as JSON rounds numbers this long", value);
  return String(value);
}

export function wrongType(at: string, expected: string, found: unknown): ValidationError {
  return new ValidationError("GEO-OPTION-VALUE", `${at}: expected ${expected}, found ${kindOf(found)}`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return isObject(value) ? "an object" : String(value);
}
