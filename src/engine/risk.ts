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
import { type OrderBook, type OrderRecord, reserving } from "./orderBook.ts";

export interface ReviewOptions {
  readonly account: Account;
  readonly costs: CostEstimate;
  readonly orders: OrderBook;
}

/** How far an order has got; it has a quantity at its first fill at the latest. */
type Progress = Pick<OrderRecord, "filled" | "quantity">;

const unfilled: Progress = { filled: 0n, quantity: null };

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

  /**
   * Why the command may not pass; null when it may. `ready`: the strategy has had its warm-up. `stale`: it decided on
   * data that was old when it came.
   */
  refuses(command: PlaceCommand, ready: boolean, stale: boolean): ReasonCode | null {
    if (!ready) return "refused:warmup";
    if (stale && !this.#onlyReduces(command)) return "refused:stale";
    if (this.#movesExit(command)) return null;
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

  /** An attached exit at another price: as large as what it protects, if that is there yet. */
  #movesExit({ replaces }: PlaceCommand): boolean {
    return replaces !== null && (this.#orders.find(replaces)?.entry ?? null) !== null;
  }

  #onlyReduces({ reduceOnly, side }: PlaceCommand): boolean {
    return reduceOnly || (side === "sell" && this.#account.kind === "cash");
  }

  /** A look in doubles: alone, and far below what is free. When it says no, only exact arithmetic can tell. */
  #surelyPays(command: PlaceCommand, { mark, multiplier }: Holding): boolean {
    const { sizing, limit, stop, trail, instrument } = command;
    if (this.#orders.open.length > 0) return false;
    if (sizing.kind === "value")
      return this.#account.surelyCovers(approximate(sizing.value.units, sizing.value.scale));
    const own = limit ?? (trail === null ? stop : null);
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
    const { needed, reserved, free } = this.funds(command);
    return needed.units <= 0n || compareFixed(addFixed(reserved, needed), free) <= 0;
  }

  /** The numbers of that question; also for those who explain its answer. */
  funds(command: PlaceCommand): Funds {
    const left = new Map<Holding, bigint>();
    const groups = new Map<string, Fixed>();
    let reserved = zero;
    for (const record of reserving(this.#orders)) {
      const need = this.#reserve(record.command, record, left);
      reserved = addFixed(reserved, besidesGroup(record.command, need, groups));
    }
    const needed = besidesGroup(command, this.#reserve(command, unfilled, left), groups);
    return { needed, reserved, free: this.#account.free() };
  }

  /** What an order holds back (above 0) or, being a sell at the market, will set free (below 0). */
  #reserve(command: PlaceCommand, { filled, quantity }: Progress, left: Map<Holding, bigint>): Fixed {
    const { instrument, owner, side, type, sizing } = command;
    const value = this.#valueOf(command);
    const holding = this.#account.holdingOf(instrument, owner);
    const position = left.get(holding) ?? holding.quantity;
    const closable = side === "sell" ? max(position, 0n) : max(-position, 0n);
    const reduces = this.#onlyReduces(command);
    // With its first fill an order by value has got its size, and part of the value is spent.
    const byValue = sizing.kind === "value" && filled === 0n;
    const known = filled > 0n ? quantity! : byValue && !reduces ? sizing.plus : askedUnits(command);
    const rest = known - filled;
    const closed = rest < closable ? rest : closable;
    const frees = closed > 0n && (type === "market" || !reduces);
    if (frees) left.set(holding, side === "sell" ? position - closed : position + closed);
    const back = frees ? this.#worth(instrument, -closed, value) : zero;
    if (reduces) return back;
    const cost = byValue ? sizing.value : this.#opening(command, value, rest - closed);
    const need = addFixed(cost, back);
    // An order that rests may never fill: what it closes pays for itself, not for others.
    return type !== "market" && need.units < 0n ? zero : need;
  }

  /** What new exposure of `units`, each worth `value`, takes of what is free, its fee included. */
  #opening(command: PlaceCommand, value: Fixed, units: bigint): Fixed {
    const cost = this.#costs.costOf({ ...termsOf(command), unitValue: value }, units);
    const { margin } = this.#account;
    if (margin.isPlain) return cost;
    const opened = this.#worth(command.instrument, units, value);
    // With leverage a fee takes equity that would have backed as many times its amount.
    return addFixed(opened, multiplyFixed(addFixed(cost, negateFixed(opened)), margin.leverage));
  }

  #worth({ lot }: Instrument, units: bigint, value: Fixed): Fixed {
    return multiplyFixed({ units, scale: lot.scale }, value);
  }

  /** Of one unit, at the price the order is judged by: its own where it names one, else the last one known. */
  #valueOf({ instrument, owner, limit, stop, trail }: PlaceCommand): Fixed {
    // A trailing stop names none: it may start anywhere, even below zero.
    const own = limit ?? (trail === null ? stop : null);
    return unitValue(instrument, own ?? this.#account.holdingOf(instrument, owner).exactMark());
  }
}

/** What an order needs beyond those of its group seen so far: only one of them fills, so the dearest counts. */
function besidesGroup({ group, owner }: PlaceCommand, need: Fixed, groups: Map<string, Fixed>): Fixed {
  if (group === null) return need;
  const name = `${owner} ${group}`;
  const most = groups.get(name) ?? zero;
  if (compareFixed(need, most) <= 0) return zero;
  groups.set(name, need);
  return addFixed(need, negateFixed(most));
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
