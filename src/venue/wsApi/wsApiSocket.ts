import type { WebSocket } from "ws";
import { type Audit, outcomeOf } from "../admin/audit.ts";
import type { KeyRing } from "../auth/keys.ts";
import { wsPayloads } from "../auth/signature.ts";
import { type ReplyLine, serveFaultily } from "../faults/apply.ts";
import type { Faults } from "../faults/faults.ts";
import { orderLimitsJson } from "../http/accountOperations.ts";
import type { Desk, Outcome } from "../http/desk.ts";
import type { Operation } from "../http/operation.ts";
import { operations } from "../http/operations.ts";
import { Params } from "../http/params.ts";
import { Outlet } from "../stream/outlet.ts";
import { WsSession } from "./session.ts";

const byMethod = new Map(operations.flatMap((one) => (one.ws === undefined ? [] : [[one.ws, one] as const])));

export interface WsApiOptions {
  readonly desk: Desk;
  readonly keys: KeyRing;
  readonly faults: Faults;
  readonly audit: Audit;
  readonly address: string;
  /** Of the connection; a request may ask otherwise. */
  readonly returnRateLimits: boolean;
}

interface Request {
  /** As JSON text. */
  readonly id: string;
  readonly method: string;
  readonly params: Params;
}

/** A connection to the WebSocket API: the operations of REST, a session, user data. */
export function serveWsApi(socket: WebSocket, options: WsApiOptions): void {
  const { desk, keys, faults: plan, audit, address } = options;
  const outlet = new Outlet(socket, plan.ofEvent);
  const session = new WsSession(desk, keys, outlet);

  socket.on("message", (data) => {
    const request = requestOf(String(data));
    if (typeof request === "string") return outlet.answer(request);
    const { id, method, params } = request;
    const operation = byMethod.get(method) ?? session.operations.get(method);
    if (operation === undefined)
      return outlet.answer(refusal(id, 400, -1020, "This operation is not supported."));
    const time = desk.clock.said();
    const faults = plan.ofRequest("WS", method);
    const entry = { time, transport: "ws-api", method: "WS", path: method, params, faults } as const;
    const serve = (): Outcome => {
      const outcome = served(operation, params);
      audit.note({ ...entry, ...outcomeOf(outcome) });
      return outcome;
    };
    const text = (outcome: Outcome) => answer(id, outcome, limitsOf(operation, params, outcome));
    if (faults.length === 0) return outlet.answer(text(serve()));
    const line = lineOf(socket, outlet, id, text);
    const ban = (seconds: number) => desk.limiter.ban(address, desk.clock.real() + seconds * 1000);
    const unhandled = () => audit.note({ ...entry, account: "", status: null, code: null });
    void serveFaultily({ faults, line, serve, ban, unhandled });
  });
  socket.on("close", () => {
    session.close();
    outlet.close();
  });

  function served(operation: Operation, params: Params): Outcome {
    // Signed once by logging on, requests of the session need no signature; one that has its own is checked.
    const trusted = session.owner !== null && !params.has("signature");
    const payloads = trusted ? null : () => wsPayloads(params);
    return desk.serve({ operation, params, address, key: () => session.keyOf(params), payloads, ws: true });
  }

  function limitsOf(operation: Operation, params: Params, { usedWeight, account }: Outcome): string | null {
    if (params.text("returnRateLimits") === "false" || !options.returnRateLimits) return null;
    const { limiter, clock } = desk;
    const weight = `{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":${limiter.limits.weightPerMinute},"count":${usedWeight}}`;
    const orders =
      operation.orders === undefined ? [] : orderLimitsJson({ limiter, account, now: clock.real() });
    return `[${[...orders, weight].join(",")}]`;
  }
}

/** The request, or what to answer to what is none. */
function requestOf(text: string): Request | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refusal("null", 400, -1000, "JSON parsing error.");
  }
  if (typeof json !== "object" || json === null) return refusal("null", 400, -1000, "JSON parsing error.");
  const { id = null, method, params = {} } = json as { id?: unknown; method?: unknown; params?: unknown };
  const name = JSON.stringify(id);
  if (typeof method !== "string")
    return refusal(
      name,
      400,
      -1102,
      "Mandatory parameter 'method' was not sent, was empty/null, or malformed.",
    );
  if (typeof params !== "object" || params === null) {
    return refusal(name, 400, -1130, "Data sent for parameter 'params' is not valid.");
  }
  return { id: name, method, params: Params.ofJson(params as Record<string, unknown>) };
}

function answer(id: string, { status, text, retryAfterSeconds }: Outcome, limits: string | null): string {
  const body = status === 200 ? `"result":${text}` : `"error":${withRetry(text, retryAfterSeconds)}`;
  return `{"id":${id},"status":${status},${body}${limits === null ? "" : `,"rateLimits":${limits}`}}`;
}

/** Here the time to wait is part of the error, there being no headers. */
function withRetry(text: string, seconds: number | null): string {
  if (seconds === null) return text;
  const now = Date.now();
  return `${text.slice(0, -1)},"data":{"serverTime":${now},"retryAfter":${now + seconds * 1000}}}`;
}

function refusal(id: string, status: number, code: number, msg: string): string {
  return `{"id":${id},"status":${status},"error":${JSON.stringify({ code, msg })},"rateLimits":[]}`;
}

function lineOf(
  socket: WebSocket,
  outlet: Outlet,
  id: string,
  text: (outcome: Outcome) => string,
): ReplyLine {
  return {
    send: (outcome) => outlet.answer(text(outcome)),
    sendStatus: (status, body) =>
      outlet.answer(
        `{"id":${id},"status":${status},"error":${body.startsWith("{") ? body : JSON.stringify({ code: -1000, msg: body })}}`,
      ),
    sendPart(outcome, keep) {
      const whole = text(outcome);
      outlet.answer(whole.slice(0, Math.floor(whole.length * keep)));
    },
    // A frame comes whole or not at all.
    sendSlowly: (outcome, ms) => void setTimeout(() => outlet.answer(text(outcome)), ms).unref(),
    cut: () => socket.terminate(),
  };
}
