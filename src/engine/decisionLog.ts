import type { CancelCommand, Ended, Execution, PlaceCommand } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { TextWriter } from "../domain/textWriter.ts";
import type { Millis } from "../domain/time.ts";

/** What the canonical log of decisions records. */
export type Decision = PlaceCommand | CancelCommand | Execution | Ended;

/**
 * One line of the canonical log: a JSON array, exact decimals as text, times as epoch ms, nothing that depends on the
 * machine. Two runs are the same when their logs are the same bytes. The lines:
 *
 *     ["order", number, time, symbol, side, type, {quantity | value, …what is not the default}]
 *     ["cancel", number, time]
 *     ["fill", number, time, stamp, bar, price, quantity, "maker" | "taker", "clipped"?]
 *     ["end", number, time, reason]
 *
 * A fee follows from its fill and the run's settings.
 */
export function writeDecision(to: TextWriter, time: Millis, decision: Decision): void {
  switch (decision.kind) {
    case "place":
      head(to, '["order",', decision.number, time);
      writeOrder(to, decision);
      break;
    case "cancel":
      head(to, '["cancel",', decision.number, time);
      break;
    case "fill":
      head(to, '["fill",', decision.number, time);
      writeFill(to, decision);
      break;
    case "ended":
      head(to, '["end",', decision.number, time);
      to.ascii(`,"${decision.reason}"`);
      break;
  }
  to.ascii("]\n");
}

function head(to: TextWriter, name: string, number: number, time: Millis): void {
  to.ascii(name);
  to.number(number);
  to.ascii(",");
  to.number(time);
}

function writeFill(to: TextWriter, fill: Execution): void {
  to.ascii(",");
  to.number(fill.time);
  to.ascii(",");
  to.number(fill.bar);
  to.ascii(',"');
  to.fixed(fill.price.units, fill.price.scale);
  to.ascii('","');
  to.fixed(fill.quantity, fill.instrument.lot.scale);
  to.ascii(fill.maker ? '","maker"' : '","taker"');
  if (fill.clipped) to.ascii(',"clipped"');
}

function writeOrder(to: TextWriter, order: PlaceCommand): void {
  const {
    instrument,
    side,
    type,
    sizing,
    limit,
    stop,
    timeInForce,
    expires,
    postOnly,
    reduceOnly,
    exits,
    tag,
  } = order;
  to.ascii(',"');
  to.ascii(instrument.symbol);
  to.ascii('","');
  to.ascii(side);
  to.ascii('","');
  to.ascii(type);
  if (sizing.kind === "quantity")
    decimal(to, '",{"quantity":"', { units: sizing.units, scale: instrument.lot.scale });
  else {
    decimal(to, '",{"value":"', sizing.value);
    if (sizing.plus !== 0n) decimal(to, ',"plus":"', { units: sizing.plus, scale: instrument.lot.scale });
  }
  if (limit !== null) decimal(to, ',"limit":"', limit);
  if (stop !== null) decimal(to, ',"stop":"', stop);
  if (timeInForce !== "GTC") to.ascii(`,"timeInForce":"${timeInForce}"`);
  if (expires !== null) to.ascii(`,"expires":${expires}`);
  if (postOnly) to.ascii(',"postOnly":true');
  if (reduceOnly) to.ascii(',"reduceOnly":true');
  for (const exit of exits) decimal(to, `,"${exit.role}":"`, exit.price);
  if (tag !== null) {
    to.ascii(',"tag":');
    to.json(tag);
  }
  to.ascii("}");
}

function decimal(to: TextWriter, name: string, value: Fixed): void {
  to.ascii(name);
  to.fixed(value.units, value.scale);
  to.ascii('"');
}
