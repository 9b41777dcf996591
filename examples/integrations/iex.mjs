/**
 * One-minute bars of a server that speaks IEX Cloud's protocol. IEX Cloud itself closed in 2024: this is for those who
 * run or rent such a server (IEX_URL, IEX_TOKEN); without one it asks a stand-in on this machine.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { geosync } from "./local/geosync.mjs";
import { jsonServer } from "./local/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "iex-"));
const standIn = process.env.IEX_URL === undefined ? await jsonServer(minutes) : undefined;
const env = standIn === undefined ? {} : { IEX_URL: standIn.url, IEX_TOKEN: "example-token" };
const question = ["--provider", "iex", "--symbol", "AAPL", "--timeframe", "1m"];
await geosync(["data", "download", ...question, "--from", "2024-01-05", "--to", "2024-01-09"], {
  cwd: folder,
  env,
});
console.log(readFileSync(join(folder, "AAPL_1m.csv"), "utf8").split("\n").slice(0, 3).join("\n"));
await standIn?.stop();
rmSync(folder, { recursive: true });

/** /stable/stock/AAPL/chart/date/20240105: a minute a row; one without a trade has no prices. */
function minutes({ path }) {
  const date = path.replace(/.*(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const prices = { open: 182.09, high: 182.4, low: 181.95, close: 182.31, volume: 1204 };
  const none = { open: null, high: null, low: null, close: null, volume: 0 };
  return [
    { date, minute: "09:30", ...prices },
    { date, minute: "09:31", ...none },
    { date, minute: "09:32", ...prices, close: 182.4 },
  ];
}
