import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Audit, outcomeOf } from "../admin/audit.ts";
import type { KeyRing } from "../auth/keys.ts";
import { knownKey, restPayload } from "../auth/signature.ts";
import { VenueError } from "../contract.ts";
import { type ReplyLine, serveFaultily } from "../faults/apply.ts";
import type { Faults } from "../faults/faults.ts";
import type { Desk, Outcome } from "./desk.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { Params } from "./params.ts";
import { refusalJson } from "./refusal.ts";

export interface RestOptions {
  readonly desk: Desk;
  readonly keys: KeyRing;
  readonly faults: Faults;
  readonly audit: Audit;
}

/** Every operation under its REST names. */
export function addRest(app: FastifyInstance, options: RestOptions): void {
  for (const operation of operations) {
    for (const name of [operation.rest ?? []].flat()) {
      const [method, url] = name.split(" ") as ["GET" | "POST" | "DELETE", string];
      app.route({
        method,
        url,
        handler: (request, reply) => handle(operation, url, request, reply, options),
      });
    }
  }
}

function handle(
  operation: Operation,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { desk, keys, faults: plan, audit }: RestOptions,
): FastifyReply {
  const { method } = request;
  const query = queryOf(request.raw);
  const body = typeof request.body === "string" ? request.body : "";
  const address = request.ip;
  const time = desk.clock.said();
  const faults = plan.ofRequest(method, path);
  let params: Params | null = null;
  const serve = (): Outcome => {
    const outcome = served();
    audit.note({ time, transport: "rest", method, path, params, faults, ...outcomeOf(outcome) });
    return outcome;
  };
  const served = (): Outcome => {
    try {
      params = Params.ofForm(query, body);
    } catch (error) {
      if (error instanceof VenueError) return refused(error);
      throw error;
    }
    const header = request.headers["x-mbx-apikey"];
    const key = () => knownKey(keys, typeof header === "string" ? header : null);
    return desk.serve({ operation, params, address, key, payloads: () => [restPayload(query, body)] });
  };
  if (faults.length === 0) {
    send(reply, serve());
    return reply;
  }
  const unhandled = () =>
    audit.note({
      time,
      transport: "rest",
      method,
      path,
      params: sent(query, body),
      account: "",
      status: null,
      code: null,
      faults,
    });
  // The reply is ours from here on, however late it is and whatever becomes of it.
  reply.hijack();
  const ban = (seconds: number) => desk.limiter.ban(address, desk.clock.real() + seconds * 1000);
  void serveFaultily({ faults, line: lineOf(reply), serve, ban, unhandled });
  return reply;
}

function sent(query: string, body: string): Params | null {
  try {
    return Params.ofForm(query, body);
  } catch {
    return null;
  }
}

function queryOf({ url = "" }: IncomingMessage): string {
  const mark = url.indexOf("?");
  return mark < 0 ? "" : url.slice(mark + 1);
}

function refused(refusal: VenueError): Outcome {
  return {
    ...{ status: 400, text: refusalJson(refusal), refusal, account: "", usedWeight: 0 },
    ...{ orderCounts: null, retryAfterSeconds: null },
  };
}

const json = "application/json;charset=UTF-8";

function send(reply: FastifyReply, outcome: Outcome): void {
  reply.code(outcome.status).headers(headersOf(outcome)).send(outcome.text);
}

function headersOf({ usedWeight, orderCounts, retryAfterSeconds }: Outcome): Record<string, string> {
  const used = String(usedWeight);
  const headers: Record<string, string> = {
    "content-type": json,
    "x-mbx-used-weight": used,
    "x-mbx-used-weight-1m": used,
  };
  if (orderCounts !== null) {
    headers["x-mbx-order-count-10s"] = String(orderCounts.tenSeconds);
    headers["x-mbx-order-count-1d"] = String(orderCounts.day);
  }
  if (retryAfterSeconds !== null) headers["retry-after"] = String(retryAfterSeconds);
  return headers;
}

/** Writes to the socket itself: what goes wrong here is no answer that a framework would make. */
function lineOf({ raw }: FastifyReply): ReplyLine {
  const headed = ({ status, text, ...rest }: Outcome) => {
    raw.writeHead(status, {
      ...headersOf({ status, text, ...rest }),
      "content-length": Buffer.byteLength(text),
    });
  };
  return {
    send(outcome) {
      headed(outcome);
      raw.end(outcome.text);
    },
    sendStatus(status, body, retryAfterSeconds) {
      raw.writeHead(status, {
        "content-type": body.startsWith("{") ? json : "text/html",
        ...(retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) }),
      });
      raw.end(body);
    },
    sendPart(outcome, keep) {
      const bytes = Buffer.from(outcome.text);
      const part = bytes.subarray(0, Math.floor(bytes.length * keep));
      // A length that fits what is sent: the client is not told that anything is missing.
      raw.writeHead(outcome.status, { ...headersOf(outcome), "content-length": part.length });
      raw.end(part);
    },
    sendSlowly(outcome, ms) {
      headed(outcome);
      const half = Math.floor(outcome.text.length / 2);
      raw.write(outcome.text.slice(0, half));
      setTimeout(() => raw.end(outcome.text.slice(half)), ms).unref();
    },
    cut: () => void raw.socket?.destroy(),
  };
}
