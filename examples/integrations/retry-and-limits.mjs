/**
 * What fails passes: a connection that is tried again with growing pauses, a question that a venue answers with 429 and
 * `Retry-After`, and an order, which is never sent twice.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionError, connectWithRetry, createOrder, ExchangeAdapter, openSession } from "geosync";
import { localExchange } from "./local/geosync.mjs";

let tries = 0;
const feed = await connectWithRetry(
  async () => {
    if (++tries < 3) throw new ConnectionError("nobody listens yet");
    return "the feed";
  },
  {
    ...{ initialMs: 20, attempts: 5, deadlineMs: 10_000 },
    onRetry: ({ attempt, error }) => console.log(`try ${attempt} failed: ${error.message}`),
  },
);
console.log(`connected to ${feed} at try ${tries}`);

// The local exchange fails as planned: the first question is one too many, the first order gets no answer.
const folder = mkdtempSync(join(tmpdir(), "faults-"));
const limited = {
  path: "/api/v3/ticker/price",
  nth: [1],
  fault: { kind: "status", status: 429, retryAfterSeconds: 1 },
};
const cut = { method: "POST", path: "/api/v3/order", nth: [1], fault: { kind: "cut", when: "after" } };
writeFileSync(join(folder, "faults.json"), JSON.stringify({ requests: [limited, cut] }));
const { endpoints, stop } = await localExchange("--faults", join(folder, "faults.json"));

// One line a try: the API log, which any object with `record` can be.
const log = { record: ({ call, attempt, outcome }) => asked.push(`${call} ${attempt}: ${outcome}`) };
const asked = [];
const open = (credentials) => openSession({ venue: "binance", testnet: false, endpoints, credentials, log });
const binance = new ExchangeAdapter({ venue: "binance", open });
await binance.connect({ apiKey: "demo", apiSecret: "demo" });

await binance.getPositions();
console.log(asked.filter((line) => /LIMITED|ticker/i.test(line)).join("\n"));

const order = createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.01", clientId: "mine-1" });
const error = await binance.placeOrder(order).catch((thrown) => thrown);
// It may be there: ask, and never send it again.
const found = await binance.findOrder("BTC/USDT", "mine-1");
console.log(`${error.code}; asked for by its name, it is ${found.status}`);
await binance.disconnect();
await stop();
rmSync(folder, { recursive: true });
