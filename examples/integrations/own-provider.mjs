/**
 * A data provider of one's own: this module is one, and `geosync data download --provider ./own-provider.mjs` loads it.
 * Run by itself it does just that, against a stand-in on this machine.
 */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { geosync } from "./local/geosync.mjs";
import { jsonServer } from "./local/server.mjs";

/** What geosync asks for: a name, what the service allows, and pages of finished bars, oldest first. */
export default async function candleHouse({ url, variable, limits, json }) {
  const allowed = limits ?? { perSecond: 20 };
  const key = await variable("CANDLE_HOUSE_API_KEY");
  // Paced, tried again, with a deadline; its errors never show the key.
  const service = json({
    name: "candle-house",
    url: url ?? "https://candles.example",
    limits: allowed,
    secret: key,
  });
  return {
    name: "candle-house",
    limits: allowed,
    async *bars({ symbol, timeframe, from, to, signal }) {
      for (let page = from; page !== null; ) {
        const query = { symbol, frame: timeframe.label, from: String(page), key };
        const { bars, next } = await service.ask({ path: "bars", query, signal, read: (answer) => answer });
        const closed = bars.filter(({ openTime }) => openTime < to && openTime + timeframe.ms <= Date.now());
        yield closed.map((bar) => ({ ...bar, openTime: Number(bar.openTime) }));
        page = next !== null && next < to ? next : null;
      }
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, stop } = await jsonServer(({ query }) => {
    const openTimes = Array.from({ length: 24 }, (_, hour) => Number(query.from) + hour * 3_600_000);
    const prices = { open: "100.10", high: "100.90", low: "99.75", close: "100.50", volume: "12.5" };
    return {
      bars: openTimes.map((openTime) => ({ openTime, ...prices })),
      next: openTimes.at(-1) + 3_600_000,
    };
  });
  const out = join(tmpdir(), `candle-house-${process.pid}.csv`);
  const args = [
    "--provider",
    fileURLToPath(import.meta.url),
    "--provider-url",
    url,
    "--symbol",
    "ACME",
    "--out",
    out,
  ];
  const env = { CANDLE_HOUSE_API_KEY: "example-key" };
  const period = ["--timeframe", "1h", "--from", "2024-01-01", "--to", "2024-01-08"];
  console.log(await geosync(["data", "download", ...args, ...period, "--json"], { env }));
  rmSync(out);
  await stop();
}
