import { ValidationError } from "../domain/errors.ts";
import { didYouMean } from "../domain/suggest.ts";
import { role } from "./csvLayout.ts";

const times = [
  ...["timestamp", "opentime", "datetime", "unix", "unixtime", "unixtimestamp", "epoch", "ts", "localts"],
  ...["starttime", "gmttime", "transacttime", "time", "date", "tradedate", "day"],
] as const;

/** Usual spellings in lower case without blanks and signs, the best first. */
const spellings = {
  time: times,
  // Feeds are sorted by, and were known at, the time at which they arrived.
  arrival: ["localtimestamp", "localts", "receivetime", ...times, "transactiontime", "eventtime"],
  fundingTime: ["fundingtime", "calctime", "fundingtimestamp", ...times],
  open: ["open", "o", "openprice"],
  high: ["high", "h", "highprice"],
  low: ["low", "l", "lowprice"],
  close: ["close", "c", "closeprice", "closelast", "last", "lastprice"],
  price: ["price", "tradeprice"],
  volume: ["volume", "vol", "v", "basevolume", "volumebase"],
  amount: ["amount", "qty", "quantity", "size", "tradesize", "lastsize"],
  symbol: ["symbol", "ticker", "instrument", "pair", "asset"],
  side: ["side", "takerside", "direction"],
  buyerMaker: ["isbuyermaker", "buyermaker"],
  id: ["id", "tradeid", "aggtradeid"],
  bid: ["bid", "bidprice", "bestbid", "bestbidprice", "bidpx"],
  ask: ["ask", "askprice", "bestask", "bestaskprice", "askpx", "offer"],
  bidSize: [
    "bidqty",
    "bidsize",
    "bidamount",
    "bidvolume",
    "bidquantity",
    "bestbidqty",
    "bestbidsize",
    "bidsz",
  ],
  askSize: [
    "askqty",
    "asksize",
    "askamount",
    "askvolume",
    "askquantity",
    "bestaskqty",
    "bestasksize",
    "asksz",
  ],
  rate: ["fundingrate", "lastfundingrate", "funding", "rate"],
} as const;

export type Spelling = keyof typeof spellings;

/** Finds columns by their usual spellings or by the name a user gave. */
export class Header {
  readonly path: string;
  readonly names: readonly string[];
  readonly plain: readonly string[];

  constructor(path: string, names: readonly string[]) {
    this.path = path;
    this.names = names;
    this.plain = names.map(plainName);
  }

  find(kind: Spelling): number | undefined {
    for (const spelling of spellings[kind]) {
      const column = this.plain.findIndex(
        (name) => name === spelling || withoutUnit(name, kind) === spelling,
      );
      if (column < 0) continue;
      this.#refuseTwins(column);
      return column;
    }
    return undefined;
  }

  /** A column that the user asked for by name. */
  named(name: string): number {
    const exact = this.names.indexOf(name);
    const column = exact >= 0 ? exact : this.plain.indexOf(plainName(name));
    if (column >= 0) return column;
    throw new ValidationError(
      "GEO-DATA-HEADER",
      `${this.path}: expected a column "${name}", found ${this.list()}.${didYouMean(name, this.names)}`,
      { hint: "Name one of the file's own columns." },
    );
  }

  assign(roles: number[], kind: Spelling, use: number): boolean {
    const column = this.find(kind);
    if (column === undefined || roles[column] !== role.ignored) return false;
    roles[column] = use;
    return true;
  }

  missing(what: string, ...wanted: readonly Spelling[]): ValidationError {
    const near = wanted.flatMap((kind) =>
      this.find(kind) === undefined ? this.names.map((name) => didYouMean(name, words(kind))) : [],
    );
    const guess = near.find((text) => text !== "") ?? "";
    return new ValidationError(
      "GEO-DATA-HEADER",
      `${this.path}: expected ${what}, found ${this.list()}.${guess}`,
      {
        hint: "Give the columns their usual names in the header, such as timestamp,open,high,low,close,volume.",
      },
    );
  }

  list(): string {
    return this.names.map((name) => `"${name}"`).join(", ");
  }

  #refuseTwins(column: number): void {
    const twin = this.plain.indexOf(this.plain[column]!, column + 1);
    if (twin < 0) return;
    throw new ValidationError(
      "GEO-DATA-HEADER",
      `${this.path}: expected one column "${this.names[column]}", found two (columns ${column + 1} and ${twin + 1})`,
      { hint: "Rename or remove the one that is not meant." },
    );
  }
}

function words(kind: Spelling): readonly string[] {
  return spellings[kind].filter((word) => word.length > 2);
}

/** "Open time" → opentime, "Close/Last" → closelast, "Price (USD)" → price. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\(.*?\)|\[.*?\]/g, "")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

const timeKinds: readonly Spelling[] = ["time", "arrival", "fundingTime"];

function withoutUnit(name: string, kind: Spelling): string {
  return timeKinds.includes(kind) ? name.replace(/(?:utc|gmt|seconds|ms|us|ns)$/, "") : name;
}
