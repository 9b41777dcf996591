import { addFixed, compareFixed, divideDown, type Fixed, negateFixed, zero } from "../../domain/fixed.ts";
import { dayMs, type Millis } from "../../domain/time.ts";
import type { Exchange, Kline } from "../contract.ts";
import { money } from "./money.ts";

const minute = 60_000;

/** What trading was like in a window of time up to now. */
export interface Statistics {
  readonly symbol: string;
  readonly open: Fixed;
  readonly high: Fixed;
  readonly low: Fixed;
  readonly last: Fixed;
  readonly volume: Fixed;
  readonly quoteVolume: Fixed;
  readonly openTime: Millis;
  readonly closeTime: Millis;
  readonly firstId: number;
  readonly lastId: number;
  readonly count: number;
}

/** Windows are counted in whole minutes, as Binance's rolling ones are. */
export function statisticsOf(exchange: Exchange, symbol: string, windowMs: Millis = dayMs): Statistics {
  const now = exchange.time();
  const from = now - windowMs;
  const rows = minutesOf(exchange, symbol, from - (from % minute), Math.ceil(windowMs / minute) + 1);
  const last = exchange.lastPrice(symbol);
  const lastTrade = exchange.trades(symbol, { limit: 1 }).at(-1);
  const lastId = lastTrade?.id ?? -1;
  const count = rows.reduce((sum, row) => sum + row.trades, 0);
  return {
    symbol,
    open: rows[0]?.open ?? last,
    high: rows.reduce((high, row) => (compareFixed(row.high, high) > 0 ? row.high : high), last),
    low: rows.reduce((low, row) => (compareFixed(row.low, low) < 0 ? row.low : low), last),
    last,
    volume: rows.reduce((sum, row) => addFixed(sum, row.volume), zero),
    quoteVolume: rows.reduce((sum, row) => addFixed(sum, row.quoteVolume), zero),
    openTime: Math.floor(from),
    closeTime: Math.floor(now),
    firstId: count === 0 ? -1 : Math.max(0, lastId - count + 1),
    lastId,
    count,
  };
}

function minutesOf(exchange: Exchange, symbol: string, from: Millis, count: number): readonly Kline[] {
  const rows: Kline[] = [];
  let startTime = from;
  // A thousand at a time is what the exchange gives at once.
  while (rows.length < count) {
    const more = exchange.klines(symbol, "1m", { startTime, limit: Math.min(1000, count - rows.length) });
    if (more.length === 0) break;
    rows.push(...more);
    startTime = more.at(-1)!.openTime + minute;
  }
  return rows;
}

/** ticker/24hr with the book's best prices (`type=FULL`). */
export function dayTickerJson(exchange: Exchange, s: Statistics, mini: boolean): string {
  if (mini) return miniJson(s);
  const { bid, ask } = exchange.bookTicker(s.symbol);
  return `{"symbol":"${s.symbol}",${changes(s)},"prevClosePrice":"${money(s.open)}","lastPrice":"${money(s.last)}","lastQty":"${lastQuantity(exchange, s)}","bidPrice":"${money(bid.price)}","bidQty":"${money(bid.qty)}","askPrice":"${money(ask.price)}","askQty":"${money(ask.qty)}","openPrice":"${money(s.open)}","highPrice":"${money(s.high)}","lowPrice":"${money(s.low)}",${totals(s)}}`;
}

/** ticker, ticker/tradingDay. */
export function windowTickerJson(s: Statistics, mini: boolean): string {
  if (mini) return miniJson(s);
  return `{"symbol":"${s.symbol}",${changes(s)},"openPrice":"${money(s.open)}","highPrice":"${money(s.high)}","lowPrice":"${money(s.low)}","lastPrice":"${money(s.last)}",${totals(s)}}`;
}

/** The `<symbol>@ticker` stream. */
export function tickerEvent(exchange: Exchange, s: Statistics): string {
  const { bid, ask } = exchange.bookTicker(s.symbol);
  return `{"e":"24hrTicker","E":${s.closeTime},"s":"${s.symbol}","p":"${change(s)}","P":"${percent(s)}","w":"${average(s)}","x":"${money(s.open)}","c":"${money(s.last)}","Q":"${lastQuantity(exchange, s)}","b":"${money(bid.price)}","B":"${money(bid.qty)}","a":"${money(ask.price)}","A":"${money(ask.qty)}","o":"${money(s.open)}","h":"${money(s.high)}","l":"${money(s.low)}","v":"${money(s.volume)}","q":"${money(s.quoteVolume)}","O":${s.openTime},"C":${s.closeTime},"F":${s.firstId},"L":${s.lastId},"n":${s.count}}`;
}

/** The `<symbol>@miniTicker` stream. */
export function miniTickerEvent(s: Statistics): string {
  return `{"e":"24hrMiniTicker","E":${s.closeTime},"s":"${s.symbol}","c":"${money(s.last)}","o":"${money(s.open)}","h":"${money(s.high)}","l":"${money(s.low)}","v":"${money(s.volume)}","q":"${money(s.quoteVolume)}"}`;
}

function miniJson(s: Statistics): string {
  return `{"symbol":"${s.symbol}","openPrice":"${money(s.open)}","highPrice":"${money(s.high)}","lowPrice":"${money(s.low)}","lastPrice":"${money(s.last)}",${totals(s)}}`;
}

function totals(s: Statistics): string {
  return `"volume":"${money(s.volume)}","quoteVolume":"${money(s.quoteVolume)}","openTime":${s.openTime},"closeTime":${s.closeTime},"firstId":${s.firstId},"lastId":${s.lastId},"count":${s.count}`;
}

function changes(s: Statistics): string {
  return `"priceChange":"${change(s)}","priceChangePercent":"${percent(s)}","weightedAvgPrice":"${average(s)}"`;
}

function change({ last, open }: Statistics): string {
  return money(addFixed(last, negateFixed(open)));
}

/** With three decimals, cut. */
function percent({ last, open }: Statistics): string {
  const moved = addFixed(last, negateFixed(open));
  const size = moved.units < 0n ? negateFixed(moved) : moved;
  if (open.units === 0n) return "0.000";
  const thousandths = divideDown({ units: size.units * 100n, scale: size.scale }, open, 3);
  const text = String(thousandths).padStart(4, "0");
  return `${moved.units < 0n && thousandths !== 0n ? "-" : ""}${text.slice(0, -3)}.${text.slice(-3)}`;
}

function average({ volume, quoteVolume }: Statistics): string {
  return volume.units === 0n ? money(zero) : money({ units: divideDown(quoteVolume, volume, 8), scale: 8 });
}

function lastQuantity(exchange: Exchange, { symbol }: Statistics): string {
  return money(exchange.trades(symbol, { limit: 1 }).at(-1)?.qty ?? zero);
}
