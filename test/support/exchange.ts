/** An exchange adapter over Binance's own answers, made by hand. */
import type { GeoSyncError } from "../../src/domain/errors.ts";
import { ExchangeAdapter } from "../../src/execution/exchangeAdapter.ts";
import { binanceMarkets, FakeSession } from "./fakeSession.ts";

export const credentials = { apiKey: "key-of-test", apiSecret: "secret-of-test" };

/** An order as Binance answers it. */
export function wireOrder(changed: Readonly<Record<string, unknown>> = {}) {
  return {
    symbol: "BTCUSDT",
    orderId: 28,
    orderListId: -1,
    clientOrderId: "mine1",
    price: "50000.00000000",
    origQty: "0.00100000",
    executedQty: "0.00000000",
    origQuoteOrderQty: "0.000000",
    cummulativeQuoteQty: "0.00000000",
    status: "NEW",
    timeInForce: "GTC",
    type: "LIMIT",
    side: "BUY",
    stopPrice: "0.00000000",
    ...changed,
  };
}

const account = { balances: [{ asset: "USDT", free: "100.50000000", locked: "0.50000000" }] };

export async function connected(parts: Readonly<Record<string, unknown>>, venue = "binance") {
  const session = new FakeSession(venue, {
    markets: binanceMarkets,
    markets_by_id: { BTCUSDT: [binanceMarkets["BTC/USDT"]] },
    privateGetAccount: () => account,
    publicGetTickerPrice: () => ({ symbol: "BTCUSDT", price: "50000.00000000" }),
    ...parts,
  });
  const adapter = new ExchangeAdapter({ venue, open: async () => session });
  await adapter.connect(credentials);
  return { session, adapter };
}

export function failure(promise: Promise<unknown>): Promise<GeoSyncError> {
  return promise.then(
    () => Promise.reject(new Error("expected a failure, found none")),
    (error) => error,
  );
}
