import type { Millis } from "../domain/time.ts";
import { DepthSync } from "./depthSync.ts";
import { type DecoderOptions, type FeedDecoder, LineClock, lineFault, OneSymbol } from "./feedDecoder.ts";
import { type Level, LocalBook, parseLevel } from "./localBook.ts";
import { faultError, quoted, type RowFault } from "./rowFault.ts";

/** The fields of Binance's messages that are read, as they are named there. */
type Message = Partial<Record<Field, unknown>>;
type Field = "e" | "s" | "U" | "u" | "pu" | "a" | "b" | "A" | "B" | "t" | "p" | "q" | "m" | BookField;
type BookField = "lastUpdateId" | "bids" | "asks";

export interface CaptureOptions extends DecoderOptions {
  readonly path: string;
  /** Rows beside the trades: the book, from snapshots and diffs, or the quotes of the bookTicker stream. */
  readonly feed: "book" | "quotes";
}

/**
 * A capture of Binance's streams, a message a line: the local time of receipt (epoch digits, of any unit), a blank,
 * the JSON as it came. It knows depth diffs, snapshots (of the REST API, or partial depth streams), trades and
 * bookTicker; other streams are passed over. Time is that of receipt: when a trader could know. It may lie before the
 * exchange's own time, whose clock is another.
 */
export class BinanceDecoder implements FeedDecoder {
  readonly #options: CaptureOptions;
  readonly #clock = new LineClock();
  readonly #symbol = new OneSymbol();
  readonly #book = new LocalBook();
  readonly #sync: DepthSync;
  /** The first of `trade` and `aggTrade` to appear; both tell the same trades. */
  #prints: unknown;
  #quotes = 0;
  #fault: RowFault | undefined;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#sync = new DepthSync(this.#book, ({ line, expected, found }) => {
      const want = `a depth update that goes on with id ${expected}`;
      const lost = `one from id ${found}: ${found - expected} ids are missing`;
      const hint =
        "Updates were lost. Give a file without the gap, or wait for the next snapshot with --bad-rows skip.";
      this.#options.onFault({ ...lineFault(line, want, lost, hint), code: "GEO-DATA-ORDER" });
    });
  }

  read(text: string, line: number): void {
    if (text.trim() === "") return;
    const blank = text.indexOf(" ");
    const time = this.#clock.read(text.slice(0, Math.max(0, blank)), line);
    if (typeof time === "object") {
      this.#options.onFault(time);
      return;
    }
    // Most lines of a capture are quotes: don't parse what isn't wanted.
    if (this.#options.feed === "book" && text.slice(blank, blank + 80).includes('@bookTicker"')) return;
    const message = parse(text.slice(blank + 1));
    if (message === undefined) {
      const hint = "The line may have been cut off; leave such lines out with --bad-rows skip.";
      this.#options.onFault(lineFault(line, "a time and a JSON message", quoted(text), hint));
      return;
    }
    this.#fault = message.s === undefined ? undefined : this.#symbol.check(message.s, line);
    if (this.#fault === undefined) this.#take(message, time, line);
    if (this.#fault !== undefined) this.#options.onFault(this.#fault);
  }

  /** @throws ValidationError GEO-DATA-EMPTY for diffs to which no snapshot belongs, and when no stream was known */
  finish(): void {
    const { path, feed, rows } = this.#options;
    if (rows.ended || (feed === "book" ? this.#sync.snapshots > 0 : this.#quotes > 0)) return;
    const [expected, found, hint] =
      feed === "quotes"
        ? ["bookTicker messages", "none", "Read the book instead."]
        : [
            "a snapshot of the book that its depth updates go on from",
            "none",
            "Save the answer of the REST call /depth within the capture, after its stream has begun.",
          ];
    throw faultError(path, { ...lineFault(1, expected, found, hint), code: "GEO-DATA-EMPTY" });
  }

  #take(message: Message, time: Millis, line: number): void {
    const { feed } = this.#options;
    if (message.e === "trade" || message.e === "aggTrade") this.#trade(message, time, line);
    else if (feed === "quotes") {
      if (message.B !== undefined && message.A !== undefined) this.#quote(message, time, line);
    } else if (message.e === "depthUpdate") {
      const diff = this.#depthUpdate(message, line);
      if (diff !== undefined && this.#sync.diff(diff)) this.#picture(time, line);
    } else if (message.lastUpdateId !== undefined) {
      const bids = this.#levels(message.bids, line);
      const asks = this.#levels(message.asks, line);
      const last = this.#id(message.lastUpdateId, line);
      if (bids && asks && last !== undefined && this.#sync.snapshot({ last, bids, asks })) {
        this.#picture(time, line);
      }
    }
  }

  #picture(time: Millis, line: number): void {
    const { rows } = this.#options;
    const crossed = this.#book.isCrossed;
    rows.addBook(time, this.#sync.isKnown && !crossed ? this.#book : null);
    if (crossed) this.#fault = lineFault(line, "a bid below the ask", "a crossed book");
  }

  #depthUpdate(message: Message, line: number) {
    const bids = this.#levels(message.b, line);
    const asks = this.#levels(message.a, line);
    const first = this.#id(message.U, line);
    const last = this.#id(message.u, line);
    const previous = message.pu === undefined ? null : this.#id(message.pu, line);
    if (!bids || !asks || first === undefined || last === undefined || previous === undefined)
      return undefined;
    return { line, first, last, previous, bids, asks };
  }

  #trade(message: Message, time: Millis, line: number): void {
    this.#prints ??= message.e;
    if (message.e !== this.#prints) return;
    const level = parseLevel(message.p, message.q);
    const id = message.t ?? message.a;
    if (level === undefined || typeof message.m !== "boolean" || typeof id !== "number") {
      this.#fault = lineFault(line, "a trade with t (or a), p, q and m", quoted(JSON.stringify(message)));
      return;
    }
    // The buyer made: the taker sold.
    const side = message.m ? -1 : 1;
    this.#options.rows.addTick(time, { price: level.price, volume: level.size, side, id: String(id) });
  }

  #quote(message: Message, time: Millis, line: number): void {
    const bid = parseLevel(message.b, message.B);
    const ask = parseLevel(message.a, message.A);
    if (bid === undefined || ask === undefined || bid.near > ask.near) {
      this.#fault = lineFault(line, "a bid at most as high as the ask", quoted(JSON.stringify(message)));
      return;
    }
    this.#quotes++;
    this.#options.rows.addQuote(time, bid, ask);
  }

  #levels(cells: unknown, line: number): readonly Level[] | undefined {
    const levels = Array.isArray(cells) ? cells.map((cell) => parseLevel(cell?.[0], cell?.[1])) : [undefined];
    const bad = levels.indexOf(undefined);
    if (bad < 0) return levels as Level[];
    const found = JSON.stringify(Array.isArray(cells) ? cells[bad] : cells) ?? "none";
    this.#fault = lineFault(line, 'levels such as ["61837.63", "0.5"]', quoted(found));
    return undefined;
  }

  #id(value: unknown, line: number): number | undefined {
    if (Number.isSafeInteger(value)) return value as number;
    this.#fault = lineFault(line, "whole update ids", quoted(String(value)));
    return undefined;
  }
}

/** The message, out of the envelope that combined streams put around it. */
function parse(text: string): Message | undefined {
  try {
    const message = JSON.parse(text);
    const inner = message?.data ?? message;
    return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : undefined;
  } catch {
    return undefined;
  }
}
