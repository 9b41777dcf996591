/** A risk policy, an account of plain numbers and orders in decimal texts: what the engine tells a policy, by hand. */
import type { PlaceCommand } from "../../src/domain/execution.ts";
import { addFixed, type Fixed, multiplyFixed, parseFixed, unitsToNumber } from "../../src/domain/fixed.ts";
import { createInstrument, type Instrument, snapQuantity, unitValue } from "../../src/domain/instrument.ts";
import type { OrderSide } from "../../src/domain/order.ts";
import type { RiskLimits } from "../../src/domain/riskLimits.ts";
import type { RiskAccount, RiskHolding } from "../../src/engine/exposure.ts";
import { RiskPolicy, type RiskVerdict } from "../../src/engine/riskPolicy.ts";
import { command, type Ticket } from "./tradingFloor.ts";

export const btc = createInstrument("BTC/USD");
export const eth = createInstrument("ETH/USD", { lot: "0.01" });
/** A contract: one unit at price 1 is worth 10. */
export const future = createInstrument("FUT/USD", { lot: "1", multiplier: "10" });

class Held implements RiskHolding {
  readonly instrument: Instrument;
  quantity = 0n;
  mark: Fixed | null = null;

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  get hasPrice(): boolean {
    return this.mark !== null;
  }

  exactMark(): Fixed {
    return this.mark!;
  }
}

/** Cash, quantities and prices; a fill moves both at the last price, without costs. */
export class Purse implements RiskAccount {
  readonly kind: RiskAccount["kind"];
  readonly holdings = new Map<Instrument, Held>();
  cash: Fixed;

  constructor(cash = "10000", kind: RiskAccount["kind"] = "margin") {
    this.cash = parseFixed(cash);
    this.kind = kind;
  }

  holdingOf(instrument: Instrument): Held {
    let held = this.holdings.get(instrument);
    if (held === undefined) this.holdings.set(instrument, (held = new Held(instrument)));
    return held;
  }

  exactEquity(): Fixed {
    let equity = this.cash;
    for (const { instrument, quantity, mark } of this.holdings.values()) {
      if (mark !== null) equity = addFixed(equity, worth(instrument, quantity, mark));
    }
    return equity;
  }

  equity(): number {
    const { units, scale } = this.exactEquity();
    return unitsToNumber(units, scale);
  }

  trade(instrument: Instrument, units: bigint): void {
    const held = this.holdingOf(instrument);
    held.quantity += units;
    this.cash = addFixed(this.cash, worth(instrument, -units, held.mark!));
  }
}

export function worth(instrument: Instrument, units: bigint, price: Fixed): Fixed {
  return multiplyFixed({ units, scale: instrument.lot.scale }, unitValue(instrument, price));
}

export interface DeskStart {
  readonly kind?: RiskAccount["kind"];
  readonly cash?: string;
  /** Quantity held and last price, by instrument. */
  readonly held?: readonly (readonly [Instrument, string, string | null])[];
}

/** Orders as in `TradingFloor`; each gets the next numbers, itself first, its exits after it. */
export class RiskDesk {
  readonly purse: Purse;
  readonly policy: RiskPolicy;
  time = 1000;
  #next = 1;

  constructor(limits: RiskLimits, { kind = "margin", cash = "10000", held }: DeskStart = {}) {
    this.purse = new Purse(cash, kind);
    for (const [instrument, quantity, price] of held ?? [[btc, "0", "100"] as const]) {
      const holding = this.purse.holdingOf(instrument);
      holding.quantity = snapQuantity(instrument, parseFixed(quantity));
      holding.mark = price === null ? null : parseFixed(price);
    }
    this.policy = new RiskPolicy(limits, this.purse);
  }

  /** The verdict; what passes is placed, as reduce-only where the verdict says so. */
  order(side: OrderSide, ticket: Ticket, expected?: string): RiskVerdict {
    const asked = command(this.#next, side, { instrument: btc, ...ticket });
    const units = this.#expected(asked, expected);
    const verdict = this.policy.review(asked, units, this.time);
    if (verdict !== null && verdict !== "reduce-only") return verdict;
    this.#next += 1 + asked.exits.length;
    this.policy.placed({ ...asked, reduceOnly: asked.reduceOnly || verdict !== null }, units, this.time);
    return verdict;
  }

  recheck(number: number, side: OrderSide, ticket: Ticket): RiskVerdict {
    return this.policy.recheck(command(number, side, { instrument: btc, ...ticket }), this.time);
  }

  /** So much of an order fills at the last price. */
  fill(number: number, side: OrderSide, quantity: string, complete = true, instrument = btc): void {
    const units = snapQuantity(instrument, parseFixed(quantity));
    this.purse.trade(instrument, side === "buy" ? units : -units);
    this.policy.filled(number, units, complete);
  }

  mark(price: string, instrument = btc): void {
    this.purse.holdingOf(instrument).mark = parseFixed(price);
  }

  #expected({ sizing, instrument }: PlaceCommand, expected: string | undefined): bigint {
    if (expected !== undefined) return snapQuantity(instrument, parseFixed(expected));
    return sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
  }
}
