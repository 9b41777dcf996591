/**
 * An order's round trip over REST, as a client in another process has it, at `geosync serve` on paper: HTTP, risk, fill
 * and the journal on the disk included: `node bench/api.js [--quick]`. Orders are sent at a steady pace, and timed from
 * when they were due.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { figure, repeat, root, spread } from "./figure.js";

const perSecond = 50;
const target = 10;

figure(import.meta.url, {
  measure: ({ orders, warmup }) => withServer((url) => measured(url, orders, warmup)),
  async report({ quick, fresh }) {
    const [orders, warmup] = quick ? [20, 5] : [1000, 200];
    const runs = await repeat(quick ? 1 : 3, () => fresh({ orders, warmup }));
    const medianMs = spread(runs.map(({ p50 }) => p50));
    const p99Ms = spread(runs.map(({ p99 }) => p99));
    const worstMs = spread(runs.map(({ max }) => max));
    return {
      lines: [
        {
          work: `market order to its fill over REST, on paper, journal commit included, ${perSecond} orders/s`,
          target: `p99 under ${target} ms`,
          measured: `median ${medianMs.median.toFixed(2)} ms, p99 ${p99Ms.median.toFixed(2)} ms`,
          against: `${orders} orders of a client in another process`,
          met: p99Ms.median < target,
        },
      ],
      results: [{ orders, medianMs, p99Ms, worstMs }],
    };
  },
});

async function measured(url, orders, warmup) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const ms = [];
  const began = performance.now();
  const answers = [];
  for (let i = 0; i < orders + warmup; i++) {
    const due = began + (i * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const side = i % 2 === 0 ? "buy" : "sell";
    answers.push(
      post(`${url}/api/v1/orders`, agent, { symbol: "BTCUSD", side, quantity: 0.01 }).then((order) => {
        if (order.status !== "filled") throw new Error(`expected a fill, found ${JSON.stringify(order)}`);
        if (i >= warmup) ms.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(answers);
  agent.destroy();
  ms.sort((a, b) => a - b);
  return { p50: ms[ms.length >> 1], p99: ms[Math.floor(ms.length * 0.99)], max: ms.at(-1) };
}

function post(url, agent, order) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(order);
    const headers = { "content-type": "application/json", "content-length": body.length };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      answer.on("end", () => resolve(JSON.parse(text)));
    });
    sent.on("error", reject).end(body);
  });
}

/** A paper session on a short file, left open. */
async function withServer(work) {
  mkdirSync(`${root}bench/.cache`, { recursive: true });
  const folder = mkdtempSync(`${root}bench/.cache/api-`);
  const rows = Array.from(
    { length: 10 },
    (_, i) => `2024-01-01T00:0${i}:00Z,50000,50000,50000,50000,1000000`,
  );
  writeFileSync(join(folder, "BTCUSDT_1m.csv"), `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
  writeFileSync(
    join(folder, "idle.mjs"),
    'import { defineStrategy } from "geosync";\nexport default defineStrategy({ name: "idle", create: () => ({ save: () => null }) });\n',
  );
  const args = ["serve", "--data", "BTCUSDT_1m.csv", "--speed", "max", "--strategy", "./idle.mjs", "--json"];
  const own = ["--api", "127.0.0.1:0", "--api-rate", "100000", "--cash", "1000000000"];
  const server = spawn(process.execPath, [`${root}bin/geosync.js`, ...args, ...own], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let [url, bars] = [null, 0];
    for await (const line of createInterface({ input: server.stdout })) {
      const event = JSON.parse(line);
      if (event.event === "listening") url = event.api;
      if (event.event === "bar") bars++;
      if (event.error !== undefined) throw new Error(event.error.message);
      if (url !== null && bars === rows.length) break;
    }
    server.stdout.resume();
    return await work(url);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
    rmSync(folder, { recursive: true });
  }
}
