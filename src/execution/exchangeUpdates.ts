import type { AccountStream } from "../connectivity/ordersApi.ts";
import type { Order } from "../domain/order.ts";
import type { AccountUpdate } from "../domain/ports.ts";
import type { KnownOrders } from "./exchangeOrders.ts";

export interface UpdatesOptions {
  /** So long without news while orders are open: they are asked for. In ms. */
  readonly silenceMs: number;
  /** Before connecting again, doubled up to 30 s while it fails. In ms. */
  readonly reconnectMs: number;
}

interface Parts {
  readonly stream: AccountStream;
  readonly orders: KnownOrders;
  /** The order as the venue has it now. */
  readonly ask: (order: Order) => Promise<Order | null>;
  readonly options: UpdatesOptions;
  readonly signal: AbortSignal;
}

const longestWait = 30_000;

/**
 * The account's news for one consumer: what the stream tells, once and never backwards; a gap after every (re)connect;
 * and behind a stream that says nothing while orders are open, the orders' own answers. Ends with the signal.
 */
export async function* accountUpdates(parts: Parts): AsyncGenerator<AccountUpdate, void, undefined> {
  const { stream, orders, options, signal } = parts;
  let wait = options.reconnectMs;
  let reason = "connected";
  let pending: Promise<readonly AccountUpdate[]> | null = null;
  let connected = false;
  while (!signal.aborted) {
    try {
      pending ??= stream.next();
      const news = await within(pending, options.silenceMs, signal);
      if (signal.aborted) return;
      if (news === "silent") {
        const found = await askForOpen(parts);
        if (found.length > 0 || !connected) {
          // The venue knew and did not say: the stream is deaf, however alive its socket looks.
          reason = "the stream was silent";
          stream.drop();
        }
        yield* found;
        continue;
      }
      pending = null;
      wait = options.reconnectMs;
      // Told once it is connected: what happens from here on is not missed.
      if (!connected) yield { kind: "gap", reason };
      connected = true;
      for (const one of news) {
        const update = fresh(one, orders);
        if (update !== null) yield update;
      }
    } catch (error) {
      pending = null;
      if (connected || reason === "connected") reason = messageOf(error);
      // At once, too: whoever reconciles need not wait until the stream is back.
      yield { kind: "gap", reason };
      connected = false;
      await pause(wait, signal);
      wait = Math.min(wait * 2, longestWait);
    }
  }
}

function fresh(update: AccountUpdate, orders: KnownOrders): AccountUpdate | null {
  if (update.kind === "order") {
    const order = orders.take(update.order);
    return order === null ? null : { kind: "order", order };
  }
  if (update.kind !== "trade") return update;
  const { trade } = update;
  if (!orders.isNewTrade(trade)) return null;
  return trade.clientId === null
    ? { kind: "trade", trade: { ...trade, clientId: orders.clientIdOf(trade) } }
    : update;
}

async function askForOpen({ orders, ask, signal }: Parts): Promise<readonly AccountUpdate[]> {
  const found: AccountUpdate[] = [];
  for (const open of orders.open) {
    if (signal.aborted) return [];
    // A failing question is asked again after the next silence.
    const order = await ask(open).catch(() => null);
    const known = order === null ? null : orders.take(order);
    if (known !== null) found.push({ kind: "order", order: known });
  }
  return found;
}

/** What `promise` gives, `silent` when it takes longer; the promise stays as it is. */
async function within<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T | "silent"> {
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const silence = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), ms);
    stop = () => resolve("silent");
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop!);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    // Jitter, so that many clients of one venue do not come back together.
    const timer = setTimeout(end, ms * (0.5 + Math.random() / 2));
    signal.addEventListener("abort", end);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "the stream broke";
}
