/**
 * Keys from .env: read by Node into the environment, handed to an adapter, and shown by nothing. The command reads .env
 * by itself, as `geosync doctor` shows.
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { ExchangeAdapter, openSession } from "geosync";
import { geosync, localExchange } from "./local/geosync.mjs";

// A folder with an .env of its own; in a project of yours it is there already.
const folder = mkdtempSync(join(tmpdir(), "credentials-"));
copyFileSync(new URL("env.example", import.meta.url), join(folder, ".env"));
process.loadEnvFile(join(folder, ".env"));

const { url, endpoints, stop } = await localExchange();
const credentials = {
  apiKey: process.env.BINANCE_TESTNET_API_KEY,
  apiSecret: process.env.BINANCE_TESTNET_API_SECRET,
};
const open = (keys) => openSession({ venue: "binance", testnet: true, endpoints, credentials: keys });
const binance = new ExchangeAdapter({ venue: "binance", open });
await binance.connect(credentials);
console.log("balances:", Object.keys(await binance.getBalance()).join(", "));
console.log("what a log would show:", inspect(binance, { depth: 10 }), JSON.stringify(binance));
await binance.disconnect();

const checks = ["doctor", "--venue", "binance", "--testnet", "--venue-url", url, "--json"];
const report = JSON.parse(await geosync(checks, { cwd: folder }));
for (const { name, message } of report.checks) {
  if (name === "API keys") console.log("doctor:", message);
}
await stop();
rmSync(folder, { recursive: true });
