import type { Json } from "../domain/signal.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { SessionEvent } from "../run/session/events.ts";
import { logLine } from "./logLine.ts";
import type { Session } from "./session.ts";

/** A session's events as lines: JSON on stdout for programs, plain text on stderr for people. */
export class LiveLines {
  readonly #session: Session;
  readonly #json: boolean;

  constructor(session: Session, json: boolean) {
    this.#session = session;
    this.#json = json;
  }

  show(event: SessionEvent): void {
    if (this.#json) {
      void this.#session.print([`${JSON.stringify(event)}\n`]);
      return;
    }
    const text = textOf(event);
    if (text !== null) this.#session.note(`${event.time} ${text}`);
  }

  /** Before anything happens. */
  tell(text: string): void {
    if (!this.#json) this.#session.note(text);
  }

  /** What a strategy logs. */
  log(time: Millis, message: string, fields: { readonly [key: string]: Json } | undefined): void {
    if (this.#json) this.show({ event: "log", time: isoTime(time), message, ...(fields && { fields }) });
    else this.#session.note(logLine(time, message, fields));
  }
}

/** Null for what happens too often to be told line by line. */
function textOf(event: SessionEvent): string | null {
  switch (event.event) {
    case "started": {
      const how = event.resumed === null ? "" : `, resumed after ${event.resumed} steps`;
      const what = `${event.strategy} on ${event.symbols.join(", ")}, ${event.mode} at ${event.venue}`;
      return `session ${event.session}: ${what}${how}`;
    }
    case "bar":
    case "log":
      return null;
    case "order": {
      const { id, side, symbol, type, quantity, value, price, stopPrice } = event;
      const size = quantity ?? `for ${value}`;
      const at = [
        price === undefined ? "" : ` at ${price}`,
        stopPrice === undefined ? "" : ` stop ${stopPrice}`,
      ];
      return `order ${id}: ${side} ${size} ${symbol} ${type}${at.join("")}`;
    }
    case "fill":
      return `filled ${event.id}: ${event.side} ${event.quantity} ${event.symbol} at ${event.price}, fee ${event.fee} ${event.feeCurrency}`;
    case "cancel":
      return `cancel ${event.id}`;
    case "ended":
      return event.reason === "filled" ? null : `ended ${event.id}: ${event.reason}`;
    case "status":
      return `${event.kind}: ${event.message}`;
    case "halted":
      return `HALTED: ${event.because}`;
    case "resumed":
      return "trading goes on";
    case "stopping":
      return `stopping: ${event.because}`;
  }
}
