import type { Account } from "../account/account.ts";
import type { PlaceCommand } from "../domain/execution.ts";
import { type Fixed, formatFixed, formatUnits, multiplyFixed } from "../domain/fixed.ts";
import { type Instrument, unitValue } from "../domain/instrument.ts";
import type { CostEstimate } from "../domain/ports.ts";
import type { ReasonCode } from "../domain/reasons.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { Market } from "../engine/market.ts";
import type { Review } from "../engine/risk.ts";
import type { Facts } from "../report/explanation.ts";

/** What refusals are decided by. Only looked at. */
export interface RefusalContext {
  readonly account: Account;
  readonly review: Review;
  readonly costs: CostEstimate;
  readonly markets: ReadonlyMap<Instrument, Market>;
  /** Of each strategy. */
  readonly warmups: readonly number[];
  readonly tradeFrom: Millis;
}

/** An order at the moment of its refusal. */
export interface Refused {
  readonly command: PlaceCommand;
  readonly time: Millis;
  /** It was at the venue already. */
  readonly atFill: boolean;
  /** The price it was about to fill at, where that is known. */
  readonly fillPrice: Fixed | null;
}

/** The numbers behind the end of an order, at the moment of its end; none where the code says it all. */
export function factsOfEnd(reason: ReasonCode, refused: Refused, context: RefusalContext): Facts {
  const { command } = refused;
  const { instrument, sizing, expires } = command;
  const { lot, minNotional } = instrument;
  const holding = context.account.holdingOf(instrument, command.owner);
  const units = sizing.kind === "quantity" ? sizing.units : sizing.plus + sizing.cap;
  switch (reason) {
    case "refused:warmup":
      return factsOfWarmup(refused, context);
    case "refused:insufficient-cash":
      return refused.atFill ? factsOfPayment(refused, context) : factsOfReview(command, context);
    case "refused:below-lot":
      return {
        lot: formatFixed(lot),
        ...(sizing.kind === "quantity" && units > 0n ? { asked: formatUnits(units, lot.scale) } : {}),
      };
    case "refused:min-notional": {
      const least: Facts = minNotional === null ? {} : { least: formatFixed(minNotional) };
      if (sizing.kind === "value" || refused.atFill) return least;
      const price = command.limit ?? command.stop ?? holding.exactMark();
      const worth = multiplyFixed({ units, scale: lot.scale }, unitValue(instrument, price));
      return { worth: formatFixed(worth), ...least };
    }
    case "refused:no-position":
      return { held: formatUnits(holding.quantity, lot.scale) };
    case "expired:gtd":
      return expires === null ? {} : { expires: isoTime(expires) };
    default:
      return {};
  }
}

function factsOfWarmup({ command, time }: Refused, { markets, warmups, tradeFrom }: RefusalContext): Facts {
  const seen = markets.get(command.instrument)?.seen ?? 0;
  const warmup = warmups[command.owner]!;
  if (seen < warmup) return { seen: String(seen), needed: String(warmup) };
  return time <= tradeFrom ? { tradeFrom: isoTime(Math.ceil(tradeFrom)) } : {};
}

function factsOfReview(command: PlaceCommand, { review }: RefusalContext): Facts {
  const { needed, reserved, free } = review.funds(command);
  const holdsBack: Facts = reserved.units === 0n ? {} : { reserved: formatFixed(reserved) };
  return { needed: formatFixed(needed), ...holdsBack, free: formatFixed(free) };
}

/** With leverage, and for what closes a position and pays for itself in part, the sum is not so simple, and is left unsaid. */
function factsOfPayment({ command, time, fillPrice }: Refused, context: RefusalContext): Facts {
  const { account, costs } = context;
  const { instrument, owner, sizing } = command;
  if (fillPrice === null || sizing.kind !== "quantity" || instrument.inverse || !account.margin.isPlain)
    return {};
  if (account.holdingOf(instrument, owner).quantity !== 0n) return {};
  const purchase = { instrument, unitValue: unitValue(instrument, fillPrice), maker: false, time };
  return {
    needed: formatFixed(costs.costOf(purchase, sizing.units)),
    free: formatFixed(account.free()),
  };
}
