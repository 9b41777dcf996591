import type { Account } from "../account/account.ts";
import type { Holding } from "../account/holding.ts";
import type { Approved, Command, PlaceCommand } from "../domain/execution.ts";
import {
  addFixed,
  approximate,
  compareFixed,
  type Fixed,
  multiplyFixed,
  negateFixed,
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
    const { instrument, owner, side } = command;
    const holding = this.#account.holdingOf(instrument, owner);
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
    if (instrument.inverse || !this.#account.margin.isPlain) return false;
    const size = approximate(sizing.units, instrument.lot.scale);
    return this.#account.surelyCovers(this.#costs.atMost(termsOf(command), size * price * multiplier, size));
  }

  /**
   * Does the account cover the order beside those that are open, each at its reference price? What an order closes
   * comes back before it is paid; no two orders close the same.
   */
  #pays(command: PlaceCommand): boolean {
    const left = new Map<Holding, bigint>();
    let total = zero;
    for (const { command: open, filled } of reserving(this.#orders)) {
      total = addFixed(total, this.#reserve(open, filled, left));
    }
    const need = this.#reserve(command, 0n, left);
    return need.units <= 0n || compareFixed(addFixed(total, need), this.#account.free()) <= 0;
  }

  /** What an order holds back (above 0) or, being a sell at the market, will set free (below 0). */
  #reserve(command: PlaceCommand, filled: bigint, left: Map<Holding, bigint>): Fixed {
    const { instrument, owner, side, type, sizing } = command;
    const value = this.#valueOf(command);
    const holding = this.#account.holdingOf(instrument, owner);
    const position = left.get(holding) ?? holding.quantity;
    const closable = side === "sell" ? max(position, 0n) : max(-position, 0n);
    const reduces = this.#onlyReduces(command);
    const known = sizing.kind === "value" && !reduces ? sizing.plus : askedUnits(command);
    const rest = max(known - filled, 0n);
    const closed = rest < closable ? rest : closable;
    // A resting sell may never fill: its proceeds don't count.
    const frees = closed > 0n && (type === "market" || !reduces);
    if (frees) left.set(holding, side === "sell" ? position - closed : position + closed);
    const back = frees ? this.#worth(instrument, -closed, value) : zero;
    if (reduces) return back;
    if (sizing.kind === "value") return addFixed(sizing.value, back);
    const opened = this.#worth(instrument, rest - closed, value);
    const cost = this.#costs.costOf({ ...termsOf(command), unitValue: value }, rest - closed);
    const { margin } = this.#account;
    if (margin.isPlain) return addFixed(cost, back);
    // With leverage a fee takes equity that would have backed as many times its amount.
    const fee = addFixed(cost, negateFixed(opened));
    return addFixed(addFixed(opened, multiplyFixed(fee, margin.leverage)), back);
  }

  #worth({ lot }: Instrument, units: bigint, value: Fixed): Fixed {
    return multiplyFixed({ units, scale: lot.scale }, value);
  }

  /** Of one unit, at the price the order is judged by: its own where it names one, else the last one known. */
  #valueOf({ instrument, owner, limit, stop }: PlaceCommand): Fixed {
    return unitValue(instrument, limit ?? stop ?? this.#account.holdingOf(instrument, owner).exactMark());
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
