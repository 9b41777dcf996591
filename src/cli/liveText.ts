import type { SessionEvent } from "../run/session/events.ts";
import { logLine } from "./logLine.ts";

/** An event in words; null for what happens too often to be told line by line. */
export function eventText(event: SessionEvent): string | null {
  switch (event.event) {
    case "started": {
      const { session, strategy, symbols, mode, venue, resumed } = event;
      const steps = (resumed ?? 0).toLocaleString("en-US");
      const how = resumed === null ? "begins" : `goes on where it was left, ${steps} steps replayed`;
      return `session ${session} ${how}: ${strategy} on ${symbols.join(", ")}, ${mode} at ${venue}`;
    }
    case "listening": {
      const { api, grpc } = event;
      const places = [
        api === null ? [] : [`dashboard and API at ${api}`],
        grpc === null ? [] : [`gRPC at ${grpc}`],
      ];
      return places.flat().join(", ");
    }
    case "bar":
    case "account":
    case "sent":
    case "answered":
      return null;
    case "history": {
      const bars = event.bars === 1 ? "bar" : "bars";
      return `${event.bars.toLocaleString("en-US")} past ${bars} shown to the strategy, trading from now on`;
    }
    case "log":
      return logLine(null, event.message, event.fields);
    case "order": {
      const { id, side, symbol, type, quantity, value, price, stopPrice } = event;
      const size = quantity === undefined ? `${symbol} for ${value}` : `${quantity} ${symbol}`;
      const at = [
        price === undefined ? "" : ` at ${price}`,
        stopPrice === undefined ? "" : ` stop ${stopPrice}`,
      ];
      return `order ${id}: ${side} ${size} ${type}${at.join("")}`;
    }
    case "fill": {
      const { id, side, quantity, symbol, price, fee, feeCurrency } = event;
      return `filled ${id}: ${side} ${quantity} ${symbol} at ${price}, fee ${fee} ${feeCurrency}`;
    }
    case "cancel":
      return `cancel ${event.id}`;
    case "ended":
      return event.reason === "filled" ? null : `ended ${event.id}: ${event.reason}`;
    case "status":
      return event.level === "info" ? event.message : `${event.level}: ${event.message}`;
    case "halted":
      return `HALTED, nothing is opened: ${event.because}`;
    case "resumed":
      return "trading goes on";
    case "stopping":
      return `stopping: ${event.because}`;
  }
}
