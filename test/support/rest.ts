import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { openAccess } from "../../src/server/localAccess.ts";
import { openRest, type RestOptions } from "../../src/server/rest.ts";
import { TradingService } from "../../src/server/service.ts";
import { type ServedOptions, type ServedSession, serveSession } from "./servedSession.ts";

export interface RestSession extends ServedSession {
  readonly app: FastifyInstance;
  readonly service: TradingService;
  /** As `http://127.0.0.1:12345`. */
  readonly url: string;
  readonly bugs: readonly unknown[];
  /** Codes that clients were told. */
  readonly told: readonly string[];
  readonly audit: string;
}

interface RestTestOptions extends ServedOptions {
  readonly rest?: Partial<RestOptions>;
  readonly access?: Partial<Parameters<typeof openAccess>[0]>;
}

/** A paper session with its REST face, at a free port. */
export async function startRest({ rest, access, ...options }: RestTestOptions = {}): Promise<RestSession> {
  let app!: FastifyInstance;
  let service!: TradingService;
  let audit = "";
  const bugs: unknown[] = [];
  const told: string[] = [];
  const session = await serveSession({
    ...options,
    async beside(handle) {
      service = new TradingService(handle);
      audit = join(handle.path, "audit.ndjson");
      const guard = openAccess({
        ...{ stateDir: join(handle.path, ".."), hosts: ["127.0.0.1"], isSecure: false, requireToken: false },
        ...{ allowHosts: [], allowOrigins: [], auditPath: audit },
        ...access,
      });
      const telemetry: RestOptions["telemetry"] = {
        contentType: "text/plain; version=0.0.4",
        text: async () => "geosync_up 1\n",
        apiCall: () => {},
        apiError: (_, code) => void told.push(code),
      };
      app = await openRest({
        ...{ service, access: guard, telemetry, perSecond: 100_000, onBug: (error) => void bugs.push(error) },
        ...rest,
      });
      await app.listen({ host: "127.0.0.1", port: 0 });
      return {
        async close() {
          app.server.closeAllConnections();
          await app.close();
          await service.close();
          guard.close();
        },
      };
    },
  });
  const url = app.listeningOrigin;
  return { ...session, app, service, url, bugs, told, audit };
}

/** A request as JSON, and its answer. */
export async function ask(url: string, method: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  // biome-ignore lint/suspicious/noExplicitAny: whatever came.
  const json = (isJson && text !== "" ? JSON.parse(text) : null) as any;
  return { status: answer.status, headers: answer.headers, text, json };
}
