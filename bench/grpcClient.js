/** Orders to a gRPC server at a steady pace: `node bench/grpcClient.js PORT ORDERS WARMUP PER_SECOND` prints p50, p99 and max in ms. */
import { setTimeout as delay } from "node:timers/promises";
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const [port, orders, warmup, perSecond] = process.argv.slice(2).map(Number);
const proto = new URL("../src/server/market/v1/market.proto", import.meta.url).pathname;
const { market } = loadPackageDefinition(loadSync(proto, { keepCase: true, defaults: true }));
const stub = new market.v1.TradingService(`127.0.0.1:${port}`, credentials.createInsecure());

const ms = [];
const answers = [];
const start = performance.now();
for (let i = 0; i < orders + warmup; i++) {
  const due = start + (i * 1000) / perSecond;
  // The timer is up to a millisecond late: the last stretch is waited for in turns of the loop.
  while (performance.now() < due - 1.5) await delay(1);
  while (performance.now() < due) await new Promise(setImmediate);
  answers.push(placed(i % 2 === 0 ? "buy" : "sell"));
}
await Promise.all(answers);
stub.close();

const sorted = ms.slice(warmup).sort((a, b) => a - b);
const at = (share) => sorted[Math.floor(sorted.length * share)];
process.stdout.write(JSON.stringify({ p50: at(0.5), p99: at(0.99), max: sorted.at(-1) }));

function placed(side) {
  const sent = performance.now();
  return new Promise((resolve, reject) => {
    stub.PlaceOrder({ symbol: "BTCUSDT", side, order_type: "market", quantity: 0.1 }, (error, answer) => {
      if (error) return reject(error);
      if (answer.status !== "filled")
        return reject(new Error(`expected a fill, found ${JSON.stringify(answer)}`));
      ms.push(performance.now() - sent);
      resolve();
    });
  });
}
