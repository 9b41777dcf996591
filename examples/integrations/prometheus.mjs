/** Prometheus: what a session measures of itself, as a scraper reads it. */
import { servedSession } from "./local/session.mjs";

const { api, stop } = await servedSession();
await fetch(`${api}/api/v1/orders`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ symbol: "BTCUSD", side: "buy", quantity: 0.01 }),
});
const text = await (await fetch(`${api}/metrics`)).text();
for (const line of text.split("\n")) {
  if (/^geosync_(?:orders_total|fills_total|equity|drawdown)/.test(line)) console.log(line);
}
await stop();
