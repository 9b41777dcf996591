import type { MarketNews, PublicTrade } from "../contract.ts";
import type { AggTrade } from "../http/marketJson.ts";
import { money } from "../http/money.ts";

/** Events of market streams, fields as Binance has them. */

export function tradeEvent(trade: PublicTrade): string {
  return `{"e":"trade","E":${trade.time},"s":"${trade.symbol}","t":${trade.id},"p":"${money(trade.price)}","q":"${money(trade.qty)}","T":${trade.time},"m":${trade.isBuyerMaker},"M":true}`;
}

export function aggTradeEvent(trade: AggTrade): string {
  return `{"e":"aggTrade","E":${trade.time},"s":"${trade.symbol}","a":${trade.id},"p":"${money(trade.price)}","q":"${money(trade.qty)}","f":${trade.firstId},"l":${trade.lastId},"T":${trade.time},"m":${trade.isBuyerMaker},"M":true}`;
}

export function bookTickerEvent(news: Extract<MarketNews, { kind: "bookTicker" }>): string {
  const { updateId, symbol, bid, ask } = news;
  return `{"u":${updateId},"s":"${symbol}","b":"${money(bid.price)}","B":"${money(bid.qty)}","a":"${money(ask.price)}","A":"${money(ask.qty)}"}`;
}

type KlineNews = Extract<MarketNews, { kind: "kline" }>;

/** `firstId` and `lastId` are -1 for a kline without trades. */
export function klineEvent(news: KlineNews, firstId: number, lastId: number): string {
  const { symbol, interval, time, kline: k } = news;
  return `{"e":"kline","E":${time},"s":"${symbol}","k":{"t":${k.openTime},"T":${k.closeTime},"s":"${symbol}","i":"${interval}","f":${firstId},"L":${lastId},"o":"${money(k.open)}","c":"${money(k.close)}","h":"${money(k.high)}","l":"${money(k.low)}","v":"${money(k.volume)}","n":${k.trades},"x":${k.closed},"q":"${money(k.quoteVolume)}","V":"${money(k.takerBuyVolume)}","Q":"${money(k.takerBuyQuoteVolume)}","B":"0"}}`;
}
