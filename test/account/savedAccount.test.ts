/** Books that were written down and read again go on as if nothing had been. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Account, type AccountState } from "../../src/account/account.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import { createInstrument, snapQuantity } from "../../src/domain/instrument.ts";
import { decodePicture, encodePicture } from "../../src/domain/picture.ts";
import { dayMs } from "../../src/domain/time.ts";
import { executed } from "../support/executed.ts";
import { fixed } from "../support/market.ts";
import { cell } from "../support/oneRow.ts";

const instruments = [createInstrument("BTC/USD"), createInstrument("ETH/USD"), createInstrument("X/USD:USD")];

function newAccount(): Account {
  return new Account({
    kind: "margin",
    currency: "USD",
    // No double holds it: a balance read again must be the same double all the same.
    cash: fixed("1000.1234567890123456789"),
    leverage: fixed(3),
    interest: { borrow: fixed("0.1"), debt: fixed("0.2") },
    tokens: [{ currency: "BNB", amount: fixed(50), price: fixed("300.7") }],
  });
}

/** One thing that may happen to an account. */
const happening = fc.record({
  kind: fc.constantFrom("fill", "fill", "fill", "mark", "day", "fund"),
  of: fc.nat(2),
  owner: fc.nat(1),
  buys: fc.boolean(),
  /** Thousandths. */
  size: fc.integer({ min: 1, max: 20_000 }),
  price: fc.integer({ min: 900, max: 1100 }),
  fee: fc.constantFrom("USD", "BNB", "base"),
  tag: fc.constantFrom(null, "a", "#"),
});

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function happen(account: Account, { kind, of, owner, buys, size, price, fee, tag }: Happening, day: number) {
  const instrument = instruments[of]!;
  const at = fixed(`${price / 10}`);
  const holding = account.holdingOf(instrument, owner);
  if (kind === "mark") holding.markAt(cell(`${price / 10}`), 0, price / 10);
  else if (kind === "day") account.accrue(day * dayMs + 1);
  else if (kind === "fund") account.fund(instrument, fixed("0.001"), at, day * dayMs);
  else {
    const currency = fee === "base" ? (buys && !instrument.contract ? instrument.base : "USD") : fee;
    const quantity = snapQuantity(instrument, fixed(`${size / 1000}`));
    const charged = { amount: fixed("0.00012345"), currency };
    const side = buys ? "buy" : "sell";
    account.book(
      executed({ instrument, side, time: day, bar: day, price: at, quantity, fee: charged }),
      tag,
      owner,
    );
  }
}

function pictureOf(account: Account): unknown {
  return JSON.parse(encodePicture(account.save(), instruments));
}

function seen(account: Account): unknown {
  const { cash, cashNumber, cashTerms, hasPosition, debtInterest, open, margin } = account;
  return [
    [cash, debtInterest, account.exactEquity(), margin.free(), margin.state().maintenance].map(formatFixed),
    [cashNumber, cashTerms, account.equity(), hasPosition, account.nextAccrual, account.trades.length],
    [...account.balances, ...account.feesByCurrency].map(([name, amount]) => [name, formatFixed(amount)]),
    open.map(({ instrument, owner, mark, isFlat }) => [instrument.symbol, owner, mark, isFlat]),
    account.trades.all().map(({ pnl, fees, entryTag, exitTag }) => [`${pnl} ${fees}`, entryTag, exitTag]),
    account.charges.map(({ amount, shares }) => [formatFixed(amount), [...shares.keys()]]),
  ];
}

describe("an account that is written down and read again", () => {
  it("says and goes on to say the same", () => {
    const count = { base: 0, debt: 0, tokens: 0 };
    fc.assert(
      fc.property(fc.array(happening, { minLength: 10, maxLength: 40 }), fc.nat(40), (happenings, cut) => {
        const whole = newAccount();
        let other = newAccount();
        for (const [day, each] of happenings.entries()) {
          if (day === cut) {
            const text = encodePicture(other.save(), instruments);
            other = newAccount();
            other.load(decodePicture(text, instruments) as AccountState);
            expect(seen(other)).toEqual(seen(whole));
          }
          happen(whole, each, day);
          happen(other, each, day);
        }
        expect(seen(other)).toEqual(seen(whole));
        expect(pictureOf(other)).toEqual(pictureOf(whole));
        if (cut >= happenings.length) return;
        if (whole.debtInterest.units > 0n) count.debt++;
        if (whole.feesByCurrency.has("BNB")) count.tokens++;
        if (whole.feesByCurrency.has("BTC")) count.base++;
      }),
      { numRuns: 300 },
    );
    for (const times of Object.values(count)) expect(times).toBeGreaterThan(5);
  });
});
