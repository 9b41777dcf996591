/** gRPC: the reference's sample with a client that needs nothing but the contract, which ships in the package. */
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { servedSession } from "./local/session.mjs";

const { grpc, stop } = await servedSession();

const contract = new URL("dist/server/market/v1/market.proto", new URL("../../", import.meta.url));
const { market } = loadPackageDefinition(loadSync(contract.pathname, { keepCase: true, defaults: true }));
const stub = new market.v1.TradingService(grpc, credentials.createInsecure());

const order = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.01 };
const response = await new Promise((resolve, reject) =>
  stub.PlaceOrder(order, (error, answer) => (error === null ? resolve(answer) : reject(error))),
);
console.log("Order ID:", response.order_id, response.status);

let ticks = 0;
const stream = stub.StreamTickers({ symbols: ["BTCUSD", "ETHUSD"] });
stream.on("metadata", (metadata) => console.log("not traded:", metadata.get("geosync-unknown-symbols")[0]));
try {
  for await (const ticker of stream) {
    console.log(`${ticker.symbol}: ${ticker.price}`);
    if (++ticks === 3) stream.cancel();
  }
} catch (error) {
  // What a stream ends with that was cancelled.
  if (error.code !== 1) throw error;
}

stub.close();
await stop();
