import type { IncomingMessage, Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Companion } from "../run/session/handle.ts";
import { type Access, bearerOf } from "./access.ts";
import { failureOf } from "./failure.ts";
import type { TradingService } from "./service.ts";
import { type ClientWorld, type FaceMeter, SocketClient } from "./socket/client.ts";
import { noCounts, type SocketCounts } from "./socket/counts.ts";
import { SocketHub } from "./socket/hub.ts";
import { defaultLimits, type SocketLimits } from "./socket/limits.ts";
import { type Refusal, refuseUpgrade } from "./socket/refusal.ts";
import { frameText } from "./socket/writing.ts";

export interface WebSocketOptions {
  readonly service: TradingService;
  readonly access: Access;
  /** Is told of calls and errors, and reads the counts. */
  readonly telemetry?: FaceMeter & { watchSockets(counts: SocketCounts): void };
  readonly limits?: Partial<SocketLimits>;
}

const path = "/ws";
/** A browser can't send headers: it offers this, and `bearer.<token>` beside it. */
const protocol = "geosync";
const tokenProtocol = "bearer.";

/** Serves a session's news at /ws of that server, whose upgrades are all answered here. Its close leaves the server open. */
export function attachWebSocket(server: Server | TlsServer, options: WebSocketOptions): Companion {
  const { service, access, telemetry } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const counts = noCounts();
  const hub = new SocketHub(service.feed);
  const world: ClientWorld = { service, access, hub, limits, counts, meter: telemetry ?? null };
  const clients = new Set<SocketClient>();
  telemetry?.watchSockets(counts);
  const accepting = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, clientTracking: true },
    ...{ maxPayload: limits.messageBytes, closeTimeout: limits.closeMs },
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : [...offered][0]!),
  });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const asked = admit(request, world);
    if ("status" in asked) {
      telemetry?.apiError("ws", asked.code);
      return refuseUpgrade(socket, asked);
    }
    accepting.handleUpgrade(request, socket, head, (opened) => {
      const client = new SocketClient(opened, world, asked.token, asked.isKnown);
      clients.add(client);
      counts.clients = clients.size;
      opened.on("close", () => {
        clients.delete(client);
        counts.clients = clients.size;
      });
    });
  };
  server.on("upgrade", upgrade);

  const beat = setInterval(() => {
    const data = { time: new Date().toISOString() };
    const frame = frameText({ type: "heartbeat", channel: null, seq: null, data });
    for (const client of clients) client.heartbeat(frame);
  }, limits.heartbeatMs).unref();
  const pings = setInterval(() => {
    for (const client of clients) client.check();
  }, limits.pingMs).unref();

  return {
    async close() {
      server.off("upgrade", upgrade);
      clearInterval(beat);
      clearInterval(pings);
      hub.finish();
      for (const client of clients) client.close(1001, "the session has ended");
      await new Promise<void>((resolve) => accepting.close(() => resolve()));
    },
  };
}

interface Admitted {
  readonly token: string | null;
  /** False: it needs a token, and is to send one first. */
  readonly isKnown: boolean;
}

function admit(request: IncomingMessage, { access, limits, counts }: ClientWorld): Admitted | Refusal {
  const [asked, query] = (request.url ?? "").split("?", 2);
  if (asked !== path) return { status: 404, code: "GEO-NOT-FOUND", detail: `the WebSocket is at ${path}` };
  if (new URLSearchParams(query).has("token")) {
    const detail = "a token in an address ends up in logs: send it as Authorization: Bearer …";
    return { status: 400, code: "GEO-VALUE", detail };
  }
  if (counts.clients >= limits.connections) {
    return {
      status: 503,
      code: "GEO-LIMITED",
      detail: `${limits.connections} clients are connected already`,
    };
  }
  const { host, origin = null, authorization } = request.headers;
  const token = bearerOf(authorization) ?? tokenOffered(request.headers["sec-websocket-protocol"]);
  try {
    access.checkSite(host, origin);
    access.check(token, "read");
    return { token, isKnown: true };
  } catch (error) {
    const { http, code, message } = failureOf(error);
    if (code === "GEO-UNAUTHENTICATED" && token === null && authorization === undefined)
      return { token: null, isKnown: false };
    return { status: http, code, detail: message };
  }
}

function tokenOffered(protocols: string | undefined): string | null {
  const offered = (protocols ?? "").split(",").map((name) => name.trim());
  const found = offered.find((name) => name.startsWith(tokenProtocol));
  return found === undefined ? null : found.slice(tokenProtocol.length);
}
