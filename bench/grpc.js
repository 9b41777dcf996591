/**
 * An order's round trip over gRPC in a paper session, as a client in another process has it: risk, fill and the journal
 * on the disk included: `node bench/grpc.js [--quick]`. Orders are sent at a steady pace, whatever the answers take, and
 * timed from when they are sent. A bare server is asked in the same way, for comparison.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareWords, withBareServer } from "./bareServer.js";
import { alternate, figure, inFolder, root, spread, wholeProcess } from "./figure.js";

const perSecond = 50;
const target = 5;

figure(import.meta.url, {
  measure: ({ kind, orders, warmup }) =>
    inFolder((folder) => {
      const work = async (port) => {
        const args = [port, orders, warmup, perSecond].map(String);
        const before = process.cpuUsage();
        const { stdout } = await wholeProcess([`${root}bench/grpcClient.js`, ...args]);
        const { user, system } = process.cpuUsage(before);
        return { ...JSON.parse(stdout), cpuMs: (user + system) / 1000 / (orders + warmup) };
      };
      return kind === "geosync" ? withServer(folder, work) : withBareServer("grpc", folder, work);
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
    const cpuMs = spread(runs.map((run) => run.cpuMs));
    const worstMs = spread(runs.map(({ max }) => max));
    return {
      lines: [
        {
          work: `market order to its fill over gRPC, on paper, journal commit included, ${perSecond} orders/s`,
          target: `p99 under ${target} ms`,
          measured: `median ${medianMs.median.toFixed(2)} ms, p99 ${p99Ms.median.toFixed(2)} ms`,
          against: bareWords({ p50: bareMedianMs.median, p99: bareP99Ms.median }),
          met: p99Ms.median < target,
        },
      ],
      results: [{ orders, medianMs, p99Ms, worstMs, cpuMs, bareMedianMs, bareP99Ms }],
    };
  },
});

/** A paper session on a short file, left open. */
async function withServer(folder, work) {
  const [{ livePaperFile }, { openGrpc }, { TradingService }] = await Promise.all([
    import("../dist/run/session/live.js"),
    import("../dist/server/grpc.js"),
    import("../dist/server/service.js"),
  ]);
  const rows = Array.from(
    { length: 10 },
    (_, i) => `2024-01-01T00:0${i}:00Z,50000,50000,50000,50000,1000000`,
  );
  const data = join(folder, "BTCUSDT_1m.csv");
  writeFileSync(data, `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
  const strategy = join(folder, "idle.mjs");
  writeFileSync(
    strategy,
    'import { defineStrategy } from "geosync";\nexport default defineStrategy({ name: "idle", create: () => ({ save: () => null }) });\n',
  );
  const stop = new AbortController();
  const done = new Error("enough");
  let bars = 0;
  await livePaperFile({
    settings: {
      ...{ strategy, cwd: folder, symbol: "BTC/USDT" },
      cash: { units: 1_000_000_000n, scale: 0 },
    },
    ...{ files: [data], speed: Number.POSITIVE_INFINITY, stateDir: join(folder, "sessions"), name: "grpc" },
    ...{ onExit: "keep", untilBars: null, signal: stop.signal, onEvent: () => {}, staysOpen: true },
    async beside(handle) {
      const service = new TradingService(handle);
      const local = { name: "local", scopes: ["read", "trade", "admin"] };
      const access = { check: () => local, checkSite: () => {}, audit: () => {} };
      const telemetry = { apiCall: () => {}, apiError: () => {} };
      const server = await openGrpc({ service, access, telemetry, address: "127.0.0.1:0" });
      handle.watch({
        onStep: ({ events }) => {
          bars += events.length;
          if (bars === rows.length && events.length > 0)
            outcome = work(server.port).finally(() => stop.abort(done));
        },
      });
      return {
        async close() {
          await server.close();
          await service.close();
        },
      };
    },
  }).catch((error) => {
    if (error !== done) throw error;
  });
  return await outcome;
}

let outcome = Promise.reject(new Error("the session ended before it had played its file"));
outcome.catch(() => {});
