import { compareCell, type FixedColumn, fixedAt } from "../domain/columns.ts";
import { compareFixed, type Fixed } from "../domain/fixed.ts";
import type { TradedChunk } from "../domain/market.ts";
import type { Resting } from "./resting.ts";

/** `through`: a limit fills when the market trades beyond it. `touch`: when it trades at it. */
export type FillLimit = "through" | "touch";

export interface Candidate {
  readonly order: Resting;
  /** Before slippage. */
  readonly price: Fixed;
  /** At the first price of the bar, before anything else in it. */
  readonly atOpen: boolean;
  readonly maker: boolean;
  /** Market and stop orders slip; limits don't. */
  readonly slips: boolean;
}

/** Prices of one event; a tick is a bar of a single price. Reused by its owner. */
export interface Prices {
  open: FixedColumn;
  high: FixedColumn;
  low: FixedColumn;
  close: FixedColumn;
  row: number;
  isTick: boolean;
}

export function pricesOf(chunk: TradedChunk, row: number): Prices {
  const first = chunk.kind === "tick" ? chunk.price : chunk.open;
  const prices = { open: first, high: first, low: first, close: first, row, isTick: true };
  pointPrices(prices, chunk, row);
  return prices;
}

/** Points `prices` at another event. */
export function pointPrices(prices: Prices, chunk: TradedChunk, row: number): void {
  const ticks = chunk.kind === "tick";
  prices.open = ticks ? chunk.price : chunk.open;
  prices.high = ticks ? chunk.price : chunk.high;
  prices.low = ticks ? chunk.price : chunk.low;
  prices.close = ticks ? chunk.price : chunk.close;
  prices.row = row;
  prices.isTick = ticks;
}

/** Whether and at what price an order fills on an event all of whose prices it may use. Null: it does not. */
export function fillOn(order: Resting, prices: Prices, rule: FillLimit): Candidate | null {
  switch (order.command.type) {
    case "market":
      return firstPrice(order, prices);
    case "limit":
      return limitFill(order, prices, rule, order.seen);
    case "stop":
      return order.triggered ? firstPrice(order, prices) : stopFill(order, prices);
    case "stop_limit":
      return order.triggered
        ? limitFill(order, prices, rule, order.seen)
        : stopLimitFill(order, prices, rule);
  }
}

/** A market order pays the first price formed after the decision: the next bar's open, or the next tick. */
function firstPrice(order: Resting, prices: Prices): Candidate {
  return { order, price: fixedAt(prices.open, prices.row), atOpen: true, maker: false, slips: true };
}

/** True when the event reaches the order's stop, at its open or later. */
export function reachesStop(order: Resting, prices: Prices): boolean {
  const worst = order.command.side === "buy" ? prices.high : prices.low;
  return compareCell(worst, prices.row, order.trigger!, order.stop) * sign(order) >= 0;
}

/** True when a limit would take liquidity at the first price of the event. */
export function isMarketable(order: Resting, prices: Prices, rule: FillLimit): boolean {
  return reaches(compareCell(prices.open, prices.row, order.command.limit!, order.limit) * sign(order), rule);
}

/** `rested`: the limit was in the book before the event. */
function limitFill(order: Resting, prices: Prices, rule: FillLimit, rested: boolean): Candidate | null {
  const limit = order.command.limit!;
  if (isMarketable(order, prices, rule)) {
    // A gap fills at the open. A trade print beyond a resting limit went through it: we had our own price.
    const price = prices.isTick && rested ? limit : fixedAt(prices.open, prices.row);
    return { order, price, atOpen: true, maker: rested, slips: false };
  }
  const best = order.command.side === "buy" ? prices.low : prices.high;
  if (!reaches(compareCell(best, prices.row, limit, order.limit) * sign(order), rule)) return null;
  return { order, price: limit, atOpen: false, maker: true, slips: false };
}

function stopFill(order: Resting, prices: Prices): Candidate | null {
  const stop = order.trigger!;
  // A gap through the stop fills at the open, not at the stop.
  if (compareCell(prices.open, prices.row, stop, order.stop) * sign(order) >= 0) {
    return firstPrice(order, prices);
  }
  if (!reachesStop(order, prices)) return null;
  return { order, price: stop, atOpen: false, maker: false, slips: true };
}

function stopLimitFill(order: Resting, prices: Prices, rule: FillLimit): Candidate | null {
  const { trigger: stop } = order;
  const { limit } = order.command;
  if (compareCell(prices.open, prices.row, stop!, order.stop) * sign(order) >= 0) {
    // Only now does the limit meet the market: what it can take at once, it takes.
    return limitFill(order, prices, rule, false);
  }
  if (!reachesStop(order, prices)) return null;
  // Reached inside the bar: at that moment the market stood at the stop. A limit on its far side takes it there; one
  // on the near side would need a way back of which the bar says nothing, so it waits for the next.
  if (!reaches(compareFixed(stop!, limit!) * sign(order), rule)) return null;
  return { order, price: stop!, atOpen: false, maker: false, slips: false };
}

/** `side × (market − limit)`: below zero the market is better than the limit. */
function reaches(difference: number, rule: FillLimit): boolean {
  return difference < 0 || (difference === 0 && rule === "touch");
}

function sign(order: Resting): 1 | -1 {
  return order.command.side === "buy" ? 1 : -1;
}

/** In one bar of unknown path: the open first, then stops, then limits; of each, the price that is reached first. */
export function isBefore(a: Candidate, b: Candidate): boolean {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks < 0;
  const rank = rankOf(a);
  if (rank === 0) return false;
  const difference = rank === 1 ? a.order.stop - b.order.stop : a.order.limit - b.order.limit;
  // A sell stop waits below the market and a sell limit above it; a buy the other way round.
  return (a.order.command.side === "sell") === (rank === 1) ? difference > 0 : difference < 0;
}

/** Inside a bar only limits that rest make the market. */
function rankOf({ atOpen, maker }: Candidate): number {
  if (atOpen) return 0;
  return maker ? 2 : 1;
}
