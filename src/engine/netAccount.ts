import type { Account } from "../account/account.ts";
import type { Holding } from "../account/holding.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { RiskAccount, RiskHolding } from "./exposure.ts";

/** The account of several strategies as a risk policy sees it: what they hold of an instrument together. */
export class NetAccount implements RiskAccount {
  readonly #account: Account;
  readonly #net = new Map<Instrument, NetHolding>();
  #seen = 0;

  constructor(account: Account) {
    this.#account = account;
  }

  get kind(): RiskAccount["kind"] {
    return this.#account.kind;
  }

  get holdings(): ReadonlyMap<Instrument, RiskHolding> {
    const all = this.#account.everyHolding;
    for (; this.#seen < all.length; this.#seen++)
      this.#netOf(all[this.#seen]!.instrument).parts.push(all[this.#seen]!);
    return this.#net;
  }

  holdingOf(instrument: Instrument): RiskHolding {
    return this.holdings.get(instrument) ?? this.#netOf(instrument);
  }

  equity(): number {
    return this.#account.equity();
  }

  exactEquity(): Fixed {
    return this.#account.exactEquity();
  }

  #netOf(instrument: Instrument): NetHolding {
    let net = this.#net.get(instrument);
    if (net === undefined) {
      net = new NetHolding(instrument);
      this.#net.set(instrument, net);
    }
    return net;
  }
}

class NetHolding implements RiskHolding {
  readonly instrument: Instrument;
  readonly parts: Holding[] = [];

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  get quantity(): bigint {
    return this.parts.reduce((sum, { quantity }) => sum + quantity, 0n);
  }
  get hasPrice(): boolean {
    return this.parts.some(({ hasPrice }) => hasPrice);
  }
  exactMark(): Fixed {
    return this.parts.find(({ hasPrice }) => hasPrice)!.exactMark();
  }
}
