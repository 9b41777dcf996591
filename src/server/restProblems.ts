import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GeoSyncError } from "../domain/errors.ts";
import { type Failure, failureOf } from "./failure.ts";

/** RFC 9457, with our codes and hints. */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint: string | null;
}

type HttpFailure = Pick<Failure, "http" | "code" | "message" | "hint">;

export interface ProblemOptions {
  readonly onBug: (error: unknown) => void;
  /** Of each error that a client is told, its code. */
  readonly told: (code: string) => void;
}

/** Every answer that is none is a problem document; an unknown path 404, another method 405. After `addLimits`. */
export function addProblems(app: FastifyInstance, { onBug, told }: ProblemOptions): void {
  const answer = (request: FastifyRequest, reply: FastifyReply, failure: HttpFailure) => {
    request.outcome = failure.code;
    told(failure.code);
    if (failure.http === 401) void reply.header("www-authenticate", 'Bearer realm="geosync"');
    return reply
      .code(failure.http)
      .type("application/problem+json")
      .send(JSON.stringify(problemOf(failure)));
  };
  app.setErrorHandler((error, request, reply) => {
    const failure = httpFailureOf(error);
    if (failure.http === 500) onBug(error);
    return answer(request, reply, failure);
  });
  const methodsOf = knownPaths(app);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    const path = request.url.split("?", 1)[0]!;
    const methods = methodsOf(path);
    if (methods.length === 0) {
      const hint = "GET /openapi.json lists what there is.";
      const message = `expected a path of this API, found ${shown(path)}`;
      return answer(request, reply, { http: 404, code: "GEO-NOT-FOUND", message, hint });
    }
    const allow = [...methods, "OPTIONS"].join(", ");
    void reply.header("allow", allow);
    if (request.method === "OPTIONS") return reply.code(204).send();
    const message = `expected ${allow} at this path, found ${request.method}`;
    return answer(request, reply, { http: 405, code: "GEO-VALUE", message, hint: null });
  });
}

function problemOf({ http, code, message, hint }: HttpFailure): Problem {
  return {
    type: `urn:geosync:problem:${code}`,
    title: STATUS_CODES[http] ?? "Error",
    status: http,
    code,
    detail: message,
    hint,
  };
}

/** What the framework refuses is the client's fault, and said in its words. */
function httpFailureOf(error: unknown): HttpFailure {
  if (error instanceof GeoSyncError) return failureOf(error);
  const { statusCode = 500, message } = error as FastifyError;
  if (!(statusCode >= 400 && statusCode < 500) && statusCode !== 503) return failureOf(error);
  const code = statusCode === 503 ? "GEO-NOT-READY" : "GEO-VALUE";
  return { http: statusCode, code, message, hint: hints[statusCode] ?? null };
}

const hints: Readonly<Record<number, string>> = {
  400: "The body is one JSON object.",
  415: "Send Content-Type: application/json.",
};

/** The methods of each path, as routes are added. What begins with a wildcard is a folder of files. */
function knownPaths(app: FastifyInstance): (path: string) => readonly string[] {
  const known = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    if (url.includes("*")) return;
    const pattern = new RegExp(`^${url.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+")}$`);
    const entry = known.get(url) ?? { pattern, methods: new Set() };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  return (path) => {
    const found = [...known.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  };
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** What is no HTTP at all is answered all the same, and then hung up on. */
export function answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const http =
    error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const message =
    http === 408 ? "the request took too long to come" : "expected an HTTP request, found something else";
  const body = JSON.stringify(problemOf({ http, code: "GEO-VALUE", message, hint: null }));
  const head = [
    `HTTP/1.1 ${http} ${STATUS_CODES[http]}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
