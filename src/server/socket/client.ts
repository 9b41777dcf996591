import type { WebSocket } from "ws";
import { GeoSyncError } from "../../domain/errors.ts";
import type { Access, Principal } from "../access.ts";
import { failureOf } from "../failure.ts";
import type { Channel } from "../feed.ts";
import type { TradingService } from "../service.ts";
import type { SocketCounts } from "./counts.ts";
import type { SocketHub } from "./hub.ts";
import { Allowance, type SocketLimits } from "./limits.ts";
import { type Frame, type Message, readMessage, type Subscribe } from "./messages.ts";
import { Outlet } from "./outlet.ts";
import { Spelling } from "./spelling.ts";
import { Subscription } from "./subscription.ts";
import { frameText } from "./writing.ts";

/** Takes note of what the faces do. */
export interface FaceMeter {
  apiCall(face: "ws", action: string, seconds: number): void;
  apiError(face: "ws", code: string): void;
}

/** What all clients share. */
export interface ClientWorld {
  readonly service: TradingService;
  readonly access: Access;
  readonly hub: SocketHub;
  readonly limits: SocketLimits;
  readonly counts: SocketCounts;
  readonly meter: FaceMeter | null;
}

/** Codes with which a connection is closed. */
const policy = 1008;

/** One connection: what it asks for, and what it has asked for so far. */
export class SocketClient {
  readonly #socket: WebSocket;
  readonly #world: ClientWorld;
  readonly #outlet: Outlet;
  readonly #allowance: Allowance;
  readonly #subscriptions = new Map<Channel, Subscription>();
  #token: string | null;
  #isKnown: boolean;
  readonly #authTimer: NodeJS.Timeout | null;
  #refusals = 0;
  #isAlive = true;

  /** @param token that has been accepted, or null: none was needed, or it is still to come */
  constructor(socket: WebSocket, world: ClientWorld, token: string | null, isKnown: boolean) {
    const { limits, counts } = world;
    this.#socket = socket;
    this.#world = world;
    this.#token = token;
    this.#isKnown = isKnown;
    this.#outlet = new Outlet(socket, limits, counts);
    this.#allowance = new Allowance(limits.messagesPerSecond, limits.messageBurst);
    const tooLate = () => socket.close(policy, "no token came");
    this.#authTimer = isKnown ? null : setTimeout(tooLate, limits.authMs).unref();
    socket.on("message", (data: Buffer, isBinary) => this.#hear(data, isBinary));
    socket.on("pong", () => (this.#isAlive = true));
    // Such as a message beyond the limit: the package closes with the right code by itself.
    socket.on("error", () => socket.close());
    socket.on("close", () => this.#forget());
  }

  heartbeat(frame: Buffer): void {
    if (this.#isKnown) this.#outlet.send(frame, "heartbeat");
  }

  /** Lets go of who is gone, or whose token is. */
  check(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.ping();
    if (!this.#isKnown) return;
    try {
      this.#world.access.check(this.#token, "read");
    } catch {
      this.#socket.close(policy, "the token is not valid any more");
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #hear(data: Buffer, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#allowance.take()) {
      this.#refuse();
      return;
    }
    this.#refusals = 0;
    const began = performance.now();
    try {
      const message = readMessage(data, isBinary);
      this.#do(message);
      this.#world.meter?.apiCall("ws", message.action, (performance.now() - began) / 1000);
    } catch (error) {
      this.#fail(error);
    }
  }

  #do(message: Message): void {
    if (!this.#isKnown && message.action !== "auth") {
      throw new GeoSyncError("GEO-UNAUTHENTICATED", `${message.action}: expected a token first, found none`, {
        hint: 'Send {"action":"auth","token":"…"}, or Authorization: Bearer … when connecting.',
      });
    }
    switch (message.action) {
      case "auth":
        this.#auth(message.token);
        break;
      case "subscribe":
        this.#subscribe(message);
        break;
      case "unsubscribe":
        for (const channel of new Set(message.channels)) this.#unsubscribe(channel);
        break;
      case "ping":
        this.#say({ type: "pong", channel: null, seq: null, data: { time: new Date().toISOString() } });
    }
  }

  #auth(token: string): void {
    const principal = this.#principalOf(token);
    if (principal === null) return;
    if (this.#authTimer !== null) clearTimeout(this.#authTimer);
    this.#token = token;
    this.#isKnown = true;
    const { name, scopes } = principal;
    this.#say({ type: "authenticated", channel: null, seq: null, data: { name, scopes } });
  }

  #principalOf(token: string): Principal | null {
    try {
      return this.#world.access.check(token, "read");
    } catch (error) {
      // Nobody shall try one token after another.
      this.#fail(error);
      this.#socket.close(policy, "the token was not accepted");
      return null;
    }
  }

  #subscribe({ channels, symbols, decimals, since, epoch }: Subscribe): void {
    const { service, hub } = this.#world;
    const spelling = symbols === undefined ? Spelling.all : Spelling.of(symbols, service);
    for (const channel of new Set(channels)) {
      const former = this.#subscriptions.get(channel);
      const subscription = new Subscription({ channel, spelling, decimals }, service, this.#outlet);
      this.#subscriptions.set(channel, subscription);
      hub.add(subscription);
      if (former !== undefined) hub.remove(former);
      subscription.begin({ since, epoch });
    }
  }

  #unsubscribe(channel: Channel): void {
    const former = this.#subscriptions.get(channel);
    if (former === undefined) {
      throw new GeoSyncError("GEO-CONFLICT", `unsubscribe.channels: "${channel}" is not subscribed to`);
    }
    this.#subscriptions.delete(channel);
    this.#world.hub.remove(former);
    this.#say({ type: "unsubscribed", channel, seq: this.#world.service.feed.seqOf(channel), data: null });
  }

  #refuse(): void {
    const { messagesPerSecond, refusals } = this.#world.limits;
    const words = `message: expected at most ${messagesPerSecond} a second, found more`;
    if (++this.#refusals > refusals) this.#socket.close(policy, "too many messages");
    else this.#fail(new GeoSyncError("GEO-LIMITED", words));
  }

  #fail(error: unknown): void {
    const { code, message, hint } = failureOf(error);
    this.#world.meter?.apiError("ws", code);
    this.#say({ type: "error", channel: null, seq: null, data: { code, message, hint } });
  }

  #say(frame: Frame): void {
    this.#outlet.send(frameText(frame), null);
  }

  #forget(): void {
    if (this.#authTimer !== null) clearTimeout(this.#authTimer);
    for (const subscription of this.#subscriptions.values()) this.#world.hub.remove(subscription);
    this.#subscriptions.clear();
  }
}
