/**
 * From a trade's message at the socket to the headers of the order's request leaving, in a session on the local exchange:
 * parsing, engine, risk, the journal on the disk, order manager, signature: `node bench/latency.js [--quick]`.
 */
import { spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { figure, repeat, root, spread } from "./figure.js";

const perSecond = 500;
const every = 100;
const target = { median: 2, p99: 8 };

figure(import.meta.url, {
  measure: ({ orders }) =>
    withVenue(({ rest, streams, wsApi }) => measured({ rest, streams, wsApi }, orders)),
  async report({ quick, fresh }) {
    const orders = quick ? 10 : 200;
    const runs = await repeat(quick ? 1 : 3, () => fresh({ orders }));
    const medianMs = spread(runs.map(({ p50 }) => p50));
    const p99Ms = spread(runs.map(({ p99 }) => p99));
    const worstMs = spread(runs.map(({ max }) => max));
    const cpuShare = spread(runs.map((run) => run.cpuShare));
    const ticksPerSecond = spread(runs.map((run) => run.ticksPerSecond));
    return {
      lines: [
        {
          work: `tick received to order leaving the process, journal commit included, ${perSecond} ticks/s`,
          target: `median under ${target.median} ms, p99 under ${target.p99} ms`,
          measured: `median ${medianMs.median.toFixed(2)} ms, p99 ${p99Ms.median.toFixed(2)} ms`,
          against: `${orders} orders at the local exchange, ${ticksPerSecond.median.toFixed(0)} ticks/s came, ${(cpuShare.median * 100).toFixed(0)} % of a core`,
          met: medianMs.median < target.median && p99Ms.median < target.p99,
        },
      ],
      results: [{ orders, medianMs, p99Ms, worstMs, ticksPerSecond, cpuShare }],
    };
  },
});

async function measured(endpoints, orders) {
  const { liveVenue } = await import("../dist/run/session/live.js");
  mkdirSync(`${root}bench/.cache`, { recursive: true });
  const stateDir = mkdtempSync(`${root}bench/.cache/latency-`);
  const stop = new AbortController();
  const done = new Error("enough");
  const arrivals = new Map();
  let ticks = 0;
  onMessages((text, time) => {
    // Whichever of the two streams of trades it is.
    const id = /"(?:aggTrade|trade)",.*?"[at]":(\d+)/.exec(text)?.[1];
    if (id === undefined) return;
    ticks++;
    arrivals.set(id, time);
    if (arrivals.size > 5000) arrivals.delete(arrivals.keys().next().value);
  });
  /** When the tick came that the next order is decided on. */
  let decidedOn = null;
  const ms = [];
  let [first, cpu] = [0, process.cpuUsage()];
  subscribe("undici:client:sendHeaders", ({ request }) => {
    if (request.method !== "POST" || !request.path.startsWith("/api/v3/order") || decidedOn === null) return;
    ms.push(performance.now() - decidedOn);
    decidedOn = null;
    if (ms.length === warmup) [first, cpu, ticks] = [performance.now(), process.cpuUsage(), 0];
    if (ms.length === orders + warmup) stop.abort(done);
  });
  const onEvent = ({ event, message, fields }) => {
    if (event === "log" && message === "decides") decidedOn = arrivals.get(fields.id) ?? null;
  };
  const warmup = Math.min(20, orders);
  try {
    await liveVenue({
      settings: {
        strategy: `${root}bench/strategies/tick-orders.ts`,
        params: { every },
      },
      ...{
        stateDir,
        name: "latency",
        onExit: "keep",
        untilBars: null,
        signal: stop.signal,
        onEvent,
      },
      ...{ mode: "testnet", venue: "binance", symbols: ["BTC/USDT"], timeframe: "1m", channels: ["trades"] },
      endpoints,
      credentials: { apiKey: "demo", apiSecret: "demo" },
      ...{ onDrift: "halt", cashOfVenue: true },
    }).catch((error) => {
      if (error !== done) throw error;
    });
  } finally {
    rmSync(stateDir, { recursive: true });
  }
  const seconds = (performance.now() - first) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = ms.slice(warmup).sort((a, b) => a - b);
  return {
    p50: sorted[sorted.length >> 1],
    p99: sorted[Math.floor(sorted.length * 0.99)],
    max: sorted.at(-1),
    ticksPerSecond: ticks / seconds,
    cpuShare: (user + system) / 1e6 / seconds,
  };
}

/** Told of each text message of any of ccxt's sockets, before whoever listens to it. */
function onMessages(told) {
  const { WebSocket } = createRequire(createRequire(import.meta.url).resolve("ccxt"))("ws");
  const { emit } = WebSocket.prototype;
  WebSocket.prototype.emit = function (event, data, ...rest) {
    if (event === "message") told(String(data), performance.now());
    return emit.call(this, event, data, ...rest);
  };
}

async function withVenue(work) {
  const args = [
    "venue",
    "--port",
    "0",
    "--json",
    "--no-limits",
    "--symbol",
    "BTCUSDT=60000",
    "--balance",
    "USDT=1000000",
  ];
  const venue = spawn(
    process.execPath,
    [`${root}bin/geosync.js`, ...args, "--trade-rate", String(perSecond)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    const [line] = await once(venue.stdout, "data");
    return await work(JSON.parse(String(line)));
  } finally {
    venue.kill();
  }
}
