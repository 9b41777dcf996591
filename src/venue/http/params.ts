import { type Fixed, parseFixed } from "../../domain/fixed.ts";
import { VenueError } from "../contract.ts";
import { illegal, invalidData, mandatory } from "./refusal.ts";

const symbolShape = /^[A-Z0-9-_.]{1,20}$/;
const integerShape = /^[0-9]{1,20}$/;
const decimalShape = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
const idShape = /^[.A-Z:/a-z0-9_-]{1,36}$/;

/** The parameters of a request, however it came; each reading refuses what Binance would refuse. */
export class Params {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Of a query string and a form body. @throws VenueError -1101 for a name that comes twice */
  static ofForm(query: string, body: string): Params {
    const values = new Map<string, string>();
    if (query !== "") readForm(query, values);
    if (body !== "") readForm(body, values);
    return new Params(values);
  }

  /** Of a WebSocket API request. */
  static ofJson(params: Readonly<Record<string, unknown>>): Params {
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries(params)) {
      if (value === null || value === undefined) continue;
      values.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    return new Params(values);
  }

  get names(): Iterable<string> {
    return this.#values.keys();
  }

  get size(): number {
    return this.#values.size;
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** @throws VenueError -1104 when there are others than these */
  refuseOthers(known: ReadonlySet<string>): void {
    let read = 0;
    for (const name of this.#values.keys()) if (known.has(name)) read++;
    if (read === this.size) return;
    throw new VenueError(
      -1104,
      `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${this.size}'.`,
    );
  }

  /** @throws VenueError -1105 when it is there without a value */
  text(name: string): string | null {
    const value = this.#values.get(name);
    if (value === undefined) return null;
    if (value === "") throw new VenueError(-1105, `Parameter '${name}' was empty.`);
    return value;
  }

  need(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined || value === "") throw mandatory(name);
    return value;
  }

  symbol(): string | null {
    const value = this.text("symbol");
    if (value !== null && !symbolShape.test(value)) throw illegal("symbol", "^[A-Z0-9-_.]{1,20}$");
    return value;
  }

  needSymbol(): string {
    this.need("symbol");
    return this.symbol()!;
  }

  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!integerShape.test(value)) throw illegal(name, "^[0-9]{1,20}$");
    return Number(value);
  }

  decimal(name: string): Fixed | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!decimalShape.test(value)) throw illegal(name, "^([0-9]{1,20})(\\.[0-9]{1,20})?$");
    return parseFixed(value);
  }

  /** A client's id of an order or a list. */
  id(name: string): string | null {
    const value = this.text(name);
    if (value !== null && !idShape.test(value)) throw illegal(name, "^[a-zA-Z0-9-_]{1,36}$");
    return value;
  }

  flag(name: string): boolean | null {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return null;
    if (value !== "true" && value !== "false") throw invalidData(name);
    return value === "true";
  }

  choice<T extends string>(
    name: string,
    among: readonly T[],
    refusal: () => VenueError = () => invalidData(name),
  ): T | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!(among as readonly string[]).includes(value)) throw refusal();
    return value as T;
  }

  /** `["BTCUSDT","BNBUSDT"]` */
  list(name: string): readonly string[] | null {
    const value = this.text(name);
    if (value === null) return null;
    const parsed = jsonOrNull(value);
    if (Array.isArray(parsed) && parsed.every((one) => typeof one === "string" && symbolShape.test(one))) {
      return parsed as readonly string[];
    }
    throw illegal(name, '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$');
  }

  /** Lists can ask for so many rows at most. */
  limit(usual: number, most: number): number {
    const value = this.integer("limit");
    if (value === null) return usual;
    if (value === 0) throw invalidData("limit");
    return Math.min(value, most);
  }
}

function readForm(text: string, into: Map<string, string>): void {
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (into.has(name)) throw new VenueError(-1101, `Duplicate values for parameter '${name}'.`);
    into.set(name, equals < 0 ? "" : decoded(pair.slice(equals + 1)));
  }
}

function decoded(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new VenueError(-1100, "Illegal characters found in a parameter.");
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
