/** Orders a second of the local exchange on loopback: market orders by REST on several connections, and by the WebSocket API. */
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { WebSocket } from "ws";
import { figure, repeat, root, spread } from "./figure.js";

const goal = 5000;

figure(import.meta.url, {
  measure: ({ way, orders }) =>
    withVenue((url) => (way === "rest" ? overRest(url, orders) : overWs(url, orders))),
  async report({ quick, fresh }) {
    const orders = quick ? 200 : 20_000;
    const results = {};
    for (const way of ["rest", "ws"]) {
      const runs = await repeat(quick ? 1 : 3, () => fresh({ way, orders }));
      results[way] = spread(runs.map(({ seconds }) => orders / seconds));
    }
    const line = (work, { median }) => ({
      work,
      target: `${goal.toLocaleString("en")} orders/s`,
      measured: `${Math.round(median).toLocaleString("en")} orders/s`,
      against: "",
      met: median >= goal,
    });
    return {
      lines: [
        line(
          "local exchange: market orders by REST, 16 connections, client on the same machine",
          results.rest,
        ),
        line("local exchange: market orders by the WebSocket API, one connection", results.ws),
      ],
      results,
    };
  },
});

async function withVenue(work) {
  const args = ["venue", "--port", "0", "--json", "--no-limits", "--symbol", "BTCUSDT"];
  const venue = spawn(process.execPath, [`${root}bin/geosync.js`, ...args, "--balance", "USDT=1000000000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(venue.stdout, "data");
    return await work(JSON.parse(String(line)).url);
  } finally {
    venue.kill();
  }
}

const order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.0001&newOrderRespType=RESULT";

function sign(payload) {
  return createHmac("sha256", "demo").update(payload).digest("hex");
}

async function overRest(url, orders) {
  const connections = 16;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = orders;
  const post = () =>
    new Promise((resolve, reject) => {
      const payload = `${order}&timestamp=${Date.now()}`;
      const sent = request(
        `${url}/api/v3/order?${payload}&signature=${sign(payload)}`,
        { agent, method: "POST", headers: { "X-MBX-APIKEY": "demo" } },
        (answer) => {
          answer.resume();
          answer.on("end", () =>
            answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`)),
          );
        },
      );
      sent.on("error", reject);
      sent.end();
    });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await post();
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return { seconds };
}

async function overWs(url, orders) {
  const inFlight = 64;
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws-api/v3?returnRateLimits=false`, {
    perMessageDeflate: false,
  });
  await once(socket, "open");
  let sent = 0;
  let answered = 0;
  const send = () => {
    const params = {
      ...{ apiKey: "demo", newOrderRespType: "RESULT", quantity: "0.0001", side: "BUY", symbol: "BTCUSDT" },
      ...{ timestamp: Date.now(), type: "MARKET" },
    };
    const payload = Object.entries(params)
      .map(([name, value]) => `${name}=${value}`)
      .join("&");
    socket.send(
      JSON.stringify({ id: ++sent, method: "order.place", params: { ...params, signature: sign(payload) } }),
    );
  };
  const start = performance.now();
  await new Promise((resolve, reject) => {
    socket.on("message", (data) => {
      if (!String(data).includes('"status":200')) return reject(new Error(String(data)));
      if (++answered === orders) return resolve();
      if (sent < orders) send();
    });
    for (let i = 0; i < Math.min(inFlight, orders); i++) send();
  });
  const seconds = (performance.now() - start) / 1000;
  socket.terminate();
  return { seconds };
}
