import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import type { OwnTrade } from "../../src/domain/ports.ts";
import { TradeHistory } from "../../src/execution/exchangePositions.ts";

type Row = readonly [side: "buy" | "sell", quantity: string, price: string, fee?: readonly [string, string]];

function positionOf(rows: readonly Row[], balance: string, current = "130") {
  const history = new TradeHistory(createInstrument("BTC/USDT"));
  history.add(rows.map(tradeOf));
  const { quantity, entryPrice, realizedPnl, unrealizedPnl } = history.position(
    new Decimal(balance),
    new Decimal(current),
  );
  return [quantity, entryPrice, unrealizedPnl, realizedPnl].map((value) => value.toFixed());
}

function tradeOf([side, quantity, price, fee]: Row, index: number): OwnTrade {
  return {
    id: String(index + 1),
    orderId: "1",
    clientId: null,
    symbol: "BTC/USDT",
    side,
    time: index,
    price: new Decimal(price),
    quantity: new Decimal(quantity),
    fee: fee === undefined ? null : { amount: new Decimal(fee[0]), currency: fee[1] },
    maker: false,
  };
}

describe("a balance as a position", () => {
  it.each<[string, readonly Row[], string, readonly string[]]>([
    ["one buy", [["buy", "2", "100"]], "2", ["2", "100", "60", "0"]],
    [
      "two buys",
      [
        ["buy", "1", "100"],
        ["buy", "3", "120"],
      ],
      "4",
      ["4", "115", "60", "0"],
    ],
    [
      "first in, first out",
      [
        ["buy", "1", "100"],
        ["buy", "1", "120"],
        ["sell", "1", "150"],
      ],
      "1",
      ["1", "120", "10", "50"],
    ],
    [
      "a fee in the base coin",
      [["buy", "1", "100", ["0.001", "BTC"]]],
      "0.999",
      ["0.999", "100", "29.97", "0"],
    ],
    ["fees in the quote currency", [["buy", "1", "100", ["0.1", "USDT"]]], "1", ["1", "100", "30", "-0.1"]],
    ["fees in a token", [["buy", "1", "100", ["0.1", "BNB"]]], "1", ["1", "100", "30", "0"]],
    [
      "a deposit besides: at the average of what is known",
      [["buy", "1", "100"]],
      "3",
      ["3", "100", "90", "0"],
    ],
    [
      "a withdrawal: the oldest went",
      [
        ["buy", "1", "100"],
        ["buy", "1", "120"],
      ],
      "1",
      ["1", "120", "10", "0"],
    ],
    [
      "a sale of what was deposited",
      [
        ["sell", "5", "100"],
        ["buy", "1", "110"],
      ],
      "1",
      ["1", "110", "20", "0"],
    ],
    ["nothing known: no result", [], "2", ["2", "130", "0", "0"]],
  ])("%s", (_, rows, balance, expected) => {
    expect(positionOf(rows, balance)).toEqual(expected);
  });
});
