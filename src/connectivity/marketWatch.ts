import { AsyncLocalStorage } from "node:async_hooks";
import type { Exchange } from "ccxt";
import { ConnectionError } from "../domain/errors.ts";
import { PushQueue } from "./pushQueue.ts";
import type { VenueSession } from "./session.ts";

/** Messages that may wait for us to read them: minutes of the busiest streams. */
export const mostUnread = 100_000;

/** The parts of ccxt's WebSocket client that a stream is given up by. */
export interface Line {
  error?: unknown;
  readonly connection?: { terminate?(): void };
  reset(error: unknown): void;
}

interface Doors {
  client(url: string): unknown;
  readonly clients: Record<string, Line | undefined>;
}

/** Addresses that a watching call uses; which, only ccxt knows. */
const usedUrls = new AsyncLocalStorage<Set<string>>();
const noted = new WeakSet<Exchange>();

/** Calls a `watch…` of ccxt again and again; ends with the signal, fails as it fails. */
export function repeated<T>(
  session: VenueSession,
  name: string,
  watch: (exchange: Exchange) => Promise<unknown>,
  signal: AbortSignal,
  read: (answer: unknown) => readonly T[],
): AsyncIterable<T> {
  const { exchange } = session;
  noteUrls(exchange);
  const urls = new Set<string>();
  const queue = new PushQueue<T>(mostUnread, () => tooSlow(session.venue, name));
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const answer = await usedUrls.run(urls, () => watch(exchange));
      for (const item of readMessage(session.venue, name, () => read(answer))) queue.push(item);
    }
  };
  run().catch((thrown: unknown) => queue.fail(session.failure(thrown, name)));
  signal.addEventListener("abort", () => {
    queue.end();
    // ccxt would keep a silent line for minutes.
    for (const url of urls) dropLine(exchange, url);
  });
  return queue;
}

/** Hangs up; whoever else listens on that line hears of it and dials anew. */
export function dropLine(exchange: Exchange, url: string): void {
  const { clients } = exchange as unknown as Doors;
  const line = clients[url];
  if (line === undefined) return;
  delete clients[url];
  const error = new ConnectionError("The line was given up.");
  // With an error set, what the socket says later does not touch the line that took its place.
  line.error = error;
  line.reset(error);
  line.connection?.terminate?.();
}

/** @throws ConnectionError GEO-VENUE-ANSWER for what `read` refuses: the line is dialled anew, and nothing worse */
export function readMessage<T>(venue: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectionError(`${venue} ${name}: ${reason}`, { code: "GEO-VENUE-ANSWER", cause });
  }
}

export function tooSlow(venue: string, name: string): ConnectionError {
  return new ConnectionError(`${venue} ${name}: ${mostUnread} messages wait unread; the line was given up.`);
}

function noteUrls(exchange: Exchange): void {
  if (noted.has(exchange)) return;
  noted.add(exchange);
  const doors = exchange as unknown as Doors;
  const client = doors.client.bind(exchange);
  doors.client = (url) => {
    usedUrls.getStore()?.add(url);
    return client(url);
  };
}
