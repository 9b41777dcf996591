/**
 * REST: status, an order that is placed once however often it is asked for, positions, and a refusal. Runs against a
 * paper session of its own; with `geosync serve` running, `api` is http://127.0.0.1:8080.
 */
import { randomUUID } from "node:crypto";
import { servedSession } from "./local/session.mjs";

const { api, stop } = await servedSession();

async function ask(path, { method = "GET", body, headers = {} } = {}) {
  const response = await fetch(`${api}/api/v1${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return response.json();
}

console.log("status", (await ask("/status")).status);

const order = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.01 };
const once = { "Idempotency-Key": randomUUID() };
const placed = await ask("/orders", { method: "POST", body: order, headers: once });
// As after a time-out: nobody knows whether the first request arrived.
const again = await ask("/orders", { method: "POST", body: order, headers: once });
console.log(
  placed.status,
  placed.filled_quantity,
  "twice asked, the same:",
  placed.order_id === again.order_id,
);

const exact = { Accept: "application/json; decimals=string" };
const { positions } = await ask("/positions", { headers: exact });
console.log("position", positions[0].symbol, "exactly at", typeof positions[0].entry_price);

const problem = await ask("/orders", { method: "POST", body: { ...order, quantity: -1 } });
console.log(problem.status, problem.code);

await stop();
