import { Decimal } from "../../src/domain/decimal.ts";
import type { Bar } from "../../src/domain/market.ts";
import type { Context, PositionView } from "../../src/strategy/contract.ts";
import { createEnvironment, type PluginClock } from "../../src/strategy/environment.ts";

/** A clock that a test moves by hand, with timers that fire when told to. */
export function fakeClock() {
  const timers = new Map<number, { at: number; callback: () => void }>();
  const state = { now: Date.UTC(2024, 0, 1), handles: 0, draws: 0 };
  const clock: PluginClock = {
    now: () => state.now,
    random: () => (state.draws++ % 10) / 10,
    setTimer(ms, callback) {
      timers.set(++state.handles, { at: state.now + ms, callback });
      return state.handles;
    },
    clearTimer: (handle) => void timers.delete(handle),
  };
  return {
    ...clock,
    pending: () => timers.size,
    advance(ms: number) {
      state.now += ms;
      for (const [handle, timer] of [...timers]) {
        if (timer.at > state.now || !timers.delete(handle)) continue;
        timer.callback();
      }
    },
  };
}

export const quietEnvironment = () => createEnvironment(fakeClock(), () => {});

export interface FakeContext {
  readonly ctx: Context;
  /** What was asked of the context: `close A`, `target A 1`. */
  readonly requests: string[];
  /** Shows bar after bar of closes to a handler; its index goes on where the last call stopped. */
  feed(onBar: ((bar: Bar) => void) | undefined, closes: readonly number[], symbol?: string): void;
}

export function fakeContext(
  options: { account?: "cash" | "margin"; readyFrom?: number; symbols?: readonly string[] } = {},
): FakeContext {
  const requests: string[] = [];
  const history = new Map<string, number[]>();
  const now = { symbol: "A", index: -1 };
  const refuse = (): never => {
    throw new Error("not part of the fake");
  };
  const ctx: Context = {
    mode: "backtest",
    account: options.account ?? "cash",
    get ready() {
      return now.index >= (options.readyFrom ?? 0);
    },
    time: 0,
    get symbol() {
      return now.symbol;
    },
    symbols: options.symbols ?? ["A", "B"],
    position: {} as PositionView,
    positionOf: refuse,
    cash: 0,
    equity: 0,
    orders: [],
    get prices() {
      return Float64Array.from(history.get(now.symbol) ?? []);
    },
    bars: refuse,
    buy: refuse,
    sell: refuse,
    close(request) {
      requests.push(`close ${request?.symbol}`);
      return null;
    },
    target(request) {
      requests.push(`target ${request.symbol} ${"fraction" in request ? request.fraction : "?"}`);
      return "1";
    },
    cancel: refuse,
    amend: refuse,
    cancelAll: refuse,
    random: () => 0,
    after: refuse,
    log: () => {},
  };
  const feed: FakeContext["feed"] = (onBar, closes, symbol = "A") => {
    for (const close of closes) {
      const known = history.get(symbol) ?? [];
      history.set(symbol, [...known, close]);
      Object.assign(now, { symbol, index: known.length });
      onBar?.(barAt(known.length, close, symbol));
    }
  };
  return { ctx, requests, feed };
}

function barAt(index: number, price: number, symbol: string): Bar {
  const [time, exact] = [index * 60_000, new Decimal(price)];
  return {
    symbol,
    timeframe: "1m",
    index,
    openTime: time,
    time: time + 60_000,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 1,
    exact: { open: exact, high: exact, low: exact, close: exact, volume: new Decimal(1) },
  };
}
