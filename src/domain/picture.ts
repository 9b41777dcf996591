import { ValidationError } from "./errors.ts";
import type { Instrument } from "./instrument.ts";

/**
 * What keeps state that a restart must not lose. `save` gives all of it as plain data (numbers, texts, big integers,
 * instruments, number arrays; no other objects than plain ones), which may still be in use: it is to be written down
 * at once. `load` brings a new object of the same settings to that state.
 */
export interface Savable<S = unknown> {
  save(): S;
  load(state: S): void;
}

/*
 * Texts that begin with # stand for what JSON has no word for:
 *
 *     #n123        a big integer            #fNaN, #f-0  numbers that JSON would change
 *     #iBTC/USDT   an instrument            #d1,2.5      a Float64Array
 *     ##text       a text that begins so    #b1,2        a BigInt64Array
 */

/** Plain data as text, exactly. @throws ValidationError GEO-VALUE for what is not plain, such as a Map or a promise. */
export function encodePicture(state: unknown, instruments: Iterable<Instrument>): string {
  const known = new Set<unknown>(instruments);
  return JSON.stringify(state, (key, value: unknown) => encoded(key, value, known));
}

/** @throws ValidationError GEO-SESSION for a text that is none of ours, or names an instrument that is not given. */
export function decodePicture(text: string, instruments: Iterable<Instrument>): unknown {
  const bySymbol = new Map([...instruments].map((instrument) => [instrument.symbol, instrument]));
  try {
    return JSON.parse(text, (_, value: unknown) =>
      typeof value === "string" && value.startsWith("#") ? decoded(value, bySymbol) : value,
    );
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ValidationError("GEO-SESSION", `checkpoint: ${cause.message}`, { cause });
  }
}

function encoded(key: string, value: unknown, known: ReadonlySet<unknown>): unknown {
  switch (typeof value) {
    case "string":
      return value.startsWith("#") ? `#${value}` : value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : `#f${textOf(value)}`;
    case "bigint":
      return `#n${value}`;
    case "object":
      return encodedObject(key, value, known);
    case "function":
    case "symbol":
      throw notPlain(key, typeof value);
    default:
      return value;
  }
}

function encodedObject(key: string, value: object | null, known: ReadonlySet<unknown>): unknown {
  if (value === null || Array.isArray(value)) return value;
  if (known.has(value)) return `#i${(value as Instrument).symbol}`;
  if (value instanceof Float64Array) return `#d${Array.from(value, textOf).join(",")}`;
  if (value instanceof BigInt64Array) return `#b${value.join(",")}`;
  // Not by prototype: a strategy's objects may come from another realm.
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== "Object") throw notPlain(key, kind);
  return value;
}

function textOf(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function decoded(text: string, instruments: ReadonlyMap<string, Instrument>): unknown {
  const rest = text.slice(2);
  switch (text[1]) {
    case "#":
      return text.slice(1);
    case "n":
      return BigInt(rest);
    case "f":
      return Number(rest);
    case "i":
      return instruments.get(rest) ?? refuse(`names ${rest}, which this run does not have`);
    case "d":
      return Float64Array.from(cells(rest), Number);
    case "b":
      return BigInt64Array.from(cells(rest), BigInt);
    default:
      return refuse(`expected a mark after #, found ${JSON.stringify(text)}`);
  }
}

function cells(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}

function refuse(what: string): never {
  throw new ValidationError("GEO-SESSION", `checkpoint: ${what}`);
}

function notPlain(key: string, found: string): ValidationError {
  return new ValidationError("GEO-VALUE", `checkpoint: ${key}: expected plain data, found a ${found}`);
}
