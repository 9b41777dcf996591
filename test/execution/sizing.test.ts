import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Account, type AccountKind } from "../../src/account/account.ts";
import type { Execution, PlaceCommand } from "../../src/domain/execution.ts";
import { type Fixed, formatUnits, multiplyFixed, onePlus, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument, type Instrument, snapQuantity, unitValue } from "../../src/domain/instrument.ts";
import { noCharges } from "../../src/execution/costs/feeOf.ts";
import { freeTerms } from "../../src/execution/costs/feeTerms.ts";
import { type FillTerms, sizeAtFill } from "../../src/execution/sizing.ts";
import { executed } from "../support/executed.ts";
import { cell } from "../support/oneRow.ts";
import { btc, command, type Ticket } from "../support/tradingFloor.ts";

interface Situation {
  readonly kind?: AccountKind;
  readonly cash?: string;
  /** Bought (or, below zero, sold short) at `at`, which is also where the market was last seen. */
  readonly held?: string;
  readonly at?: string;
  readonly price?: string;
  readonly fee?: string;
}

function accountIn(
  { kind = "cash", cash = "1000", held, at = "100" }: Situation,
  instrument: Instrument,
): Account {
  const account = new Account({ kind, currency: "USD", cash: parseFixed(cash) });
  if (held !== undefined) {
    const quantity = snapQuantity(instrument, parseFixed(held));
    account.book(fill(instrument, quantity, at), null);
  }
  account.holdingOf(instrument).markAt(cell(at), 0, Number(at));
  return account;
}

function fill(instrument: Instrument, quantity: bigint, price: string): Execution {
  return executed({
    instrument,
    side: quantity < 0n ? "sell" : "buy",
    price: parseFixed(price),
    quantity: quantity < 0n ? -quantity : quantity,
  });
}

/** An order's first fill at `price`, charged `rate` of its value. */
function at({ sizing }: PlaceCommand, price: Fixed, rate: Fixed): FillTerms {
  return { sizing, price, fees: { ...freeTerms, rate }, before: noCharges };
}

/** "quantity", with "clipped" where it was cut; or the reason of the refusal. */
function sized(side: "buy" | "sell", ticket: Ticket, situation: Situation = {}): string {
  const instrument = ticket.instrument ?? btc;
  const { price = "100", fee = "0" } = situation;
  const account = accountIn(situation, instrument);
  const order = command(1, side, ticket);
  const result = sizeAtFill(order, at(order, parseFixed(price), parseFixed(fee)), account);
  if ("refused" in result) return result.refused;
  return `${formatUnits(result.quantity, instrument.lot.scale)}${result.clipped ? " clipped" : ""}`;
}

const share = createInstrument("AAPL", { lot: "1" });
const milli = createInstrument("BTC/USD", { lot: "0.001" });
const hundred = createInstrument("PENNY", { lot: "100" });

describe("an order by value", () => {
  it.each<[string, Ticket, Situation, string]>([
    ["pays the price", { value: "1000" }, {}, "10"],
    ["pays the fee from the same value", { value: "1000" }, { fee: "0.001" }, "9.99000999"],
    ["buys fewer at a higher price", { value: "1000" }, { price: "110" }, "9.09090909"],
    ["rounds down to whole shares", { value: "999", instrument: share }, {}, "9"],
    ["rounds down to thousandths", { value: "123.456", instrument: milli }, {}, "1.234"],
    ["rounds down to round lots", { value: "1000", instrument: hundred }, { price: "3" }, "300"],
    ["is cut by the collar", { value: "1000", cap: "10.5" }, { price: "50" }, "10.5 clipped"],
    ["is not cut by a collar it just reaches", { value: "1000", cap: "10" }, {}, "10"],
    // 1000 / 98 and 1000 / 95 both make 10 shares: nothing was cut.
    [
      "is not cut when the lot would have come to the same",
      { value: "1000", cap: "10", instrument: share },
      { price: "98" },
      "10",
    ],
    ["is cut by the cash there is", { value: "1500" }, {}, "10 clipped"],
    ["is refused when it buys no lot", { value: "99", instrument: share }, {}, "refused:below-lot"],
    ["is refused when there is no cash", { value: "100" }, { cash: "0" }, "refused:insufficient-cash"],
    [
      "is refused when the cash buys no lot",
      { value: "1000", instrument: hundred },
      { cash: "50", price: "3" },
      "refused:insufficient-cash",
    ],
  ])("%s", (_, ticket, situation, expected) => {
    expect(sized("buy", ticket, situation)).toBe(expected);
  });

  it("never costs more than its value, nor leaves a whole lot's worth", () => {
    const money = fc.integer({ min: 1, max: 1e9 });
    fc.assert(
      fc.property(
        money,
        money,
        fc.constantFrom(btc, share, milli, hundred),
        fc.integer({ min: 0, max: 100 }),
        (value, price, instrument, bps) => {
          const rate = { units: BigInt(bps), scale: 4 };
          const account = accountIn({ cash: "1e12" }, instrument);
          const unitPrice = { units: BigInt(price), scale: 2 };
          const order = command(1, "buy", { value: `${value}`, cap: "1e14", instrument });
          const result = sizeAtFill(order, at(order, unitPrice, rate), account);
          const quantity = "refused" in result ? 0n : result.quantity;
          if ("refused" in result) expect(result.refused).toBe("refused:below-lot");
          // In units of 10^-(2 + 4 + lot scale).
          const unit = multiplyFixed(unitValue(instrument, unitPrice), onePlus(rate)).units;
          const limit = BigInt(value) * 10n ** BigInt(6 + instrument.lot.scale);
          expect(quantity * unit <= limit).toBe(true);
          expect((quantity + instrument.lot.units) * unit > limit).toBe(true);
          expect(quantity % instrument.lot.units).toBe(0n);
        },
      ),
    );
  });
});

describe("an order by quantity", () => {
  it.each<[string, Ticket, Situation, string]>([
    ["is what it says", { quantity: "10" }, {}, "10"],
    ["comes in whole lots", { quantity: "250", instrument: hundred }, { price: "3" }, "200"],
    ["must be payable at the fill", { quantity: "10" }, { price: "100.01" }, "refused:insufficient-cash"],
    ["must be payable with its fee", { quantity: "10" }, { fee: "0.0001" }, "refused:insufficient-cash"],
    ["shrinks to the cash when it may", { quantity: "10", mayShrink: true }, { price: "125" }, "8 clipped"],
    [
      "shrinks to whole lots",
      { quantity: "10", mayShrink: true, instrument: share },
      { price: "110" },
      "9 clipped",
    ],
    [
      "is worth at least the minimum",
      { quantity: "0.09", instrument: createInstrument("BTC/USD", { minNotional: "10" }) },
      {},
      "refused:min-notional",
    ],
    [
      "meets the minimum exactly",
      { quantity: "0.1", instrument: createInstrument("BTC/USD", { minNotional: "10" }) },
      {},
      "0.1",
    ],
    [
      "costs its multiplier",
      { quantity: "2", instrument: createInstrument("ES", { multiplier: "5" }) },
      {},
      "2",
    ],
    [
      "costs no more than its multiplier allows",
      { quantity: "2.1", instrument: createInstrument("ES", { multiplier: "5" }) },
      {},
      "refused:insufficient-cash",
    ],
    ["adds to what is held", { quantity: "5" }, { held: "5" }, "5"],
    ["adds only what is left to pay", { quantity: "6" }, { held: "5" }, "refused:insufficient-cash"],
  ])("%s", (_, ticket, situation, expected) => {
    expect(sized("buy", ticket, situation)).toBe(expected);
  });
});

describe("a sell on a cash account", () => {
  it.each<[string, Ticket, Situation, string]>([
    ["needs something to sell", { quantity: "1" }, {}, "refused:no-position"],
    ["by value as well", { value: "100" }, {}, "refused:no-position"],
    ["is clipped to the holding", { quantity: "6" }, { held: "5" }, "5 clipped"],
    ["sells a part", { quantity: "2" }, { held: "5" }, "2"],
    ["needs no cash for its fee", { quantity: "10" }, { held: "10", fee: "0.01" }, "10"],
    ["by value, to the holding", { value: "800" }, { held: "5" }, "5 clipped"],
    ["by value, a part", { value: "200" }, { held: "5" }, "2"],
  ])("%s", (_, ticket, situation, expected) => {
    expect(sized("sell", ticket, situation)).toBe(expected);
  });
});

describe("on margin", () => {
  const short = { kind: "margin", held: "-4" } as const;
  const long = { kind: "margin", held: "4" } as const;
  it.each<["buy" | "sell", string, Ticket, Situation, string]>([
    ["sell", "a short is backed once", { quantity: "10" }, { kind: "margin" }, "10"],
    ["sell", "and no more than once", { quantity: "10.1" }, { kind: "margin" }, "refused:insufficient-cash"],
    [
      "sell",
      "its fee included",
      { quantity: "10" },
      { kind: "margin", fee: "0.001" },
      "refused:insufficient-cash",
    ],
    ["sell", "by value, fee included", { value: "1000" }, { kind: "margin", fee: "0.001" }, "9.99000999"],
    ["sell", "a second short gets what the first left", { quantity: "6" }, short, "6"],
    ["sell", "and not its proceeds", { quantity: "6.1" }, short, "refused:insufficient-cash"],
    ["buy", "a short is bought back", { quantity: "4", reduceOnly: true }, short, "4"],
    [
      "buy",
      "also when it is under water",
      { quantity: "4", reduceOnly: true },
      { ...short, at: "100", price: "1000" },
      "4",
    ],
    ["buy", "reduce-only never turns it", { quantity: "9", reduceOnly: true }, short, "4 clipped"],
    ["buy", "reduce-only needs a short", { quantity: "1", reduceOnly: true }, long, "refused:no-position"],
    // 1000 of equity: 4 bought back, 10 bought.
    ["buy", "a flip may use the whole equity", { quantity: "14" }, short, "14"],
    ["buy", "and no more", { quantity: "14.01" }, short, "refused:insufficient-cash"],
    ["sell", "a flip to short likewise", { quantity: "14" }, long, "14"],
    ["sell", "and no more to short", { quantity: "14.01" }, long, "refused:insufficient-cash"],
    ["buy", "a flip by value nets first", { value: "500", plus: "4" }, short, "9"],
    // The fee on what is closed is 4: the 996 left buy 996 / 101.
    [
      "buy",
      "a flip pays the fee of what it closes",
      { value: "1000", plus: "4" },
      { ...short, fee: "0.01" },
      "13.86138613 clipped",
    ],
    [
      "sell",
      "a flip to short pays it, too",
      { value: "1000", plus: "4" },
      { ...long, fee: "0.01" },
      "13.86138613 clipped",
    ],
    // Equity 1000 − 4 × 50 = 800, at 150.
    [
      "buy",
      "a flip at another price uses the equity of that price",
      { value: "1000", plus: "4" },
      { ...short, price: "150" },
      "9.33333333 clipped",
    ],
  ])("%s: %s", (side, _, ticket, situation, expected) => {
    expect(sized(side, ticket, situation)).toBe(expected);
  });

  it("what is filled leaves nothing owed: free never falls below zero", () => {
    const quantity = fc.integer({ min: -100, max: 100 }).map((n) => n / 10);
    fc.assert(
      fc.property(
        quantity,
        fc.integer({ min: 50, max: 200 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 500 }),
        (held, price, buys, bps) => {
          const rate = { units: BigInt(bps), scale: 4 };
          const account = accountIn({ kind: "margin", ...(held === 0 ? {} : { held: `${held}` }) }, btc);
          account.holdingOf(btc).markAt(cell(`${price}`), 0, price);
          fc.pre(account.free().units >= 0n);
          const order = command(1, buys ? "buy" : "sell", { quantity: "50", mayShrink: true });
          const result = sizeAtFill(order, at(order, parseFixed(`${price}`), rate), account);
          if ("refused" in result) return;
          const value = multiplyFixed({ units: result.quantity, scale: 8 }, parseFixed(`${price}`));
          const booked = fill(btc, buys ? result.quantity : -result.quantity, `${price}`);
          account.book({ ...booked, fee: { amount: multiplyFixed(value, rate), currency: "USD" } }, null);
          account.holdingOf(btc).markAt(cell(`${price}`), 0, price);
          expect(account.free().units >= 0n).toBe(true);
        },
      ),
    );
  });
});
