import { describe, expect, it } from "vitest";
import {
  type Execution,
  exitCommand,
  type OrderNumber,
  type PlaceCommand,
} from "../../src/domain/execution.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import { ClientIds } from "../../src/execution/live/clientIds.ts";
import { startBalances, type VenueOrder } from "../../src/run/chaos/exchange.ts";
import type { JournalTruth } from "../../src/run/chaos/journalTruth.ts";
import { type Violation, verify } from "../../src/run/chaos/verify.ts";
import { TradingSession } from "../execution/live/tradingSession.ts";

const ids = new ClientIds("abc123");

/** A bracket, its target moved when 0.7 of the entry were known to be held, and what filled of them. */
async function bracket(filled: { readonly entry: string; readonly moved: string }) {
  const session = await new TradingSession().start();
  session.price("100");
  const entry = session.write({ quantity: "1", stopLoss: "90", takeProfit: "120" }) as PlaceCommand;
  const { instrument } = entry;
  const unitsOf = (text: string) => {
    const { units, scale } = parseFixed(text);
    return units * 10n ** BigInt(instrument.lot.scale - scale);
  };
  const target = entry.exits.find(({ role }) => role === "takeProfit")!;
  const known = { kind: "quantity", units: unitsOf("0.7"), mayShrink: false } as const;
  const moved = { ...exitCommand(entry, target, known), number: 9, replaces: target.number };
  const decided = new Map<OrderNumber, PlaceCommand>([
    [entry.number, entry],
    [target.number, exitCommand(entry, target, { ...known, units: 0n })],
    [9, moved],
  ]);
  const fill = (number: OrderNumber, quantity: string) =>
    ({ number, quantity: unitsOf(quantity), instrument }) as Execution;
  const entryOf = new Map([
    [target.number, entry.number],
    [9, entry.number],
  ]);
  const journal = journalOf(decided, entryOf, [fill(entry.number, filled.entry), fill(9, filled.moved)]);
  const orders = [
    order(entry.number, "1", filled.entry, 1),
    order(target.number, "0.7", "0", 2),
    order(9, filled.moved, filled.moved, 4),
  ];
  return duplicatesOf(journal, orders);
}

function journalOf(
  decided: JournalTruth["decided"],
  entryOf: JournalTruth["entryOf"],
  fills: readonly Execution[],
): JournalTruth {
  return {
    ...{
      id: "abc123",
      decided,
      entryOf,
      fills,
      open: [],
      halted: null,
      divergence: null,
      changes: new Map(),
    },
    known: { orders: [], symbols: [] } as unknown as JournalTruth["known"],
  };
}

function duplicatesOf(journal: JournalTruth, orders: readonly VenueOrder[]): readonly string[] {
  return messagesOf("duplicate", journal, orders);
}

function messagesOf(
  wanted: Violation["kind"],
  journal: JournalTruth,
  orders: readonly VenueOrder[],
): readonly string[] {
  const balances = new Map(Object.entries(startBalances));
  const violations = verify(journal, { orders, trades: [], balances });
  return violations.filter(({ kind }) => kind === wanted).map(({ message }) => message);
}

function order(number: OrderNumber, origQty: string, executedQty: string, time: number): VenueOrder {
  return {
    ...{
      symbol: "BTCUSDT",
      orderId: number,
      clientOrderId: ids.of({ number, generation: 1 }),
      status: "FILLED",
    },
    ...{ origQty, executedQty, cummulativeQuoteQty: "0", time, updateTime: time + 1 },
    origQuoteOrderQty: "0",
  };
}

describe("a moved exit", () => {
  it("may close what its entry has brought since", async () => {
    expect(await bracket({ entry: "1", moved: "0.9" })).toEqual([]);
  });

  it("that closes more than its entry has brought is told", async () => {
    expect(await bracket({ entry: "0.8", moved: "0.9" })).toEqual([
      "order 1 brought 0.8, its exits closed 0.9",
    ]);
  });
});

it("an order that filled beyond what was decided is told", async () => {
  expect(await bracket({ entry: "1.5", moved: "0.9" })).toEqual(["order 1: 1.5 were filled, 1 decided"]);
});

describe("an order by value, of which 1000 were decided, 10.5 coins at most", () => {
  it.each([
    ["that was sent by value may be filled for more coins", "1000", { coins: "11", spent: "1000" }, []],
    [
      "that was sent by value may not cost more",
      "1000",
      { coins: "10", spent: "1001" },
      ["order 1: 1001 were spent, 1000 decided"],
    ],
    ["that was sent as its cap may cost more by then", "0", { coins: "10.5", spent: "1010" }, []],
    [
      "that was sent as its cap may not be filled for more coins",
      "0",
      { coins: "10.6", spent: "900" },
      ["order 1: 10.6 were filled, 10.5 decided"],
    ],
  ])("%s", async (_, sentFor, { coins, spent }, told) => {
    const session = await new TradingSession().start();
    const written = session.write({ value: "1000" }) as PlaceCommand;
    const cap = 105n * 10n ** BigInt(written.instrument.lot.scale - 1);
    const sizing = { kind: "value", value: parseFixed("1000"), plus: 0n, cap } as const;
    const filled = {
      ...order(1, coins, coins, 1),
      ...{ origQuoteOrderQty: sentFor, cummulativeQuoteQty: spent },
    };
    const journal = journalOf(new Map([[1, { ...written, sizing }]]), new Map(), []);
    expect(duplicatesOf(journal, [filled])).toEqual(told);
  });
});

describe("of a group, one of which has filled", () => {
  it.each([
    ["none of the others stands", null, "CANCELED", []],
    [
      "another one that stands is told",
      null,
      "NEW",
      ["gs-abc123-2 stands at the venue, though order 1 of its group has filled"],
    ],
    ["one that took the place of the other may stand: it may have come after", 1, "NEW", []],
  ])("%s", async (_, replaces, status, told) => {
    const session = await new TradingSession().start();
    const first = session.write({ quantity: "1", limit: "95", group: "g" });
    const second = { ...session.write({ quantity: "1", stop: "105", group: "g" }), replaces };
    const { instrument } = first;
    const fill = { number: 1, quantity: 10n ** BigInt(instrument.lot.scale), instrument } as Execution;
    const decided = new Map([first, second].map((one) => [one.number, one]));
    const journal = journalOf(decided, new Map(), [fill]);
    const orders = [order(1, "1", "1", 1), { ...order(2, "1", "0", 3), status }];
    expect(messagesOf("group", journal, orders)).toEqual(told);
  });
});
