/**
 * An order book of 1,000 levels a side kept from the venue's 100 ms diffs: `node bench/liveBook.js [--quick]`. The
 * diffs go the way of a live session (JSON text as ccxt's socket gives it, parsed, told apart, applied, a picture of
 * 1,000 levels a side into a chunk) as fast as they can; the share is of the time they would have taken at ten a second.
 */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { figure, repeat, root, spread } from "./figure.js";

const maxShare = 0.03;
const capture = `${root}../shared/data/BTCUSDT_spot_l2_20240808.ndjson.gz`;
const perSecond = 10;
const depth = 1000;

figure(import.meta.url, {
  async measure({ count }) {
    const { snapshot, diffs } = existsSync(capture) ? captured(count) : synthetic(count);
    const { ExchangeDataSource, marketOf } = await import("../dist/index.js");
    const wire = wireOf(snapshot);
    const options = { symbols: ["BTC/USDT"], channels: ["book"], depth };
    const source = new ExchangeDataSource(marketOf(wire.session), options);
    await source.connect();
    let [pictures, levels] = [0, 0];
    const reading = (async () => {
      for await (const chunk of source.events()) {
        pictures += chunk.length;
        levels = Math.max(levels, ...chunk.bidLevels);
      }
    })();
    const before = process.cpuUsage();
    for (const text of diffs) {
      wire.receive(text);
      // As in a session, each message is taken before the next arrives.
      await new Promise(setImmediate);
    }
    const { user, system } = process.cpuUsage(before);
    await source.disconnect();
    await reading;
    if (pictures < diffs.length * 0.95 || levels < depth * 0.9) {
      throw new Error(
        `expected a picture of ${depth} levels for each of ${diffs.length} diffs, found ${pictures} of ${levels}`,
      );
    }
    const cpuMs = (user + system) / 1000;
    return { cpuMs, share: cpuMs / ((diffs.length / perSecond) * 1000), diffs: diffs.length };
  },
  async report({ quick, fresh }) {
    const runs = await repeat(quick ? 1 : 5, () => fresh({ count: quick ? 300 : 3_400 }));
    const share = spread(runs.map((run) => run.share));
    const cpuUsPerDiff = spread(runs.map(({ cpuMs, diffs }) => (cpuMs / diffs) * 1000));
    return {
      lines: [
        {
          work: "order book of 1,000 levels a side kept from 100 ms diffs, a picture after each",
          target: `under ${maxShare * 100} % of a core`,
          measured: `${(share.median * 100).toFixed(2)} %`,
          against: `${cpuUsPerDiff.median.toFixed(0)} µs a diff, JSON included`,
          met: share.median < maxShare,
        },
      ],
      results: [{ share, cpuUsPerDiff, source: existsSync(capture) ? "capture" : "synthetic" }],
    };
  },
});

/** A session whose socket is `receive`: what ccxt does with a text before and after it is parsed is done here. */
function wireOf(snapshot) {
  const line = { url: "ws://bench/stream" };
  const exchange = {
    id: "binance",
    timeframes: {},
    clients: {},
    options: {},
    market: () => ({ id: "BTCUSDT" }),
    handleMessage() {},
    getWsUrl: () => line.url,
    requestId: () => 1,
    watch: () => new Promise(() => {}),
    publicGetDepth: async () => snapshot,
  };
  const session = {
    venue: "binance",
    exchange,
    venueTime: () => Date.now(),
    call: async ({ send, read }) => read(await send(exchange)),
    failure: (thrown) => thrown,
  };
  const receive = (text) => exchange.handleMessage(line, JSON.parse(text.replace(/:(\d{15,}),/g, ':"$1",')));
  return { session, receive };
}

/** The diffs of a real capture, from the one on that its snapshot falls into. */
function captured(count) {
  const texts = gunzipSync(readFileSync(capture)).toString().split("\n");
  const messages = texts.map((line) => line.slice(line.indexOf(" ") + 1));
  const snapshot = JSON.parse(messages.find((text) => text.startsWith('{"lastUpdateId"')));
  const isWanted = (text) => {
    if (!text.includes('"depthUpdate"')) return false;
    const { data } = JSON.parse(text);
    return data.u > snapshot.lastUpdateId;
  };
  return { snapshot, diffs: messages.filter(isWanted).slice(0, count) };
}

/** Where the capture is not at hand: as many changes a message, most of them near the best prices. */
function synthetic(count) {
  const side = (direction) =>
    Array.from({ length: 1000 }, (_, i) => [(60_000 + direction * (i + 1)).toFixed(2), "1.00000000"]);
  const change = (direction, i) => {
    const away = 1 + ((i * i) % 400);
    return [(60_000 + direction * away).toFixed(2), `${1 + (i % 9)}.50000000`];
  };
  const diffs = Array.from({ length: count }, (_, n) => {
    const [b, a] = [-1, 1].map((direction) =>
      Array.from({ length: 18 }, (_, i) => change(direction, 18 * n + i)),
    );
    const data = { e: "depthUpdate", E: Date.now() + n, s: "BTCUSDT", U: n + 1, u: n + 1, b, a };
    return JSON.stringify({ stream: "btcusdt@depth@100ms", data });
  });
  return { snapshot: { lastUpdateId: 0, bids: side(-1), asks: side(1) }, diffs };
}
