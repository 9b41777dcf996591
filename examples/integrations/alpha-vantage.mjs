/**
 * Daily bars of Alpha Vantage into a CSV file, and a backtest on them. Without a key of yours it asks a stand-in on this
 * machine; with ALPHAVANTAGE_API_KEY in the environment it asks alphavantage.co.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backtest } from "geosync";
import { localAlphaVantage } from "./local/alphaVantage.mjs";
import { geosync } from "./local/geosync.mjs";

const folder = mkdtempSync(join(tmpdir(), "alpha-vantage-"));
const own = process.env.ALPHAVANTAGE_API_KEY;
const standIn = own === undefined ? await localAlphaVantage("example-key") : undefined;
const env =
  standIn === undefined ? {} : { ALPHAVANTAGE_API_KEY: "example-key", ALPHAVANTAGE_URL: standIn.url };

const question = [
  "--provider",
  "alphavantage",
  "--symbol",
  "IBM",
  "--timeframe",
  "1d",
  "--from",
  "2024-01-01",
];
const first = JSON.parse(
  await geosync(["data", "download", ...question, "--to", "2024-04-01", "--json"], { cwd: folder, env }),
);
console.log("added", first.added, "bars, up to", first.last);
// The same command goes on where the file ends.
const second = JSON.parse(
  await geosync(["data", "download", ...question, "--to", "2024-07-01", "--json"], { cwd: folder, env }),
);
console.log("added", second.added, "bars, up to", second.last);

const { document } = await backtest({ files: [join(folder, second.file)], strategy: "momentum" });
console.log("momentum:", document.metrics.trades, "trades, final equity", document.metrics.finalEquity);
await standIn?.stop();
rmSync(folder, { recursive: true });
