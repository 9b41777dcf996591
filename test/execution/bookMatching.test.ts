import { describe, expect, it } from "vitest";
import { createInstrument, type Instrument } from "../../src/domain/instrument.ts";
import type { BookChunk, MarketEvent, QuoteChunk } from "../../src/domain/market.ts";
import { book, quote } from "../support/bookRow.ts";
import { tick } from "../support/oneRow.ts";
import { btc, type FloorOptions, TradingFloor } from "../support/tradingFloor.ts";

const shown = (chunk: BookChunk | QuoteChunk): MarketEvent => ({ chunk, row: 0 });
const asks = (text: string, bids = "99x9", instrument: Instrument = btc) =>
  shown(book(instrument, bids, text));
const bids = (text: string) => shown(book(btc, text, "200x9"));

function floor(options: FloorOptions = {}): TradingFloor {
  return new TradingFloor({ cash: "10000", ...options });
}

describe("a market order on a book", () => {
  it("walks the levels: 3 of [100×1, 101×1, 102×5] cost 100 + 101 + 102", () => {
    const venue = floor();
    const order = venue.buy({ quantity: "3" });
    venue.show(asks("100x1 101x1 102x5"));
    expect(venue.tape).toEqual(["1 buy 1@100", "1 buy 1@101", "1 buy 1@102"]);
    expect(venue.cash).toBe("9697");
    expect(venue.reason(order)).toBe("filled");
  });

  it("waits with what the row does not hold, and takes no level twice", () => {
    const venue = floor();
    const order = venue.buy({ quantity: "3" });
    venue.show(asks("100x1 101x1"));
    venue.show(asks("100x1 101x1"));
    expect(venue.tape).toEqual(["1 buy 1@100", "1 buy 1@101"]);
    expect(venue.reason(order)).toBeNull();
    venue.show(asks("100x2"));
    expect(venue.tape.at(-1)).toBe("1 buy 1@100");
    expect(venue.reason(order)).toBe("filled");
  });

  it("finds a level anew that showed another size while no order was there to see it", () => {
    const venue = floor();
    venue.buy({ quantity: "1" });
    venue.show(asks("100x1 101x1"));
    venue.show(asks("100x2 101x1"));
    venue.show(asks("100x1 101x1"));
    venue.buy({ quantity: "1" });
    venue.show(asks("100x1 101x1"));
    expect(venue.tape).toEqual(["1 buy 1@100", "2 buy 1@100"]);
  });

  it("shares a level with the orders before it, in the order of their arrival", () => {
    const venue = floor();
    venue.buy({ quantity: "2" });
    venue.buy({ quantity: "2" });
    venue.show(asks("100x3 101x5"));
    expect(venue.tape).toEqual(["1 buy 2@100", "2 buy 1@100", "2 buy 1@101"]);
  });

  it("pays no slippage: the book is what it pays", () => {
    const venue = floor({ slippage: "0.01" });
    venue.buy({ quantity: "1" });
    venue.show(asks("100x1"));
    expect(venue.tape).toEqual(["1 buy 1@100"]);
  });

  it("takes any size of a quote that names none", () => {
    const venue = floor();
    venue.buy({ quantity: "50" });
    venue.show(shown(quote(btc, "99", "100")));
    expect(venue.tape).toEqual(["1 buy 50@100"]);
  });

  it("leaves trades beside the book alone, and bars no room for a better price", () => {
    const venue = floor();
    venue.show(asks("100x1"));
    venue.buy({ quantity: "1" });
    venue.show(tick(btc, 0, "90"));
    expect(venue.tape).toEqual([]);
    venue.show(asks("100x1"));
    expect(venue.tape).toEqual(["1 buy 1@100"]);
  });
});

describe("an order by value on a book", () => {
  it("buys what its value pays for along the levels, fees included", () => {
    // 1 at 100 with a fee of 1 leaves 102.01 of 203.01: 1 at 101 with 1.01 takes all of it.
    const venue = floor({ taker: "0.01" });
    const order = venue.buy({ value: "203.01" });
    venue.show(asks("100x1 101x5"));
    expect(venue.tape).toEqual(["1 buy 1@100", "1 buy 1@101"]);
    expect(venue.cash).toBe("9796.99");
    expect(venue.reason(order)).toBe("filled");
  });

  it("is cut by its cap, and marked", () => {
    const venue = floor();
    venue.buy({ value: "1000", cap: "2" });
    venue.show(asks("100x1 101x5"));
    expect(venue.tape).toEqual(["1 buy 1@100", "1 buy 1@101"]);
    expect(venue.fills[0]!.clipped).toBe(true);
  });
});

describe("fill-or-kill on a book", () => {
  it.each([
    ["fills whole along the levels", "3", "10000", 3, "filled"],
    ["ends when the levels don't hold it", "8", "10000", 0, "expired:fok"],
    ["is refused whole when its worst level is not payable", "3", "305", 0, "refused:insufficient-cash"],
  ])("%s", (_, quantity, cash, fills, reason) => {
    const venue = floor({ cash });
    const order = venue.buy({ quantity, timeInForce: "FOK" });
    venue.show(asks("100x1 101x1 102x5"));
    expect(venue.fills).toHaveLength(fills);
    expect(venue.reason(order)).toBe(reason);
  });

  it("immediate-or-cancel keeps what it got", () => {
    const venue = floor();
    const order = venue.buy({ quantity: "8", timeInForce: "IOC" });
    venue.show(asks("100x1 101x1"));
    expect(venue.tape).toEqual(["1 buy 1@100", "1 buy 1@101"]);
    expect(venue.reason(order)).toBe("expired:ioc");
  });
});

describe("limits on a book", () => {
  it("take what stands better as taker, and rest at their own price as maker", () => {
    const venue = floor({ taker: "0.01", maker: "0" });
    venue.buy({ quantity: "3", limit: "100" });
    venue.show(asks("100x1 101x9"));
    venue.show(asks("99x1 100x9", "98x9"));
    expect(venue.tape).toEqual(["1 buy 1@100", "1 buy 1@100"]);
    expect(venue.fills.map(({ maker }) => maker)).toEqual([false, true]);
    expect(venue.cash).toBe("9799");
  });

  it("that rest fill on a trade through them; one that the book has not seen does not", () => {
    const venue = floor();
    venue.show(asks("100x1"));
    venue.buy({ quantity: "1", limit: "95" });
    venue.show(tick(btc, 0, "94"));
    expect(venue.tape).toEqual([]);
    venue.show(asks("100x1"));
    venue.show(tick(btc, 0, "94"));
    expect(venue.tape).toEqual(["1 buy 1@95"]);
    expect(venue.fills[0]!.maker).toBe(true);
  });

  it("post-only ends where it would take", () => {
    const venue = floor();
    const taking = venue.buy({ quantity: "1", limit: "100", postOnly: true });
    const resting = venue.buy({ quantity: "1", limit: "99", postOnly: true });
    venue.show(asks("100x1", "98x1"));
    expect([venue.reason(taking), venue.reason(resting)]).toEqual(["expired:post-only", null]);
  });
});

describe("stops on quotes and books", () => {
  it("trigger by the side they would trade on, then walk it until they are done", () => {
    const venue = floor();
    venue.buy({ quantity: "2" });
    venue.show(asks("100x2", "99x9"));
    const stop = venue.sell({ quantity: "2", stop: "95" });
    venue.show(bids("96x1"));
    expect(venue.reason(stop)).toBeNull();
    venue.show(bids("94x1"));
    // The price is back above the stop, which has been reached all the same.
    venue.show(bids("97x5"));
    expect(venue.tape.slice(1)).toEqual(["2 sell 1@94", "2 sell 1@97"]);
  });

  it("attached ones act from the next row on, and the target goes when the stop has filled", () => {
    const venue = floor();
    venue.buy({ quantity: "1", stopLoss: "99.5", takeProfit: "110" });
    venue.show(asks("100x1", "99x9"));
    expect(venue.tape).toEqual(["1 buy 1@100"]);
    venue.show(bids("99x9"));
    expect(venue.tape).toEqual(["1 buy 1@100", "2 sell 1@99"]);
    expect(venue.reason(3)).toBe("cancelled:oco");
  });
});

it("counts in lots of the instrument: a level of less than one is none", () => {
  const coin = createInstrument("COIN/USD", { lot: "1" });
  const venue = floor();
  venue.buy({ instrument: coin, quantity: "2" });
  venue.show(asks("100x0.5 101x2.5", "99x1", coin));
  expect(venue.tape).toEqual(["1 buy 2@101"]);
});
