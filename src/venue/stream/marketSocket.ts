import type { WebSocket } from "ws";
import type { StreamHub } from "./hub.ts";
import { Outlet, type StreamFaults } from "./outlet.ts";

const mostStreams = 1024;

export interface MarketSocketOptions {
  readonly hub: StreamHub;
  readonly faults: StreamFaults;
  /** Those in the address. */
  readonly streams: readonly string[];
  /** Events come as `{"stream", "data"}`; the client can change it. */
  readonly combined: boolean;
}

/** A connection to market streams: those of its address, and those it subscribes to. */
export function serveMarketSocket(socket: WebSocket, options: MarketSocketOptions): void {
  const { hub, faults } = options;
  const outlet = new Outlet(socket, faults);
  const streams = new Set<string>();
  let { combined } = options;
  const listener = (stream: string, event: string) =>
    outlet.event(stream, combined ? `{"stream":"${stream}","data":${event}}` : event);
  const subscribe = (names: readonly string[]) => {
    for (const name of names) {
      streams.add(name);
      hub.listen(name, listener);
    }
  };
  subscribe(options.streams);

  socket.on("message", (data) => {
    outlet.answer(
      answerTo(String(data), {
        subscribe(names) {
          if (streams.size + names.length > mostStreams) return false;
          subscribe(names);
          return true;
        },
        unsubscribe(names) {
          for (const name of names) if (streams.delete(name)) hub.ignore(name, listener);
        },
        list: () => [...streams],
        property: (value) => {
          if (value !== undefined) combined = value;
          return combined;
        },
      }),
    );
  });
  socket.on("close", () => {
    for (const name of streams) hub.ignore(name, listener);
    outlet.close();
  });
}

interface Commands {
  subscribe(names: readonly string[]): boolean;
  unsubscribe(names: readonly string[]): void;
  list(): readonly string[];
  property(combined?: boolean): boolean;
}

interface Request {
  readonly method?: unknown;
  readonly params?: unknown;
  readonly id?: unknown;
}

function answerTo(text: string, commands: Commands): string {
  const request = parsed(text);
  if (request === null) return fault(3, "Invalid JSON: expected value at line 1 column 1", null);
  const { method, params = [], id = null } = request;
  if (id !== null && typeof id !== "number" && typeof id !== "string") {
    return fault(2, "Invalid request: request ID must be an unsigned integer", null);
  }
  if (!Array.isArray(params)) return fault(2, "Invalid request: params must be an array", id);
  switch (method) {
    case "SUBSCRIBE":
    case "UNSUBSCRIBE": {
      if (!params.every((name) => typeof name === "string")) {
        return fault(2, "Invalid request: stream names must be strings", id);
      }
      if (method === "UNSUBSCRIBE") commands.unsubscribe(params);
      else if (!commands.subscribe(params)) return fault(2, "Invalid request: too many streams", id);
      return done(null, id);
    }
    case "LIST_SUBSCRIPTIONS":
      return done(commands.list(), id);
    case "GET_PROPERTY":
      if (params[0] === "combined") return done(commands.property(), id);
      return fault(2, "Invalid request: unknown property", id);
    case "SET_PROPERTY":
      if (params[0] !== "combined" || typeof params[1] !== "boolean") {
        return fault(2, "Invalid request: unknown property", id);
      }
      commands.property(params[1]);
      return done(null, id);
    default:
      return fault(2, `Invalid request: unknown variant ${JSON.stringify(method)}`, id);
  }
}

function parsed(text: string): Request | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}

function done(result: unknown, id: unknown): string {
  return JSON.stringify({ result, id });
}

function fault(code: number, msg: string, id: unknown): string {
  return JSON.stringify({ error: { code, msg }, id });
}
