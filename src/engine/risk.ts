import type { Account } from "../account/account.ts";
import type { Approved, Command, PlaceCommand } from "../domain/execution.ts";
import { addFixed, compareFixed, type Fixed, multiplyFixed, zero } from "../domain/fixed.ts";
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
  /** What open orders hold back, less what pending sells will bring. */
  readonly reserved: Fixed;
}

export type Review =
  | { readonly approved: Approved<PlaceCommand>; readonly reserve: Fixed }
  | { readonly refused: ReasonCode };

/** The one gate to execution: approved as a different type, or refused with a reason. */
export function review(command: PlaceCommand, view: RiskView): Review {
  const { account, reference } = view;
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
  const reserve = reducesOnly
    ? released(command, closable, value)
    : needed(command, closable, value, view.costs);
  // What only reduces always passes.
  if (reserve.units > 0n && exceeds(reserve, account.free(), view.reserved)) {
    return { refused: "refused:insufficient-cash" };
  }
  return { approved: approve(command), reserve };
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

function exceeds(need: Fixed, free: Fixed, reserved: Fixed): boolean {
  return compareFixed(reserved.units === 0n ? need : addFixed(need, reserved), free) > 0;
}
