import { type Fixed, multiplyFixed } from "../../domain/fixed.ts";
import type { Exchange, Kline, Level, PublicTrade, SymbolRules } from "../contract.ts";
import { money } from "./money.ts";

/** Market data as Binance's answers have it. */

export function tradeJson(trade: PublicTrade): string {
  return `{"id":${trade.id},"price":"${money(trade.price)}","qty":"${money(trade.qty)}","quoteQty":"${quote(trade)}","time":${trade.time},"isBuyerMaker":${trade.isBuyerMaker},"isBestMatch":true}`;
}

export type AggTrade = ReturnType<Exchange["aggTrades"]>[number];

export function aggTradeJson(trade: AggTrade): string {
  return `{"a":${trade.id},"p":"${money(trade.price)}","q":"${money(trade.qty)}","f":${trade.firstId},"l":${trade.lastId},"T":${trade.time},"m":${trade.isBuyerMaker},"M":true}`;
}

export function klineJson(kline: Kline): string {
  return `[${kline.openTime},"${money(kline.open)}","${money(kline.high)}","${money(kline.low)}","${money(kline.close)}","${money(kline.volume)}",${kline.closeTime},"${money(kline.quoteVolume)}",${kline.trades},"${money(kline.takerBuyVolume)}","${money(kline.takerBuyQuoteVolume)}","0"]`;
}

export function levelsJson(levels: readonly Level[]): string {
  let text = "[";
  for (let i = 0; i < levels.length; i++) {
    const { price, qty } = levels[i]!;
    text += `${i === 0 ? "" : ","}["${money(price)}","${money(qty)}"]`;
  }
  return `${text}]`;
}

export function depthJson({ lastUpdateId, bids, asks }: ReturnType<Exchange["depth"]>): string {
  return `{"lastUpdateId":${lastUpdateId},"bids":${levelsJson(bids)},"asks":${levelsJson(asks)}}`;
}

export function bookTickerJson(symbol: string, { bid, ask }: ReturnType<Exchange["bookTicker"]>): string {
  return `{"symbol":"${symbol}","bidPrice":"${money(bid.price)}","bidQty":"${money(bid.qty)}","askPrice":"${money(ask.price)}","askQty":"${money(ask.qty)}"}`;
}

/** With every filter that the exchange enforces, and no other. */
export function symbolJson(rules: SymbolRules, permissionSets: boolean): string {
  const m = money;
  const p = rules.precision;
  const filters = [
    `{"filterType":"PRICE_FILTER","minPrice":"${m(rules.minPrice)}","maxPrice":"${m(rules.maxPrice)}","tickSize":"${m(rules.tickSize)}"}`,
    `{"filterType":"LOT_SIZE","minQty":"${m(rules.minQty)}","maxQty":"${m(rules.maxQty)}","stepSize":"${m(rules.stepSize)}"}`,
    `{"filterType":"ICEBERG_PARTS","limit":10}`,
    `{"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"${m(rules.marketMaxQty)}","stepSize":"0.00000000"}`,
    `{"filterType":"TRAILING_DELTA","minTrailingAboveDelta":10,"maxTrailingAboveDelta":2000,"minTrailingBelowDelta":10,"maxTrailingBelowDelta":2000}`,
    `{"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"${plain(rules.bidMultiplierUp)}","bidMultiplierDown":"${plain(rules.bidMultiplierDown)}","askMultiplierUp":"${plain(rules.askMultiplierUp)}","askMultiplierDown":"${plain(rules.askMultiplierDown)}","avgPriceMins":5}`,
    `{"filterType":"NOTIONAL","minNotional":"${m(rules.minNotional)}","applyMinToMarket":true,"maxNotional":"${m(rules.maxNotional)}","applyMaxToMarket":false,"avgPriceMins":5}`,
    `{"filterType":"MAX_NUM_ORDERS","maxNumOrders":${rules.maxNumOrders}}`,
    `{"filterType":"MAX_NUM_ORDER_LISTS","maxNumOrderLists":${rules.maxNumOrderLists}}`,
    `{"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":${rules.maxNumAlgoOrders}}`,
  ];
  const types = `["LIMIT","LIMIT_MAKER","MARKET","STOP_LOSS","STOP_LOSS_LIMIT","TAKE_PROFIT","TAKE_PROFIT_LIMIT"]`;
  return `{"symbol":"${rules.symbol}","status":"TRADING","baseAsset":"${rules.baseAsset}","baseAssetPrecision":${p},"quoteAsset":"${rules.quoteAsset}","quotePrecision":${p},"quoteAssetPrecision":${p},"baseCommissionPrecision":${p},"quoteCommissionPrecision":${p},"orderTypes":${types},"icebergAllowed":false,"ocoAllowed":true,"otoAllowed":true,"opoAllowed":false,"quoteOrderQtyMarketAllowed":true,"allowTrailingStop":false,"cancelReplaceAllowed":true,"amendAllowed":false,"pegInstructionsAllowed":false,"isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"filters":[${filters.join(",")}],"permissions":[],"permissionSets":${permissionSets ? `[["SPOT"]]` : "[]"},"defaultSelfTradePreventionMode":"NONE","allowedSelfTradePreventionModes":["NONE"]}`;
}

/** Multipliers are written without a tail of zeros. */
function plain(value: Fixed): string {
  return money(value).replace(/\.?0+$/, "");
}

function quote({ price, qty }: PublicTrade): string {
  const { units, scale } = multiplyFixed(price, qty);
  // Price and quantity have 8 decimals at most; what is said of their product is cut to 8 as well.
  return money(scale <= 8 ? { units, scale } : { units: units / 10n ** BigInt(scale - 8), scale: 8 });
}
