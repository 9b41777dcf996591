/**
 * A session's ticks over the WebSocket to clients in another process, one of them stalled: from the tick before the
 * engine to the client's handler, and how late the engine's own work begins meanwhile: `node bench/webSocket.js [--quick]`.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { figure, repeat, root, spread } from "./figure.js";
import { instrumentOf, modules, runSession, ticksOf } from "./sessionWorld.js";

const clients = 100;
const perSecond = 100;
const target = { updateMs: 10, engineMs: 5 };

if (process.argv[2] === "--clients") await beClients(process.argv[3]);
else
  figure(import.meta.url, {
    measure,
    async report({ quick, fresh }) {
      const seconds = quick ? 1 : 20;
      const rounds = quick ? 1 : 3;
      const [even, stalled] = [
        await repeat(rounds, () => fresh({ seconds, stalls: false })),
        await repeat(rounds, () => fresh({ seconds, stalls: true })),
      ];
      const of = (runs, name) => spread(runs.map((run) => run[name]));
      const [updateP99Ms, stalledP99Ms] = [of(even, "updateP99"), of(stalled, "updateP99")];
      const [engineP99Ms, engineP50Ms] = [of(even, "engineP99"), of(even, "engineP50")];
      const cpuShare = of(even, "cpuShare");
      const load = `${clients} clients, ${perSecond} updates/s each`;
      const ms = (value) => `${value.toFixed(2)} ms`;
      return {
        lines: [
          {
            work: `WebSocket: tick before the engine to the client's handler, ${load}`,
            target: `p99 under ${target.updateMs} ms`,
            measured: `p99 ${ms(updateP99Ms.median)}`,
            against: `${(cpuShare.median * 100).toFixed(0)} % of a core; clients in one process beside`,
            met: updateP99Ms.median < target.updateMs,
          },
          {
            work: "the same with a client that reads nothing",
            target: `p99 under ${target.updateMs} ms`,
            measured: `p99 ${ms(stalledP99Ms.median)}`,
            against: `${Math.min(...stalled.map(({ conflated }) => conflated))} frames conflated for it`,
            met: stalledP99Ms.median < target.updateMs,
          },
          {
            work: "ticks waiting for the engine meanwhile, after the moment they were due",
            target: `p99 under ${target.engineMs} ms`,
            measured: `p99 ${ms(engineP99Ms.median)}`,
            against: `median ${ms(engineP50Ms.median)}, timers of 1 ms`,
            met: engineP99Ms.median < target.engineMs,
          },
        ],
        results: [
          {
            ...{ clients, perSecond, seconds, updateP99Ms, stalledP99Ms, engineP99Ms, engineP50Ms, cpuShare },
            updateP50Ms: of(even, "updateP50"),
            stalledEngineP99Ms: of(stalled, "engineP99"),
          },
        ],
      };
    },
  });

async function measure({ seconds, stalls }) {
  const parts = await modules();
  const { TradingService } = await import("../dist/server/service.js");
  const { attachWebSocket } = await import("../dist/server/webSocket.js");
  mkdirSync(`${root}bench/.cache`, { recursive: true });
  const stateDir = mkdtempSync(`${root}bench/.cache/ws-`);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  let service;
  let counts;
  let result;
  const beside = async (handle) => {
    service = new TradingService(handle);
    const telemetry = { watchSockets: (theirs) => (counts = theirs), apiCall() {}, apiError() {} };
    const face = attachWebSocket(server, { service, access: open, telemetry });
    return { close: () => Promise.all([face.close(), service.close()]) };
  };
  let time = Number.NEGATIVE_INFINITY;
  try {
    await runSession(parts, {
      ...{
        stateDir,
        name: "ws",
        strategy: `${root}bench/strategies/tick-orders.ts`,
        params: { every: perSecond },
      },
      ...{ instrument: instrumentOf(parts), now: () => time, reason: "done", runner: { beside } },
      async run(session, [known]) {
        const step = (n) => {
          const chunk = ticksOf(known, n, 1, 1000 / perSecond);
          // When it was, where clients can read it: the clock that processes share, in µs.
          chunk.volume = { mantissas: Float64Array.of(micros()), scale: 0, wide: null };
          time = chunk.times[0];
          session.market(time, [{ chunk, row: 0 }]);
        };
        step(0);
        result = await underLoad({ step, server, seconds, stalls, service, counts });
      },
    });
  } finally {
    server.close();
    rmSync(stateDir, { recursive: true });
  }
  return result;
}

const open = {
  check: () => ({ name: "local", scopes: ["read", "trade", "admin"] }),
  checkSite() {},
  audit() {},
};

async function underLoad({ step, server, seconds, stalls, service, counts }) {
  const url = `ws://127.0.0.1:${server.address().port}/ws`;
  const child = fork(fileURLToPath(import.meta.url), ["--clients", url]);
  await once(child, "message");
  const stalled = stalls ? await stallOne(url, service, counts) : null;
  const late = [];
  const warmup = perSecond;
  const ticks = warmup + seconds * perSecond;
  let cpu = process.cpuUsage();
  let began = performance.now();
  const start = began + 10;
  for (let n = 1; n <= ticks; n++) {
    const due = start + (n - 1) * (1000 / perSecond);
    await sleep(due - performance.now());
    // A timer may come early by what is left of its last millisecond.
    while (performance.now() < due) await nextTurn();
    if (n === warmup) [cpu, began] = [process.cpuUsage(), performance.now()];
    if (n > warmup) late.push(performance.now() - due);
    step(n);
  }
  const { user, system } = process.cpuUsage(cpu);
  const cpuShare = (user + system) / 1000 / (performance.now() - began);
  child.send({ ticks, warmup });
  const [updates] = await once(child, "message");
  const { conflated } = counts;
  stalled?.terminate();
  await once(child, "exit");
  if (updates.count !== clients * seconds * perSecond) {
    throw new Error(`expected ${clients * seconds * perSecond} updates, found ${updates.count}`);
  }
  const sorted = late.sort((a, b) => a - b);
  return {
    ...{ updateP50: updates.p50, updateP99: updates.p99, cpuShare, conflated },
    ...{ engineP50: quantile(sorted, 0.5), engineP99: quantile(sorted, 0.99) },
  };
}

/** Subscribed to what the others are, too, but not reading, with all that lies between full to the brim. */
async function stallOne(url, service, counts) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, "open");
  socket.send(JSON.stringify({ action: "subscribe", channels: ["ticks", "status"] }));
  await once(socket, "message");
  socket.pause();
  const large = "x".repeat(100_000);
  while (counts.conflated < 10) {
    service.feed.publish("status", null, { large });
    await nextTurn();
  }
  return socket;
}

/** The other process: reports when all have subscribed, and what they have measured when it is told that it is over. */
async function beClients(url) {
  let seen = 0;
  const us = [];
  let over = null;
  const sockets = Array.from({ length: clients }, () => new WebSocket(url, { perMessageDeflate: false }));
  await Promise.all(
    sockets.map(async (socket) => {
      await once(socket, "open");
      const told = new Promise((resolve) => {
        socket.on("message", (data) => {
          const now = micros();
          const frame = JSON.parse(data);
          if (frame.type === "snapshot") resolve();
          if (frame.type !== "update") return;
          us.push(now - frame.data.volume);
          seen++;
          finish();
        });
      });
      socket.send(JSON.stringify({ action: "subscribe", channels: ["ticks"] }));
      await told;
    }),
  );
  process.send("ready");
  process.on("message", (told) => {
    over = told;
    finish();
  });

  function finish() {
    if (over === null || seen < over.ticks * clients) return;
    const sorted = us.slice(over.warmup * clients).sort((a, b) => a - b);
    const ms = (share) => quantile(sorted, share) / 1000;
    process.send({ count: sorted.length, p50: ms(0.5), p99: ms(0.99) }, () => process.exit());
  }
}

function micros() {
  return Number(process.hrtime.bigint() / 1000n);
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
