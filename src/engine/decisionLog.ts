import type { CancelCommand, Ended, Execution, PlaceCommand } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Ascii, ascii, TextWriter } from "../domain/textWriter.ts";
import type { Millis } from "../domain/time.ts";

/** What the canonical log of decisions records. */
export type Decision = PlaceCommand | CancelCommand | Execution | Ended;

/**
 * One line of the canonical log: a JSON array, exact decimals as text, times as epoch ms, nothing that depends on the
 * machine. Two runs are the same when their logs are the same bytes. The lines:
 *
 *     ["order", number, time, symbol, side, type, {quantity | value, …what is not the default}]
 *     ["cancel", number, time]
 *     ["fill", number, time, stamp, bar, price, quantity, "maker" | "taker", "clipped"?, "partial"?]
 *     ["end", number, time, reason]
 *
 * A fee follows from its fill and the run's settings.
 */
export class DecisionLog {
  readonly text = new TextWriter();
  /** The plain market orders of the last quantities bought and sold: strategies tend to ask for the same again. */
  readonly #plain = { buy: { ...noOrder }, sell: { ...noOrder } };

  write(time: Millis, decision: Decision): void {
    const to = this.text;
    switch (decision.kind) {
      case "place":
        head(to, text.order, decision.number, time);
        this.#writeOrder(decision);
        break;
      case "cancel":
        head(to, text.cancel, decision.number, time);
        to.put(text.end);
        break;
      case "fill":
        head(to, text.fill, decision.number, time);
        writeFill(to, decision);
        break;
      case "ended":
        head(to, text.ended, decision.number, time);
        to.put(text.openText);
        to.word(decision.reason);
        to.put(text.endText);
        break;
    }
  }

  #writeOrder(order: PlaceCommand): void {
    const { sizing, instrument } = order;
    if (sizing.kind !== "quantity" || !isPlain(order)) {
      writeOrder(this.text, order);
      return;
    }
    const known = order.side === "buy" ? this.#plain.buy : this.#plain.sell;
    const isKnown =
      known.instrument === instrument &&
      known.units === sizing.units &&
      known.reduceOnly === order.reduceOnly;
    if (isKnown && known.line !== null) {
      this.text.put(known.line);
      return;
    }
    const from = this.text.length;
    writeOrder(this.text, order);
    known.instrument = instrument;
    known.units = sizing.units;
    known.reduceOnly = order.reduceOnly;
    // Worth keeping from the second time on.
    known.line = isKnown ? this.text.since(from) : null;
  }
}

interface PlainOrder {
  instrument: Instrument | null;
  units: bigint;
  reduceOnly: boolean;
  line: Ascii | null;
}

const noOrder: PlainOrder = { instrument: null, units: 0n, reduceOnly: false, line: null };

function isPlain({ type, timeInForce, exits, group, replaces, tag }: PlaceCommand): boolean {
  return (
    type === "market" &&
    timeInForce === "GTC" &&
    exits.length === 0 &&
    group === null &&
    replaces === null &&
    tag === null
  );
}

/** Made into bytes once: the log is written on every fill. */
const text = {
  order: ascii('["order",'),
  cancel: ascii('["cancel",'),
  fill: ascii('["fill",'),
  ended: ascii('["end",'),
  end: ascii("]\n"),
  endText: ascii('"]\n'),
  endObject: ascii("}]\n"),
  comma: ascii(","),
  openText: ascii(',"'),
  nextText: ascii('","'),
  closeText: ascii('"'),
  maker: ascii('","maker'),
  taker: ascii('","taker'),
  clipped: ascii('","clipped'),
  partial: ascii('","partial'),
  quantity: ascii('quantity":"'),
  value: ascii('value":"'),
  plus: ascii('","plus":"'),
  limit: ascii('","limit":"'),
  stop: ascii('","stop":"'),
  stopLoss: ascii('","stopLoss":"'),
  takeProfit: ascii('","takeProfit":"'),
  expires: ascii(',"expires":'),
  postOnly: ascii(',"postOnly":true'),
  reduceOnly: ascii(',"reduceOnly":true'),
  trail: ascii(',"trail":"'),
  trailShare: ascii(',"trailShare":"'),
  oco: ascii(',"oco":'),
  replaces: ascii(',"replaces":'),
  tag: ascii(',"tag":'),
} as const;

const kinds = { buy: kindsOf("buy"), sell: kindsOf("sell") };

function kindsOf(side: string) {
  const kind = (type: string) => ascii(`","${side}","${type}",{"`);
  return { market: kind("market"), limit: kind("limit"), stop: kind("stop"), stop_limit: kind("stop_limit") };
}

function head(to: TextWriter, name: Ascii, number: number, time: Millis): void {
  to.put(name);
  to.recent(number);
  to.put(text.comma);
  to.recent(time);
}

function writeFill(to: TextWriter, fill: Execution): void {
  to.put(text.comma);
  to.recent(fill.time);
  to.put(text.comma);
  to.number(fill.bar);
  to.put(text.openText);
  to.fixed(fill.price.units, fill.price.scale);
  to.put(text.nextText);
  to.fixed(fill.quantity, fill.instrument.lot.scale);
  to.put(fill.maker ? text.maker : text.taker);
  if (fill.clipped) to.put(text.clipped);
  if (fill.remaining > 0n) to.put(text.partial);
  to.put(text.endText);
}

function writeOrder(to: TextWriter, order: PlaceCommand): void {
  const { instrument, sizing } = order;
  to.put(text.openText);
  to.word(instrument.symbol);
  to.put((order.side === "buy" ? kinds.buy : kinds.sell)[order.type]);
  if (sizing.kind === "quantity") {
    to.put(text.quantity);
    to.fixed(sizing.units, instrument.lot.scale);
  } else {
    member(to, text.value, sizing.value);
    if (sizing.plus !== 0n) member(to, text.plus, { units: sizing.plus, scale: instrument.lot.scale });
  }
  if (order.limit !== null) member(to, text.limit, order.limit);
  if (order.stop !== null) member(to, text.stop, order.stop);
  for (const exit of order.exits) member(to, text[exit.role], exit.price);
  to.put(text.closeText);
  writeTerms(to, order);
  to.put(text.endObject);
}

function writeTerms(to: TextWriter, order: PlaceCommand): void {
  const { timeInForce, expires, postOnly, reduceOnly, trail, group, replaces, tag } = order;
  if (timeInForce !== "GTC") to.word(`,"timeInForce":"${timeInForce}"`);
  if (expires !== null) {
    to.put(text.expires);
    to.number(expires);
  }
  if (postOnly) to.put(text.postOnly);
  if (reduceOnly) to.put(text.reduceOnly);
  if (trail !== null) {
    to.put(trail.kind === "amount" ? text.trail : text.trailShare);
    const { units, scale } = trail.kind === "amount" ? trail.amount : trail.share;
    to.fixed(units, scale);
    to.put(text.closeText);
  }
  if (group !== null) {
    to.put(text.oco);
    to.json(group);
  }
  if (replaces !== null) {
    to.put(text.replaces);
    to.number(replaces);
  }
  if (tag !== null) {
    to.put(text.tag);
    to.json(tag);
  }
}

function member(to: TextWriter, name: Ascii, value: Fixed): void {
  to.put(name);
  to.fixed(value.units, value.scale);
}
