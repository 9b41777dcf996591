import { numericText } from "../domain/decimal.ts";
import { parseFixed } from "../domain/fixed.ts";
import { amountOf } from "./amount.ts";
import type { AccountOptions } from "./exchangeOptions.ts";
import { TradingAccount } from "./tradingAccount.ts";

const newcomer: AccountOptions = { balances: { USDT: "10000", BTC: "1" } };

/** The accounts of the exchange; one that is named for the first time is opened with its initial balances. */
export class AccountRegister {
  readonly #accounts = new Map<string, TradingAccount>();
  readonly #options: Readonly<Record<string, AccountOptions>>;
  readonly #others: AccountOptions;

  constructor(options: Readonly<Record<string, AccountOptions>> = {}, others: AccountOptions = newcomer) {
    this.#options = options;
    this.#others = others;
  }

  get all(): Iterable<TradingAccount> {
    return this.#accounts.values();
  }

  of(name: string): TradingAccount {
    let account = this.#accounts.get(name);
    if (account === undefined) {
      account = this.open(name);
      const { balances } = this.#optionsOf(name);
      for (const [asset, text] of Object.entries(balances)) {
        account.wallet.deposit(asset, amountOf(parseFixed(numericText(text, `balance of ${asset}`))));
      }
      account.wallet.takeChanged();
    }
    return account;
  }

  /** Without its balances: those of a saved one are set. */
  open(name: string): TradingAccount {
    const { maker = "0.001", taker = "0.001", payInBnb = false } = this.#optionsOf(name);
    const account = new TradingAccount(name, {
      maker: parseFixed(numericText(maker, "maker")),
      taker: parseFixed(numericText(taker, "taker")),
      payInBnb,
    });
    this.#accounts.set(name, account);
    return account;
  }

  #optionsOf(name: string): AccountOptions {
    return Object.hasOwn(this.#options, name) ? this.#options[name]! : this.#others;
  }
}
