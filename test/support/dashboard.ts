import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Companion, SessionHandle } from "../../src/run/session/handle.ts";
import { attachDashboard } from "../../src/server/dashboard.ts";
import { openAccess } from "../../src/server/localAccess.ts";
import { openRest } from "../../src/server/rest.ts";
import { TradingService } from "../../src/server/service.ts";
import { attachWebSocket } from "../../src/server/webSocket.ts";
import { newFolder, type ServedOptions, type ServedSession, serveSession } from "./servedSession.ts";

export interface DashboardSession extends ServedSession {
  readonly service: TradingService;
  /** As `http://127.0.0.1:12345`. */
  readonly url: string;
  readonly port: number;
}

export interface DashboardOptions extends ServedOptions {
  /** @default a free one */
  readonly port?: number;
  /** Asks for a token of the folder `tokens` in the session's. */
  readonly requireToken?: boolean;
}

const telemetry = { contentType: "text/plain", text: async () => "", apiCall() {}, apiError() {} };

/** A paper session on a short file, left open, with REST, WebSocket and dashboard on one port. */
export async function serveDashboard(options: DashboardOptions = {}): Promise<DashboardSession> {
  const { port = 0, requireToken = false, folder = newFolder() } = options;
  let service!: TradingService;
  let app!: FastifyInstance;
  const beside = async (handle: SessionHandle): Promise<Companion> => {
    service = new TradingService(handle);
    const access = openAccess({
      ...{ stateDir: join(folder, "tokens"), requireToken, allowHosts: [], allowOrigins: [] },
      ...{ hosts: ["127.0.0.1"], isSecure: false, auditPath: join(handle.path, "audit.ndjson") },
    });
    app = await openRest({ service, access, telemetry });
    await attachDashboard(app, { access });
    const socket = attachWebSocket(app.server, { service, access });
    await app.listen({ host: "127.0.0.1", port });
    return {
      async close() {
        await socket.close();
        app.server.closeAllConnections();
        await app.close();
        access.close();
        await service.close();
      },
    };
  };
  const session = await serveSession({ ...options, folder, beside });
  const bound = (app.server.address() as { readonly port: number }).port;
  return { ...session, service, port: bound, url: `http://127.0.0.1:${bound}` };
}
