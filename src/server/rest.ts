import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
} from "fastify";
import type { ZodType } from "zod";
import { GeoSyncError, ValidationError } from "../domain/errors.ts";
import { type Access, bearerOf } from "./access.ts";
import { toJson } from "./contract.ts";
import { addDocs, schemaOf } from "./restDocs.ts";
import { addLimits } from "./restLimits.ts";
import { addProblems, answerGarbage } from "./restProblems.ts";
import { type RestCall, type Route, routes } from "./restRoutes.ts";
import type { TradingService } from "./service.ts";

/** What counts the calls. */
export interface RestTelemetry {
  readonly contentType: string;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  apiCall(face: "rest", action: string, seconds: number): void;
  apiError(face: "rest", code: string): void;
}

export interface RestOptions {
  readonly service: TradingService;
  readonly access: Access;
  readonly telemetry: RestTelemetry;
  /** PEM texts; without them it is plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string } | null | undefined;
  /** Requests a second of one address, on average over 10 s. @default 100 */
  readonly perSecond?: number | undefined;
  /** Told of what the client is not: an error nobody foresaw. */
  readonly onBug?: ((error: unknown) => void) | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Name of who asks; "unknown" until that is clear. */
    who: string;
    /** `ok`, or the code of the error. */
    outcome: string;
    began: number;
  }
}

const prefix = "/api/v1";
/** For whoever looks after the process: they need no token, and say nothing. */
const probes = new Set(["/healthz", "/readyz"]);

const server: FastifyServerOptions = {
  logger: false,
  bodyLimit: 64 * 1024,
  requestTimeout: 10_000,
  keepAliveTimeout: 30_000,
  forceCloseConnections: "idle",
  onProtoPoisoning: "error",
  onConstructorPoisoning: "error",
  clientErrorHandler: answerGarbage,
};

/** The REST face, not yet listening. */
export async function openRest(options: RestOptions): Promise<FastifyInstance> {
  const { service, access, telemetry, tls, perSecond = 100, onBug = () => {} } = options;
  const app = fastify({ ...server, ...(tls && { https: tls }) }) as unknown as FastifyInstance;
  app.decorateRequest("who", "unknown").decorateRequest("outcome", "ok").decorateRequest("began", 0);
  guard(app, access);
  readJson(app);
  await addLimits(app, perSecond);
  addProblems(app, { onBug, told: (code) => telemetry.apiError("rest", code) });
  await addDocs(app);
  addProbes(app, service);
  app.route({
    ...{ method: "GET", url: "/metrics", schema: { hide: true } as object },
    preParsing: async (request) => void admit(request, access, "read"),
    handler: async (_, reply) => reply.type(telemetry.contentType).send(await telemetry.text()),
  });
  for (const route of routes) addRoute(app, route, options);
  return app;
}

/** Before anything else is done for a request. */
function guard(app: FastifyInstance, access: Access): void {
  app.addHook("onRequest", async (request, reply) => {
    request.began = performance.now();
    const { host, origin } = request.headers;
    void reply.headers({
      ...{ "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer" },
      ...{
        "cross-origin-resource-policy": "same-origin",
        vary: "Accept, Origin",
        "cache-control": "no-store",
      },
    });
    if (probes.has(request.routeOptions.url ?? "")) return;
    access.checkSite(host, origin ?? null);
    // A page that came so far is ours, or one that was allowed by name.
    if (origin !== undefined) allowPage(reply, origin);
  });
}

function allowPage(reply: FastifyReply, origin: string): void {
  void reply.headers({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, HEAD, POST, PATCH, DELETE",
    "access-control-allow-headers": "Accept, Authorization, Content-Type, Idempotency-Key",
    "access-control-expose-headers": "Retry-After",
    "access-control-max-age": "600",
    "cross-origin-resource-policy": "cross-origin",
  });
}

/** Nothing but JSON comes in. An empty body is none. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (String(body).trim() === "") done(null, undefined);
    else parse(request, String(body), done);
  });
  // Queries are read here; the service reads the bodies.
  app.setValidatorCompiler<ZodType>(({ schema, httpPart }) => (value: unknown) => {
    if (httpPart !== "querystring") return { value };
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    const [issue] = parsed.error.issues;
    const at = ["query", ...(issue?.path ?? [])].join(".");
    return { error: new ValidationError("GEO-VALUE", `${at}: ${issue?.message ?? "not valid"}`) };
  });
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
}

function addProbes(app: FastifyInstance, service: TradingService): void {
  const hidden = { schema: { hide: true } as object, config: { rateLimit: false as const } };
  app.get("/healthz", hidden, async () => ({ status: "ok" }));
  app.get("/readyz", hidden, async (_, reply) => {
    const { isReady } = service;
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : service.status().status });
  });
}

function addRoute(app: FastifyInstance, route: Route, options: RestOptions): void {
  const { service, access, telemetry, onBug = () => {} } = options;
  const { method, url, scope } = route;
  const action = `${method} ${url}`;
  app.route({
    ...{ method, url: `${prefix}${url}`, schema: schemaOf(route) },
    // After the limiter, before the body.
    preParsing: async (request) => void admit(request, access, scope),
    onSend: async (request) => {
      // Who is turned away for asking too often must not fill the log, either.
      if (method === "GET" || request.outcome === "GEO-LIMITED") return;
      const { who, ip: from, outcome, params, query, body = null } = request;
      const asked = { ...(params as object), ...(query as object), body };
      try {
        access.audit({ face: "rest", who, from, action, request: asked, outcome });
      } catch (error) {
        onBug(error);
        throw new GeoSyncError("GEO-INTERNAL", "an error of the server");
      }
    },
    onResponse: async ({ began }) => telemetry.apiCall("rest", action, (performance.now() - began) / 1000),
    async handler(request, reply) {
      const answer = await route.act(service, callOf(request));
      const wantsText = /;\s*decimals="?string\b/i.test(request.headers.accept ?? "");
      const json = toJson(answer, wantsText ? "string" : "number");
      return reply.type("application/json; charset=utf-8").send(json);
    },
  });
}

function admit(request: FastifyRequest, access: Access, scope: Route["scope"]): void {
  request.who = access.check(bearerOf(request.headers.authorization), scope).name;
}

function callOf({ params, query, body, headers }: FastifyRequest): RestCall {
  const key = headers["idempotency-key"];
  return {
    params: params as RestCall["params"],
    query: query as RestCall["query"],
    body,
    key: typeof key === "string" ? key : null,
  };
}
