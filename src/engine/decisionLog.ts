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
      to.ascii("]\n");
      break;
    case "fill":
      head(to, '["fill",', decision.number, time);
      writeFill(to, decision);
      break;
    case "ended":
      head(to, '["end",', decision.number, time);
      to.ascii(',"');
      to.ascii(decision.reason);
      to.ascii('"]\n');
      break;
  }
}

function head(to: TextWriter, name: string, number: number, time: Millis): void {
  to.ascii(name);
  to.number(number);
  to.ascii(",");
  to.time(time);
}

function writeFill(to: TextWriter, fill: Execution): void {
  to.ascii(",");
  to.time(fill.time);
  to.ascii(",");
  to.number(fill.bar);
  to.ascii(',"');
  to.fixed(fill.price.units, fill.price.scale);
  to.ascii('","');
  to.fixed(fill.quantity, fill.instrument.lot.scale);
  if (fill.clipped) to.ascii(fill.maker ? '","maker","clipped"]\n' : '","taker","clipped"]\n');
  else to.ascii(fill.maker ? '","maker"]\n' : '","taker"]\n');
}

const kinds = {
  buy: {
    market: '","buy","market",{"',
    limit: '","buy","limit",{"',
    stop: '","buy","stop",{"',
    stop_limit: '","buy","stop_limit",{"',
  },
  sell: {
    market: '","sell","market",{"',
    limit: '","sell","limit",{"',
    stop: '","sell","stop",{"',
    stop_limit: '","sell","stop_limit",{"',
  },
} as const;

function writeOrder(to: TextWriter, order: PlaceCommand): void {
  const { instrument, sizing } = order;
  to.ascii(',"');
  to.ascii(instrument.symbol);
  to.ascii(kinds[order.side][order.type]);
  if (sizing.kind === "quantity") {
    to.ascii('quantity":"');
    to.fixed(sizing.units, instrument.lot.scale);
  } else {
    to.ascii('value":"');
    to.fixed(sizing.value.units, sizing.value.scale);
    if (sizing.plus !== 0n) member(to, '","plus":"', { units: sizing.plus, scale: instrument.lot.scale });
  }
  if (order.limit !== null) member(to, '","limit":"', order.limit);
  if (order.stop !== null) member(to, '","stop":"', order.stop);
  for (const exit of order.exits)
    member(to, exit.role === "stopLoss" ? '","stopLoss":"' : '","takeProfit":"', exit.price);
  to.ascii('"');
  writeTerms(to, order);
  to.ascii("}]\n");
}

function writeTerms(to: TextWriter, { timeInForce, expires, postOnly, reduceOnly, tag }: PlaceCommand): void {
  if (timeInForce !== "GTC") to.ascii(`,"timeInForce":"${timeInForce}"`);
  if (expires !== null) {
    to.ascii(',"expires":');
    to.number(expires);
  }
  if (postOnly) to.ascii(',"postOnly":true');
  if (reduceOnly) to.ascii(',"reduceOnly":true');
  if (tag !== null) {
    to.ascii(',"tag":');
    to.json(tag);
  }
}

function member(to: TextWriter, name: string, value: Fixed): void {
  to.ascii(name);
  to.fixed(value.units, value.scale);
}
