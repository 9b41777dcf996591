/** Chance as a trader: orders of every kind, which fill in any order and in parts, are cancelled, or wait. */
import type { PlaceCommand } from "../../src/domain/execution.ts";
import { addFixed, approximate, type Fixed, parseFixed } from "../../src/domain/fixed.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { OrderSide } from "../../src/domain/order.ts";
import { type Random, seededRandom } from "../../src/domain/random.ts";
import type { RiskLimits } from "../../src/domain/riskLimits.ts";
import { RiskPolicy, type RiskVerdict } from "../../src/engine/riskPolicy.ts";
import { btc, eth, future, Purse, worth } from "./riskDesk.ts";

export interface StreamOptions {
  readonly seed: number;
  readonly limits: RiskLimits;
  readonly instruments?: readonly Instrument[];
  /** Prices stand still unless this is set: what they do to exposure is not an order's doing. */
  readonly pricesMove?: boolean;
  /** Longs in the first symbol, shorts in the others, and nothing that reduces. */
  readonly onlyAdds?: boolean;
}

interface Open {
  readonly number: number;
  readonly instrument: Instrument;
  readonly side: OrderSide;
  readonly reduceOnly: boolean;
  left: bigint;
  /** Its stop-loss, which grows with its fills. */
  readonly exit: Open | null;
}

export const marks = new Map<Instrument, Fixed>([
  [btc, parseFixed("100")],
  [eth, parseFixed("10.5")],
  [future, parseFixed("7")],
]);

export class RiskStream {
  readonly purse = new Purse("10000");
  readonly policy: RiskPolicy;
  readonly verdicts = new Map<RiskVerdict, number>();
  readonly open: Open[] = [];
  time = 0;
  fills = 0;
  readonly #draw: Random;
  readonly #options: StreamOptions;
  readonly #instruments: readonly Instrument[];
  #numbers = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#draw = seededRandom(options.seed);
    this.#instruments = options.instruments ?? [btc, eth, future];
    for (const instrument of this.#instruments)
      this.purse.holdingOf(instrument).mark = marks.get(instrument)!;
    this.policy = new RiskPolicy(options.limits, this.purse);
  }

  /** One request, and what happens besides; true when something filled. */
  step(): boolean {
    this.time += Math.floor(this.#draw() * 400);
    this.#request();
    const chance = this.#draw();
    if (chance < 0.1) this.#end(this.#pick(this.open));
    if (chance > 0.999) this.#toggleSwitch();
    if (this.#options.pricesMove && chance < 0.3) this.#move();
    // Books stay short: an order that waits for long is an order like any other.
    if (this.open.length === 0 || (this.#draw() < 0.4 && this.open.length < 20)) return false;
    this.#fill(this.#pick(this.open)!);
    return true;
  }

  /** Σ |position| × price, at the prices of now. */
  gross(): Fixed {
    let sum: Fixed = { units: 0n, scale: 0 };
    for (const { instrument, quantity, mark } of this.purse.holdings.values()) {
      sum = addFixed(sum, worth(instrument, quantity < 0n ? -quantity : quantity, mark!));
    }
    return sum;
  }

  net(): Fixed {
    let sum: Fixed = { units: 0n, scale: 0 };
    for (const { instrument, quantity, mark } of this.purse.holdings.values())
      sum = addFixed(sum, worth(instrument, quantity, mark!));
    return sum;
  }

  #request(): void {
    const instrument = this.#pick(this.#instruments)!;
    const command = this.#command(instrument);
    const { sizing } = command;
    const expected = sizing.kind === "quantity" ? sizing.units : (sizing.cap * 19n) / 20n;
    const verdict = this.policy.review(command, expected, this.time);
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + 1);
    if (verdict !== null && verdict !== "reduce-only") return;
    const { number, side } = command;
    const reduceOnly = command.reduceOnly || verdict !== null;
    this.policy.placed(reduceOnly ? { ...command, reduceOnly } : command, expected, this.time);
    const most = sizing.kind === "quantity" ? sizing.units : sizing.cap;
    const opposite = side === "buy" ? "sell" : "buy";
    const exit = {
      number: number + 1,
      instrument,
      side: opposite,
      reduceOnly: true,
      left: 0n,
      exit: null,
    } as const;
    // By value: at prices that stand still, no more than the value buys.
    const left = this.#options.pricesMove ? most : expected;
    this.open.push({
      number,
      instrument,
      side,
      reduceOnly,
      left,
      exit: command.exits.length > 0 ? { ...exit } : null,
    });
  }

  #command(instrument: Instrument): PlaceCommand {
    const { onlyAdds = false } = this.#options;
    const draw = this.#draw;
    const first = instrument === this.#instruments[0];
    const side = onlyAdds ? (first ? "buy" : "sell") : draw() < 0.5 ? "buy" : "sell";
    const held = this.purse.holdingOf(instrument).quantity;
    // Now and then exactly what is held, or twice as much: closing and reversing are what bugs live on.
    const size =
      draw() < 0.3 && held !== 0n && !onlyAdds ? (held < 0n ? -held : held) * (draw() < 0.5 ? 1n : 2n) : 0n;
    const units =
      size > 0n ? size : instrument.lot.units * BigInt(1 + Math.floor(draw() ** 3 * largest(instrument)));
    const byValue = draw() < 0.2;
    const rests = draw() < 0.4;
    const number = (this.#numbers += 2);
    return {
      kind: "place",
      number,
      owner: 0,
      instrument,
      side,
      type: rests ? "limit" : "market",
      sizing: byValue
        ? { kind: "value", value: worth(instrument, units, marks.get(instrument)!), plus: 0n, cap: units }
        : { kind: "quantity", units, mayShrink: false },
      limit: rests ? marks.get(instrument)! : null,
      stop: null,
      trail: null,
      timeInForce: "GTC",
      expires: null,
      postOnly: false,
      reduceOnly: !onlyAdds && draw() < 0.15,
      exits:
        !onlyAdds && draw() < 0.2
          ? [{ number: number + 1, role: "stopLoss", price: marks.get(instrument)! }]
          : [],
      group: null,
      replaces: null,
      activeFrom: this.time,
      tag: null,
    };
  }

  #fill(order: Open): void {
    const { number, instrument, side, reduceOnly, exit } = order;
    const held = this.purse.holdingOf(instrument).quantity;
    const closable = side === "sell" ? held : -held;
    let most = order.left;
    if (reduceOnly && closable < most) most = closable;
    if (most <= 0n) {
      this.#end(order);
      return;
    }
    const part = this.#draw() < 0.5 ? most : (most * BigInt(1 + Math.floor(this.#draw() * 10))) / 10n;
    const quantity = part === 0n ? most : part;
    order.left -= quantity;
    this.purse.trade(instrument, side === "buy" ? quantity : -quantity);
    this.policy.filled(number, quantity, order.left === 0n);
    this.fills++;
    if (exit !== null) {
      if (exit.left === 0n && !this.open.includes(exit)) this.open.push(exit);
      exit.left += quantity;
    }
    if (order.left === 0n) this.#remove(order);
  }

  #end(order: Open | undefined): void {
    if (order === undefined) return;
    this.policy.ended(order.number);
    this.#remove(order);
    order.left = 0n;
    if (order.exit !== null && order.exit.left === 0n) this.policy.ended(order.exit.number);
  }

  #remove(order: Open): void {
    this.open.splice(this.open.indexOf(order), 1);
  }

  /** As a flattening does: what could still open is cancelled when the switch is engaged. */
  #toggleSwitch(): void {
    if (this.policy.haltedBecause(this.time) !== null) {
      this.policy.resume();
      return;
    }
    this.policy.kill("chance");
    for (const order of this.open.filter(({ reduceOnly }) => !reduceOnly)) this.#end(order);
  }

  #move(): void {
    const instrument = this.#pick(this.#instruments)!;
    const held = this.purse.holdingOf(instrument);
    held.mark = { units: 1n + BigInt(Math.floor(this.#draw() * 20_000)), scale: 2 };
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#draw() * items.length)];
  }
}

/** Lots of an order worth about 3,000. */
function largest(instrument: Instrument): number {
  const one = worth(instrument, instrument.lot.units, marks.get(instrument)!);
  return 3000 / approximate(one.units, one.scale);
}
