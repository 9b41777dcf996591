/**
 * An order's round trip over REST, as a client in another process has it, at `geosync serve` on paper: HTTP, risk, fill
 * and the journal on the disk included: `node bench/api.js [--quick]`. Orders are sent at a steady pace, whatever the
 * answers take, and timed from when they are sent. A bare server is asked in the same way, for comparison.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bareWords, withBareServer } from "./bareServer.js";
import { alternate, figure, inFolder, root, spread } from "./figure.js";

const perSecond = 50;
const target = 10;

figure(import.meta.url, {
  measure: ({ kind, orders, warmup }) =>
    inFolder((folder) => {
      if (kind === "geosync") return withServer(folder, (url) => measured(url, orders, warmup));
      return withBareServer("http", folder, (port) => measured(`http://127.0.0.1:${port}`, orders, warmup));
    }),
  async report({ quick, fresh }) {
    const [orders, warmup] = quick ? [20, 5] : [1000, 200];
    const pairs = await alternate(
      quick ? 1 : 3,
      () => fresh({ kind: "geosync", orders, warmup }),
      () => fresh({ kind: "bare", orders, warmup }),
    );
    const runs = pairs.map(([ours]) => ours);
    const bare = pairs.map(([, theirs]) => theirs);
    const bareMedianMs = spread(bare.map(({ p50 }) => p50));
    const bareP99Ms = spread(bare.map(({ p99 }) => p99));
    const medianMs = spread(runs.map(({ p50 }) => p50));
    const p99Ms = spread(runs.map(({ p99 }) => p99));
    const worstMs = spread(runs.map(({ max }) => max));
    return {
      lines: [
        {
          work: `market order to its fill over REST, on paper, journal commit included, ${perSecond} orders/s`,
          target: `p99 under ${target} ms`,
          measured: `median ${medianMs.median.toFixed(2)} ms, p99 ${p99Ms.median.toFixed(2)} ms`,
          against: bareWords({ p50: bareMedianMs.median, p99: bareP99Ms.median }),
          met: p99Ms.median < target,
        },
      ],
      results: [{ orders, medianMs, p99Ms, worstMs, bareMedianMs, bareP99Ms }],
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
    const sent = performance.now();
    answers.push(
      post(`${url}/api/v1/orders`, agent, { symbol: "BTCUSD", side: "buy", quantity: 0.01 }).then((order) => {
        if (order.status !== "filled") throw new Error(`expected a fill, found ${JSON.stringify(order)}`);
        if (i >= warmup) ms.push(performance.now() - sent);
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

/** Where it listens, when so many bars have been played. Its output is read on: else it would wait for us. */
function played(output, count) {
  return new Promise((resolve, reject) => {
    let [rest, url, bars] = ["", null, 0];
    output.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const { event, api, error } = JSON.parse(line);
        if (error !== undefined) reject(new Error(error.message));
        if (event === "listening") url = api;
        if (event === "bar" && ++bars === count) resolve(url);
      }
    });
  });
}

/** A paper session on a short file, left open. */
async function withServer(folder, work) {
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
    const url = await played(server.stdout, rows.length);
    return await work(url);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}
