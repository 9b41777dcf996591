/**
 * Writes the sample files of this folder: `node data/derive.js`. Twice gives the same bytes.
 * README.md says what the files are and may be used for.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Daily S&P 500 from the vega-datasets package: every value as it stands there, without the adjusted close. */
export function sp500() {
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  const source = readFileSync(new URL("../data/sp500-2000.csv", pathToFileURL(entry)), "utf8");
  const [header, ...rows] = source.trimEnd().split("\n");
  if (header !== "date,open,high,low,close,adjclose,volume") {
    throw new Error(`sp500-2000.csv: expected date,open,high,low,close,adjclose,volume, found ${header}`);
  }
  return csv(
    rows.map((row) => {
      const [date, open, high, low, close, , volume] = row.split(",");
      return [date, open, high, low, close, volume];
    }),
  );
}

const MINUTES = 14 * 24 * 60;
const FIRST_MINUTE = Date.UTC(2024, 0, 1);
const STEPS_PER_MINUTE = 8;

/** Made-up minute bars: a random walk through regimes of drift and volatility, a few minutes without a trade. */
export function syntheticMinutes() {
  // Only +, -, ×, ÷ and √ below: other functions may differ in their last digit from one machine to the next.
  const random = splitmix32(20240101);
  const rows = [];
  let price = 42_000;
  let regime = nextRegime(random);
  for (let minute = 0; minute < MINUTES; minute++) {
    if (regime.minutesLeft-- === 0) regime = nextRegime(random);
    const path = [price];
    for (let step = 0; step < STEPS_PER_MINUTE; step++) path.push((price *= 1 + change(regime, random)));
    const volume = busyness(minute) * regime.activity * (0.25 + random() + random() * random() * 4);
    if (random() < 1 / 2500) continue; // Nobody traded: exchanges leave such minutes out.
    rows.push([isoMinute(minute), ...openHighLowClose(path), volume.toFixed(5)]);
  }
  return csv(rows);
}

/** Drift and volatility are per minute, as a fraction of the price. */
function nextRegime(random) {
  const volatility = [0.0003, 0.0005, 0.0009][Math.floor(random() * 3)];
  const drift = [-0.00004, -0.00002, 0, 0, 0.00002, 0.00004][Math.floor(random() * 6)];
  return {
    drift,
    volatility,
    activity: 10_000 * volatility,
    minutesLeft: 180 + Math.floor(random() * 24 * 60),
  };
}

function change({ drift, volatility }, random) {
  let bell = -6; // The sum of twelve uniform numbers, less 6, is nearly normal with deviation 1.
  for (let i = 0; i < 12; i++) bell += random();
  return drift / STEPS_PER_MINUTE + (volatility / Math.sqrt(STEPS_PER_MINUTE)) * bell;
}

/** 0.5 at midnight UTC, 1.5 at noon. */
function busyness(minute) {
  const ofDay = (minute % 1440) / 1440;
  return 1.5 - Math.abs(ofDay - 0.5) * 2;
}

function openHighLowClose(path) {
  return [path[0], Math.max(...path), Math.min(...path), path.at(-1)].map((price) => price.toFixed(2));
}

function isoMinute(minute) {
  return new Date(FIRST_MINUTE + minute * 60_000).toISOString().replace(".000Z", "Z");
}

/** splitmix32: a seeded generator of numbers in [0, 1) from integer arithmetic alone. */
function splitmix32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

function csv(rows) {
  return `${[["timestamp", "open", "high", "low", "close", "volume"], ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("SP500_1d.csv", import.meta.url), sp500());
  writeFileSync(new URL("BTCUSDT_1m_synthetic.csv", import.meta.url), syntheticMinutes());
}
