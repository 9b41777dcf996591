import { GeoSyncError } from "../domain/errors.ts";

/**
 * JSON for people and diffs: an object's fields a line each, an array's items a line each, keys in the order of the
 * types. Ends with a newline.
 * @throws GeoSyncError GEO-INTERNAL for NaN and Infinity, which JSON would turn into null without a word
 */
export function jsonText(value: unknown): string {
  return [...jsonLines(value)].join("");
}

/** The same in pieces, for what is too long for one text. */
export function* jsonLines(value: unknown): Generator<string> {
  yield* pieces(value, "", "");
  yield "\n";
}

function* pieces(value: unknown, indent: string, at: string): Generator<string> {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    yield "[\n";
    for (let i = 0; i < value.length; i++) {
      checkFinite(value[i], `${at}[${i}]`);
      yield `${inner}${JSON.stringify(value[i])}${i + 1 < value.length ? "," : ""}\n`;
    }
    yield `${indent}]`;
  } else if (isFields(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    yield entries.length === 0 ? "{" : "{\n";
    for (const [i, [key, item]] of entries.entries()) {
      yield `${inner}${JSON.stringify(key)}: `;
      yield* pieces(item, inner, at === "" ? key : `${at}.${key}`);
      yield i + 1 < entries.length ? ",\n" : `\n${indent}`;
    }
    yield "}";
  } else {
    checkFinite(value, at);
    yield JSON.stringify(value) ?? "null";
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkFinite(value: unknown, at: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new GeoSyncError("GEO-INTERNAL", `${at}: expected a finite number for JSON, found ${value}`);
  }
  if (typeof value !== "object" || value === null) return;
  for (const key in value) checkFinite((value as Record<string, unknown>)[key], `${at}.${key}`);
}
