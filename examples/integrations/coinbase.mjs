/**
 * Coinbase Advanced through geosync: candles, balances, an order and its cancel. Runs against a stand-in on this machine; to ask
 * Coinbase itself, leave `endpoints` out and read the key from .env (credentials.mjs shows how).
 */
import { createOrder, ExchangeAdapter, marketOf, openSession, parseTimeframe } from "geosync";
import { credentials, localCoinbase } from "./local/coinbase.mjs";

const { endpoints, stop } = await localCoinbase();
const venue = "coinbase";
const open = (keys) => openSession({ venue, testnet: false, endpoints, credentials: keys });

const session = await open(undefined);
const from = Date.UTC(2024, 0, 1);
for (const candle of await marketOf(session).candles("BTC/USD", parseTimeframe("1h"), from, 3)) {
  console.log(new Date(candle.openTime).toISOString(), candle.close, candle.volume);
}
await session.close();

const coinbase = new ExchangeAdapter({ venue, open });
await coinbase.connect(credentials);
for (const [currency, amount] of Object.entries(await coinbase.getBalance())) {
  console.log(currency, amount.toFixed());
}
const wanted = createOrder({
  symbol: "BTC/USD",
  side: "buy",
  type: "limit",
  quantity: "0.001",
  price: "20000",
});
const order = await coinbase.placeOrder(wanted);
console.log("order", order.id, order.status);
console.log("cancelled", await coinbase.cancelOrder(order.id));
await coinbase.disconnect();
await stop();
