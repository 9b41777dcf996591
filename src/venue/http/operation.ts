import type { Millis } from "../../domain/time.ts";
import type { Exchange } from "../contract.ts";
import type { Limiter } from "../weights/limiter.ts";
import type { Params } from "./params.ts";

/** What the venue can be asked to do, the same by REST and by the WebSocket API. */
export interface Operation {
  /** `POST /api/v3/order`; several when there are aliases. */
  readonly rest?: string | readonly string[];
  /** `order.place` */
  readonly ws?: string;
  /** NONE needs no key; SIGNED a key, a timestamp and a signature; TRADE also the right to trade. */
  readonly security: "NONE" | "KEY" | "SIGNED" | "TRADE";
  /** Names of its parameters, without those of signed requests. */
  readonly params: readonly string[];
  readonly weight: number | ((params: Params) => number);
  /** New orders that it places, for the limits of an account. @default 0 */
  readonly orders?: number;
  /** @returns the answer's JSON text. @throws VenueError */
  run(call: Call): string;
}

export interface Call {
  readonly exchange: Exchange;
  readonly params: Params;
  /** Empty where the operation needs no key. */
  readonly account: string;
  readonly limiter: Limiter;
  /** Of the clock that limits and bans go by. */
  readonly now: Millis;
  /** What the venue says the time is. */
  readonly serverTime: Millis;
  /** A client order id for what the client did not name. */
  newId(): string;
}

const signedParams = ["timestamp", "recvWindow", "signature"];
const sessionParams = ["apiKey", "returnRateLimits", ...signedParams];

/** How often each is needed makes it worth knowing them as a set. */
const known = {
  rest: new WeakMap<Operation, ReadonlySet<string>>(),
  ws: new WeakMap<Operation, ReadonlySet<string>>(),
};

/** Names of all that may be sent. */
export function paramsOf(operation: Operation, ws: boolean): ReadonlySet<string> {
  const sets = ws ? known.ws : known.rest;
  let names = sets.get(operation);
  if (names === undefined) {
    const open = operation.security === "NONE" || operation.security === "KEY";
    names = new Set([...operation.params, ...(ws ? sessionParams : open ? [] : signedParams)]);
    sets.set(operation, names);
  }
  return names;
}

export function weightOf({ weight }: Operation, params: Params): number {
  return typeof weight === "number" ? weight : weight(params);
}
