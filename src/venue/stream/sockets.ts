import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Audit } from "../admin/audit.ts";
import type { KeyRing } from "../auth/keys.ts";
import type { Faults } from "../faults/faults.ts";
import type { Desk } from "../http/desk.ts";
import { serveWsApi } from "../wsApi/wsApiSocket.ts";
import type { StreamHub } from "./hub.ts";
import { serveMarketSocket } from "./marketSocket.ts";

export interface SocketOptions {
  readonly desk: Desk;
  readonly keys: KeyRing;
  readonly faults: Faults;
  readonly audit: Audit;
  readonly hub: StreamHub;
}

export interface Sockets {
  /** Cuts every connection; clients may come again. */
  cut(): void;
  close(): void;
}

/** Binance sends a ping every 20 s, and closes what has not answered within a minute. */
const pingMs = 20_000;
const patienceMs = 60_000;
/** What a connection costs. */
const connectionWeight = 2;

/** All WebSockets of the venue, by path: /ws, /stream and /ws-api/v3. */
export async function serveSockets(server: Server, options: SocketOptions): Promise<Sockets> {
  const { WebSocketServer } = await import("ws");
  const accepting = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1 << 20 });
  const answered = new WeakMap<WebSocket, number>();

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? "/", "http://venue");
    const serve = serverOf(url, request, options);
    socket.on("error", () => socket.destroy());
    if (serve === null) return refuse(socket, "404 Not Found");
    const { desk } = options;
    const address = addressOf(request);
    try {
      desk.limiter.charge(address, connectionWeight, desk.clock.real());
    } catch {
      return refuse(socket, "429 Too Many Requests");
    }
    accepting.handleUpgrade(request, socket, head, (opened) => {
      answered.set(opened, performance.now());
      opened.on("pong", () => answered.set(opened, performance.now()));
      opened.on("error", () => opened.terminate());
      serve(opened);
      // What one packet asks is answered in one packet.
      socket.prependListener("data", () => {
        socket.cork();
        process.nextTick(() => socket.uncork());
      });
    });
  });

  const pings = setInterval(() => {
    for (const socket of accepting.clients) {
      if (performance.now() - answered.get(socket)! > patienceMs) socket.terminate();
      else socket.ping(String(Date.now()));
    }
  }, pingMs);
  pings.unref();
  const cut = () => {
    for (const socket of accepting.clients) socket.terminate();
  };
  return {
    cut,
    close() {
      clearInterval(pings);
      cut();
      accepting.close();
    },
  };
}

function serverOf(
  url: URL,
  request: IncomingMessage,
  { desk, keys, faults, audit, hub }: SocketOptions,
): ((socket: WebSocket) => void) | null {
  const path = url.pathname.replace(/\/$/, "");
  const noteOpening = () =>
    audit.note({
      ...{ time: desk.clock.said(), transport: "stream", method: "OPEN", path: `${path}${url.search}` },
      ...{ params: null, account: "", status: 101, code: null, faults: [] },
    });
  if (path === "/ws-api/v3") {
    const address = addressOf(request);
    const returnRateLimits = url.searchParams.get("returnRateLimits") !== "false";
    return (socket) => serveWsApi(socket, { desk, keys, faults, audit, address, returnRateLimits });
  }
  // Clients tell their connections apart by what they add to the path: /stream/1.
  const combined = path === "/stream" || path.startsWith("/stream/");
  if (!combined && path !== "/ws" && !path.startsWith("/ws/")) return null;
  const streams = combined
    ? (url.searchParams.get("streams") ?? "").split("/")
    : decodeURIComponent(path.slice("/ws/".length)).split("/");
  return (socket) => {
    noteOpening();
    const named = streams.filter((name) => name !== "");
    serveMarketSocket(socket, { hub, faults: faults.ofEvent, streams: named, combined });
  };
}

function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? "";
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
