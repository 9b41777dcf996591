import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ClientOptions, WebSocket } from "ws";
import type { Companion } from "../../src/run/session/handle.ts";
import type { Access } from "../../src/server/access.ts";
import type { TradingService } from "../../src/server/service.ts";
import type { SocketCounts } from "../../src/server/socket/counts.ts";
import type { SocketLimits } from "../../src/server/socket/limits.ts";
import { attachWebSocket } from "../../src/server/webSocket.ts";
import { Doorman } from "./doorman.ts";

/** A WebSocket face on a free port of the loopback. */
export interface SocketHouse {
  readonly port: number;
  readonly counts: SocketCounts;
  /** `face action` and `face code` of what was called and what failed. */
  readonly metered: string[];
  connect(options?: ConnectOptions): Promise<SocketUser>;
  /** The face closes, the server stays. */
  goodbye(): Promise<void>;
  close(): Promise<void>;
}

interface ConnectOptions extends ClientOptions {
  readonly path?: string;
  readonly protocols?: readonly string[];
}

export async function openSockets(
  service: TradingService,
  { access = new Doorman(), limits = {} }: { access?: Access; limits?: Partial<SocketLimits> } = {},
): Promise<SocketHouse> {
  const server = createServer((_, response) => response.end("plain"));
  let counts!: SocketCounts;
  const metered: string[] = [];
  const telemetry = {
    watchSockets: (theirs: SocketCounts) => void (counts = theirs),
    apiCall: (face: string, action: string) => void metered.push(`${face} ${action}`),
    apiError: (face: string, code: string) => void metered.push(`${face} ${code}`),
  };
  const face: Companion = attachWebSocket(server, { service, access, telemetry, limits });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const users: SocketUser[] = [];
  return {
    port,
    counts,
    metered,
    async connect({ path = "/ws", protocols = [], ...options } = {}) {
      const user = new SocketUser(
        new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
          perMessageDeflate: false,
          ...options,
        }),
      );
      users.push(user);
      await user.opened;
      return user;
    },
    goodbye: () => face.close(),
    async close() {
      for (const { socket } of users) socket.terminate();
      await face.close();
      server.close();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: frames are what the tests are about
export type FrameSeen = { type: string; channel: string | null; seq: number; data: any; [more: string]: any };

/** A client that keeps what it hears. */
export class SocketUser {
  readonly socket: WebSocket;
  readonly frames: FrameSeen[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  /** Rejects with the status of the refusal, and its body. */
  readonly opened: Promise<void>;
  #wake: () => void = () => {};

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
      socket.on("unexpected-response", (_, response) => {
        let body = "";
        response.on("data", (data) => (body += data));
        response.on("end", () => reject(new Error(`${response.statusCode} ${body}`)));
      });
    });
    socket.on("message", (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
  }

  say(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The first frame like that, when it has come. */
  async frame(isIt: (frame: FrameSeen) => boolean): Promise<FrameSeen> {
    for (;;) {
      const found = this.frames.find(isIt);
      if (found !== undefined) return found;
      if (this.closed !== null) throw new Error(`closed: ${this.closed.code} ${this.closed.reason}`);
      await this.#news();
    }
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === null) await this.#news();
    return this.closed;
  }

  /** All that was said before has been heard and answered. */
  async settled(): Promise<void> {
    const before = this.frames.filter(({ type }) => type === "pong").length;
    this.say({ action: "ping" });
    while (this.frames.filter(({ type }) => type === "pong").length === before) {
      if (this.closed !== null) throw new Error(`closed: ${this.closed.code} ${this.closed.reason}`);
      await this.#news();
    }
  }

  /** Subscribes, and waits for the snapshots or what takes their place. */
  async subscribe(channels: readonly string[], more: object = {}): Promise<void> {
    this.say({ action: "subscribe", channels, ...more });
    await this.settled();
  }

  of(type: string, channel?: string): readonly FrameSeen[] {
    return this.frames.filter(
      (one) => one.type === type && (channel === undefined || one.channel === channel),
    );
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}
