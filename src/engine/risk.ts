import type { Account } from "../account/account.ts";
import type { Holding } from "../account/holding.ts";
import type { Approved, Command, PlaceCommand } from "../domain/execution.ts";
import {
  addFixed,
  approximate,
  compareFixed,
  type Fixed,
  multiplyFixed,
  unitsToNumber,
  zero,
} from "../domain/fixed.ts";
import { type Instrument, isTooSmall, unitValue } from "../domain/instrument.ts";
import type { CostEstimate, Purchase } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { type OrderBook, reserving } from "./orderBook.ts";

export interface ReviewOptions {
  readonly account: Account;
  readonly costs: CostEstimate;
  readonly orders: OrderBook;
}

/** What an order would hold back (below 0: set free), what open orders do, and what is free for both. */
export interface Funds {
  readonly needed: Fixed;
  readonly reserved: Fixed;
  readonly free: Fixed;
}

/** The one gate to execution. */
export class Review {
  readonly #account: Account;
  readonly #costs: CostEstimate;
  readonly #orders: OrderBook;

  constructor({ account, costs, orders }: ReviewOptions) {
    this.#account = account;
    this.#costs = costs;
    this.#orders = orders;
  }

  /** Why the command may not pass; null when it may. `ready`: the strategy has had its warm-up. */
  refuses(command: PlaceCommand, ready: boolean): ReasonCode | null {
    if (!ready) return "refused:warmup";
    const { instrument, side } = command;
    const holding = this.#account.holdingOf(instrument);
    if (command.limit === null && command.stop === null && !holding.hasPrice) return "refused:no-price";
    const reduces = this.#onlyReduces(command);
    const canClose = side === "sell" ? holding.size > 0 : holding.size < 0;
    if (reduces && !canClose) return "refused:no-position";
    const asked = askedUnits(command);
    if (asked === 0n) return "refused:below-lot";
    if (instrument.minNotional !== null && isTooSmall(instrument, asked, this.#valueOf(command)))
      return "refused:min-notional";
    // What only reduces always passes.
    if (reduces || (!canClose && this.#surelyPays(command, holding))) return null;
    return this.#pays(command) ? null : "refused:insufficient-cash";
  }

  #onlyReduces({ reduceOnly, side }: PlaceCommand): boolean {
    return reduceOnly || (side === "sell" && this.#account.kind === "cash");
  }

  /** A look in doubles: alone, and far below what is free. When it says no, only exact arithmetic can tell. */
  #surelyPays(command: PlaceCommand, { mark, multiplier }: Holding): boolean {
    const { sizing, limit, stop, instrument } = command;
    if (this.#orders.open.length > 0) return false;
    if (sizing.kind === "value")
      return this.#account.surelyCovers(approximate(sizing.value.units, sizing.value.scale));
    const own = limit ?? stop;
    const price = own === null ? mark : unitsToNumber(own.units, own.scale);
    const size = approximate(sizing.units, instrument.lot.scale);
    return this.#account.surelyCovers(this.#costs.atMost(termsOf(command), size * price * multiplier, size));
  }

  /**
   * Does the account cover the order beside those that are open, each at its reference price? What an order closes
   * comes back before it is paid; no two orders close the same.
   */
  #pays(command: PlaceCommand): boolean {
    const { needed, reserved, free } = this.funds(command);
    return needed.units <= 0n || compareFixed(addFixed(reserved, needed), free) <= 0;
  }

  /** The numbers of that question; also for those who explain its answer. */
  funds(command: PlaceCommand): Funds {
    const left = new Map<Instrument, bigint>();
    let reserved = zero;
    for (const { command: open, filled } of reserving(this.#orders)) {
      reserved = addFixed(reserved, this.#reserve(open, filled, left));
    }
    return { needed: this.#reserve(command, 0n, left), reserved, free: this.#account.free() };
  }

  /** What an order holds back (above 0) or, being a sell at the market, will set free (below 0). */
  #reserve(command: PlaceCommand, filled: bigint, left: Map<Instrument, bigint>): Fixed {
    const { instrument, side, type, sizing } = command;
    const value = this.#valueOf(command);
    const position = left.get(instrument) ?? this.#account.holdingOf(instrument).quantity;
    const closable = side === "sell" ? max(position, 0n) : max(-position, 0n);
    const reduces = this.#onlyReduces(command);
    const known = sizing.kind === "value" && !reduces ? sizing.plus : askedUnits(command);
    const rest = max(known - filled, 0n);
    const closed = rest < closable ? rest : closable;
    // A resting sell may never fill: its proceeds don't count.
    const frees = closed > 0n && (type === "market" || !reduces);
    if (frees) left.set(instrument, side === "sell" ? position - closed : position + closed);
    const back = frees ? this.#worth(instrument, -closed, value) : zero;
    if (reduces) return back;
    if (sizing.kind === "value") return addFixed(sizing.value, back);
    const cost = this.#costs.costOf({ ...termsOf(command), unitValue: value }, rest - closed);
    return addFixed(cost, back);
  }

  #worth({ lot }: Instrument, units: bigint, value: Fixed): Fixed {
    return multiplyFixed({ units, scale: lot.scale }, value);
  }

  /** Of one unit, at the price the order is judged by: its own where it names one, else the last one known. */
  #valueOf({ instrument, limit, stop }: PlaceCommand): Fixed {
    return unitValue(instrument, limit ?? stop ?? this.#account.holdingOf(instrument).exactMark());
  }
}

/** Which fees it is taken to pay: a limit to rest, everything else to take. */
function termsOf({ instrument, type, activeFrom }: PlaceCommand): Omit<Purchase, "unitValue"> {
  return { instrument, maker: type === "limit", time: activeFrom };
}

/** Its quantity; of an order by value, the most it may come to. */
function askedUnits({ sizing }: PlaceCommand): bigint {
  return sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Only what the review lets pass, and cancels, which can only reduce what is at stake. */
export function approve<C extends Command>(command: C): Approved<C> {
  return command as Approved<C>;
}
