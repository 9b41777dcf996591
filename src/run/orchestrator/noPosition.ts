import { OrderError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Order } from "../../domain/order.ts";

/** What is needed to tell why there was nothing to sell. */
export interface NothingHeld {
  readonly venue: string;
  readonly simulated: boolean;
}

/** An exit with nothing to close. */
export function nothingToExit({ symbol }: Instrument, { venue }: NothingHeld): OrderError {
  return new OrderError(
    "GEO-ORDER-REFUSED",
    `${symbol} exit: refused:no-position: expected something of ${symbol} that ${venue} holds, to close it, found none`,
    { hint: "It is out of the market already: nothing was sent, and nothing is to be done." },
  );
}

/** A sell of what a cash account does not hold, refused by whomever: in words that say what it would have been. */
export function nothingToSell(
  { symbol, quantity }: Order,
  { base }: Instrument,
  { venue, simulated }: NothingHeld,
  cause: OrderError,
): OrderError {
  const shorts = simulated
    ? 'give buildGeoSyncSystem simulation: { account: "margin" }'
    : `${venue} must lend, and buildGeoSyncSystem be told so with account: "margin" in its venues`;
  return new OrderError(
    "GEO-ORDER-REFUSED",
    `${symbol} sell of ${quantity?.toFixed()}: refused:no-position: expected ${base} that ${venue} holds, to sell it, found none: a cash account has no shorts`,
    {
      hint: `A "sell" with nothing held asks for a short. Skip it, or send "exit" to close whatever there is; for shorts, ${shorts}.`,
      cause,
    },
  );
}

/** Refusals that an account without the base currency meets: ours, and those of venues for want of balance. */
export function isForWant(error: unknown): error is OrderError {
  const wants = /refused:(no-position|insufficient-cash)|insufficient/i;
  return error instanceof OrderError && error.code === "GEO-ORDER-REFUSED" && wants.test(error.message);
}
