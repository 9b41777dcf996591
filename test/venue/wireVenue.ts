import { createHmac } from "node:crypto";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { createExchange } from "../../src/venue/exchange.ts";
import type { ExchangeOptions } from "../../src/venue/exchangeOptions.ts";
import { startVenue, type Venue, type VenueOptions } from "../../src/venue/server.ts";
import { knownMarkets } from "../../src/venue/symbolRules.ts";

export const demo = { key: "demo", secret: "demo" };

/** A venue with one market, BTCUSDT, on a random walk; closed when the test is over. */
export async function openVenue(
  options: Partial<VenueOptions> = {},
  exchange: Partial<ExchangeOptions> = {},
): Promise<Venue> {
  const venue = await startLocal(options, exchange);
  onTestFinished(() => venue.close());
  return venue;
}

/** Likewise, for all tests of a file. */
export async function startLocal(
  options: Partial<VenueOptions> = {},
  exchange: Partial<ExchangeOptions> = {},
): Promise<Venue> {
  const { rules, price } = knownMarkets.get("BTCUSDT")!;
  return startVenue({
    keys: [demo],
    createExchange: (clock, saved) =>
      createExchange(
        { clock, markets: [{ rules, prices: { kind: "walk", price, tradesPerSecond: 5 } }], ...exchange },
        saved,
      ),
    ...options,
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what JSON holds.
  readonly json: any;
}

export type Sent = Readonly<Record<string, string | number>>;

/** Asks as a client would. */
export async function ask(
  venue: Venue,
  request: string,
  params: Sent = {},
  init: RequestInit = {},
): Promise<Answer> {
  const [method, path] = request.split(" ") as [string, string];
  const query = formOf(params);
  const url = `${venue.url}${path}${query === "" ? "" : `?${query}`}`;
  const response = await fetch(url, { method, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: parsed(text) };
}

/** Asks with the key and signature of an HMAC key. */
export function askSigned(
  venue: Venue,
  request: string,
  params: Sent = {},
  { key, secret } = demo,
): Promise<Answer> {
  const all = { timestamp: Date.now(), ...params };
  const signature = createHmac("sha256", secret).update(formOf(all)).digest("hex");
  return ask(venue, request, { ...all, signature }, { headers: { "X-MBX-APIKEY": key } });
}

export function admin(venue: Venue, request: string, body?: unknown): Promise<Answer> {
  const [method, path] = request.split(" ") as [string, string];
  return ask(venue, `${method} /admin/${path}`, {}, body === undefined ? {} : { body: JSON.stringify(body) });
}

export function formOf(params: Sent): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A WebSocket whose messages are kept, and can be waited for. */
export class Listener {
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what JSON holds.
  readonly messages: any[] = [];
  readonly socket: WebSocket;
  closed = false;
  #wake = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.messages.push(parsed(String(data)));
      this.#wake();
    });
    socket.on("close", () => {
      this.closed = true;
      this.#wake();
    });
    socket.on("error", () => {});
  }

  static async open(venue: Venue, path: string): Promise<Listener> {
    const socket = new WebSocket(`${venue.url.replace("http", "ws")}${path}`);
    const listener = new Listener(socket);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    onTestFinished(() => socket.terminate());
    return listener;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** What `find` sees in the messages, those to come included. @throws after 10 s, with what there was */
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what JSON holds.
  async until<T>(find: (messages: readonly any[]) => T | undefined | false): Promise<T> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const found = find(this.messages);
      if (found !== undefined && found !== false) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`not among ${JSON.stringify(this.messages).slice(0, 2000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The answer to a request of the WebSocket API. */
  async call(id: number, method: string, params: Sent = {}) {
    this.send({ id, method, params });
    return this.until((messages) => messages.find((message) => message.id === id));
  }

  callSigned(id: number, method: string, params: Sent = {}, { key, secret } = demo) {
    const all: Sent = { apiKey: key, timestamp: Date.now(), ...params };
    const payload = Object.keys(all)
      .sort()
      .map((name) => `${name}=${all[name]}`)
      .join("&");
    const signature = createHmac("sha256", secret).update(payload).digest("hex");
    return this.call(id, method, { ...all, signature });
  }
}
