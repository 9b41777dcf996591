import type { OrderNumber } from "../../domain/execution.ts";
import {
  addFixed,
  compareFixed,
  type Fixed,
  formatFixed,
  negateFixed,
  parseFixed,
} from "../../domain/fixed.ts";
import { type Instrument, isTooSmall, snapQuantity, unitValue, wholeLots } from "../../domain/instrument.ts";
import { least } from "../../execution/live/exact.ts";
import type { KnownOrder } from "../../execution/live/restored.ts";
import { isOver } from "./exchange.ts";
import type { JournalTruth } from "./journalTruth.ts";
import type { Named, Violation } from "./verify.ts";

/**
 * What an entry has brought and still holds is under its stop, by the exchange's own account. Fees that earlier
 * entries paid in coins may be missing of it: whose coins those were, is nothing that anybody could tell.
 */
export function* unprotected({ known }: JournalTruth, named: readonly Named[]): Generator<Violation> {
  const standing = standingOf(named);
  for (const { symbol, held } of known.symbols) {
    const ofSymbol = known.orders.filter(({ command }) => command.instrument.symbol === symbol);
    const [first] = ofSymbol;
    if (first === undefined) continue;
    const { instrument } = first.command;
    let left = snapQuantity(instrument, held);
    for (const order of ofSymbol) left -= restOfOwnStop(order);
    let charged = instrument.lot.units;
    for (const entry of ofSymbol) {
      const stop = ofSymbol.find((one) => one.entry === entry.command.number && isWaitingStop(one));
      charged += entry.charged;
      if (stop === undefined) continue;
      const kept = wholeLots(least(entry.filled - entry.charged - entry.exited, left), instrument);
      if (kept <= charged || isTooSmall(instrument, kept, unitValue(instrument, stop.command.stop!)))
        continue;
      left -= kept;
      const there = standing.get(stop.command.number);
      const wanted = amountOf(kept - charged, instrument);
      if (there === undefined || compareFixed(there, wanted) < 0)
        yield {
          kind: "unprotected",
          message: `order ${entry.command.number} holds ${formatFixed(amountOf(kept, instrument))}, its stop ${stop.command.number} stands at the venue for ${there === undefined ? "nothing" : formatFixed(there)}`,
        };
    }
  }
}

/** What is still open of the orders that stand there, by number. */
function standingOf(named: readonly Named[]): ReadonlyMap<OrderNumber, Fixed> {
  const open = named.filter(({ order }) => !isOver(order));
  return new Map(
    open.map(({ number, order }) => [
      number,
      addFixed(parseFixed(order.origQty), negateFixed(parseFixed(order.executedQty))),
    ]),
  );
}

function isWaitingStop({ command, ended, cancel }: KnownOrder): boolean {
  return command.stop !== null && ended === null && cancel === null;
}

/** Coins under a stop that is no attached exit are protected by that. */
function restOfOwnStop(order: KnownOrder): bigint {
  const { command, entry, filled } = order;
  const { sizing, side, reduceOnly } = command;
  if (entry !== null || side === "buy" || !reduceOnly || !isWaitingStop(order)) return 0n;
  return sizing.kind === "quantity" ? sizing.units - filled : 0n;
}

function amountOf(units: bigint, { lot }: Instrument): Fixed {
  return { units, scale: lot.scale };
}
