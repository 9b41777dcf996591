import type { Account } from "../account/account.ts";
import type { Approved, Command, PlaceCommand } from "../domain/execution.ts";
import { addFixed, approximate, compareFixed, type Fixed, multiplyFixed, zero } from "../domain/fixed.ts";
import { isTooSmall, unitValue } from "../domain/instrument.ts";
import type { CostEstimate } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";

/** What a review weighs besides the command itself. */
export interface RiskView {
  readonly account: Account;
  readonly costs: CostEstimate;
  /** Has the strategy had its warm-up? */
  readonly ready: boolean;
  /** The price the order is judged by: its own, or the last one known; null when there is none. */
  readonly reference: Fixed | null;
  /** What open orders hold back or will set free. */
  readonly others: readonly Reserve[];
}

export type Review =
  | { readonly approved: Approved<PlaceCommand>; readonly reserve: Reserve }
  | { readonly refused: ReasonCode };

/**
 * What an order holds back of the account's free equity (above 0) or will set free (below 0), until it ends. Worked
 * out when another order asks for it: most orders are alone.
 */
export interface Reserve {
  readonly command: PlaceCommand;
  readonly reducesOnly: boolean;
  readonly closable: bigint;
  /** Of one unit, at the reference price. */
  readonly value: Fixed;
  readonly costs: CostEstimate;
}

/** The one gate to execution: approved as a different type, or refused with a reason. */
export function review(command: PlaceCommand, view: RiskView): Review {
  const { account, reference, costs } = view;
  const { instrument, side, sizing } = command;
  if (!view.ready) return { refused: "refused:warmup" };
  if (reference === null) return { refused: "refused:no-price" };
  const holding = account.holdingOf(instrument);
  const held = side === "sell" ? holding.quantity : -holding.quantity;
  const closable = held > 0n ? held : 0n;
  const reducesOnly = command.reduceOnly || (side === "sell" && account.kind === "cash");
  if (reducesOnly && closable === 0n) return { refused: "refused:no-position" };

  const asked = sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
  if (asked === 0n) return { refused: "refused:below-lot" };
  const value = unitValue(instrument, reference);
  if (isTooSmall(instrument, asked, value)) return { refused: "refused:min-notional" };
  const reserve: Reserve = { command, reducesOnly, closable, value, costs };
  // What only reduces always passes.
  if (!reducesOnly && !isPayable(reserve, view)) return { refused: "refused:insufficient-cash" };
  return { approved: approve(command), reserve };
}

function isPayable(reserve: Reserve, { account, others }: RiskView): boolean {
  if (others.length === 0 && surelyPayable(reserve, account)) return true;
  const need = reservedBy(reserve);
  if (need.units <= 0n) return true;
  const total = others.reduce((sum, other) => addFixed(sum, reservedBy(other)), need);
  return compareFixed(total, account.free()) <= 0;
}

function surelyPayable({ command, closable, value, costs }: Reserve, account: Account): boolean {
  const { sizing, instrument, type } = command;
  if (closable !== 0n) return false;
  if (sizing.kind === "value")
    return account.surelyCovers(approximate(sizing.value.units, sizing.value.scale));
  const factor = costs.factor(type === "limit");
  const cost = approximate(sizing.units, instrument.lot.scale) * approximate(value.units, value.scale);
  return account.surelyCovers(cost * approximate(factor.units, factor.scale));
}

/** The amount, exactly. */
function reservedBy({ command, reducesOnly, closable, value, costs }: Reserve): Fixed {
  return reducesOnly ? released(command, closable, value) : needed(command, closable, value, costs);
}

/** A cancel can only reduce what is at stake. */
export function approve<C extends Command>(command: C): Approved<C> {
  return command as Approved<C>;
}

/** Below zero: what a sell at the market will bring by the time other orders of the instant are paid. */
function released({ sizing, instrument, type }: PlaceCommand, closable: bigint, value: Fixed): Fixed {
  // A resting sell may never fill: its proceeds don't count.
  if (type !== "market") return zero;
  const asked = sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
  const closed = asked < closable ? asked : closable;
  return multiplyFixed({ units: -closed, scale: instrument.lot.scale }, value);
}

/** What the exposure that the order opens costs at the reference price, fee included; what it closes comes back first. */
function needed(command: PlaceCommand, closable: bigint, value: Fixed, costs: CostEstimate): Fixed {
  const { sizing, instrument } = command;
  const { scale } = instrument.lot;
  const asked = sizing.kind === "quantity" ? sizing.units : sizing.plus;
  const closed = asked < closable ? asked : closable;
  const cost =
    sizing.kind === "value"
      ? sizing.value
      : multiplyFixed(
          multiplyFixed({ units: asked - closed, scale }, value),
          costs.factor(command.type === "limit"),
        );
  return closed === 0n ? cost : addFixed(cost, multiplyFixed({ units: -closed, scale }, value));
}
