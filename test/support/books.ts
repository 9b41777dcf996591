import { Account, type AccountKind, type AccountOptions } from "../../src/account/account.ts";
import { type Fixed, formatFixed, formatUnits, parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument, type Instrument, snapQuantity } from "../../src/domain/instrument.ts";
import { executed } from "./executed.ts";
import { cell } from "./oneRow.ts";

export const btc = createInstrument("BTC/USD");
export const shares = createInstrument("AAPL", { lot: "1" });

export interface FillText {
  readonly instrument?: Instrument;
  readonly fee?: string;
  readonly currency?: string;
  readonly tag?: string;
  readonly bar?: number;
}

/** An account and what it said, in decimal texts. */
export class Books {
  readonly account: Account;

  constructor(kind: AccountKind, cash: string, options: Partial<AccountOptions> = {}) {
    this.account = new Account({ kind, currency: "USD", cash: parseFixed(cash), ...options });
  }

  /** "buy 1@50000" with its fee in money. */
  fill(text: string, given: FillText = {}): this {
    const { instrument = btc, fee = "0", currency = this.account.currency, tag, bar = 0 } = given;
    const [, side, quantity, price] = /^(buy|sell) (.+)@(.+)$/.exec(text) as unknown as [
      string,
      "buy" | "sell",
      string,
      string,
    ];
    this.account.book(
      executed({
        instrument,
        side,
        time: bar * 60_000,
        bar,
        price: parseFixed(price),
        quantity: snapQuantity(instrument, parseFixed(quantity)),
        fee: { amount: parseFixed(fee), currency },
      }),
      tag ?? null,
    );
    return this;
  }

  mark(price: string, instrument = btc): this {
    this.account.holdingOf(instrument).markAt(cell(price), 0, Number(price));
    return this;
  }

  get cash(): string {
    return formatFixed(this.account.cash);
  }
  get free(): string {
    return formatFixed(this.account.free());
  }
  get equity(): string {
    return formatFixed(this.account.exactEquity());
  }
  /** "long 1 50000→51000 fees 100 pnl 900" */
  get closed(): string[] {
    return this.account.trades.all().map((trade) => {
      const at = (units: bigint, scale: number): string => formatUnits(units, scale);
      const { side, quantity, entryPrice, exitPrice, priceScale, fees, pnl, moneyScale } = trade;
      const size = at(quantity, trade.instrument.lot.scale);
      const prices = `${at(entryPrice, priceScale)}→${at(exitPrice, priceScale)}`;
      return `${side} ${size} ${prices} fees ${at(fees, moneyScale)} pnl ${at(pnl, moneyScale)}`;
    });
  }
}

export function text(value: Fixed): string {
  return formatFixed(value);
}
