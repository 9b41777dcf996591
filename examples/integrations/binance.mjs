/**
 * Binance through geosync: the last price, balances, a market order and what it cost. Runs against the local exchange
 * (`geosync venue`), which speaks Binance's protocol; with `testnet: true` and no endpoints it is Binance's testnet.
 */
import { createOrder, ExchangeAdapter, marketOf, openSession, parseTimeframe } from "geosync";
import { localExchange } from "./local/geosync.mjs";

const { endpoints, stop } = await localExchange("--symbol", "BTCUSDT=50000");
const venue = "binance";
const open = (keys) => openSession({ venue, testnet: false, endpoints, credentials: keys });

const session = await open(undefined);
const candles = await marketOf(session).candles("BTC/USDT", parseTimeframe("1m"), Date.now() - 300_000, 5);
console.log("last price", candles.at(-1).close);
await session.close();

const binance = new ExchangeAdapter({ venue, open });
await binance.connect({ apiKey: "demo", apiSecret: "demo" });
const before = await binance.getBalance();
const { id } = await binance.placeOrder(createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.01" }));
const order = await binance.getOrderStatus(id);
console.log(order.status, order.filledQuantity.toFixed(), "BTC at", order.averagePrice.toFixed());
const after = await binance.getBalance();
console.log(
  "paid",
  before.USDT.minus(after.USDT).toFixed(),
  "USDT; got",
  after.BTC.minus(before.BTC).toFixed(),
  "BTC",
);
await binance.disconnect();
await stop();
