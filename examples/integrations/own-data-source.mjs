/**
 * A data source of one's own: ticks that a service sends as lines of JSON over TCP. `geosync/testing` holds it to what
 * geosync expects of any data source. Run it: the tests are Node's own.
 */
import { createServer, connect as dial } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { ConnectionError, normalizeSymbol, Ticker } from "geosync";
import { dataSourceContract, declareContract } from "geosync/testing";

export class LineSource {
  #port;
  #socket = null;
  #callbacks = new Map();
  #finish = () => {};
  #fail = () => {};
  done = Promise.resolve();

  constructor(port) {
    this.#port = port;
  }

  async connect() {
    if (this.#socket !== null) return;
    const socket = dial(this.#port, "127.0.0.1");
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", (cause) => {
        const error = new ConnectionError(`no ticks on port ${this.#port}: ${cause.message}`, { cause });
        reject(error);
      });
    });
    this.#socket = socket;
    this.done = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    // Whoever does not look at `done` is not to be ended by it.
    this.done.catch(() => {});
    socket.on("error", (cause) => this.#fail(new ConnectionError(`lost: ${cause.message}`, { cause })));
    createInterface({ input: socket })
      .on("line", (line) => this.#take(JSON.parse(line)))
      .on("close", () => this.#finish());
  }

  async disconnect() {
    this.#socket?.destroy();
    this.#socket = null;
    this.#finish();
  }

  subscribe(symbol, callback) {
    this.#callbacks.set(normalizeSymbol(symbol), callback);
  }

  unsubscribe(symbol) {
    this.#callbacks.delete(normalizeSymbol(symbol));
  }

  #take({ s, p, q, t }) {
    // Prices stay texts until they are exact decimals: no digit is lost on the way.
    const tick = Ticker.create({
      symbol: normalizeSymbol(s),
      venue: "LINES",
      price: p,
      volume: q,
      timestamp: t,
    });
    this.#callbacks.get(tick.symbol)?.(tick);
  }
}

const prices = ["42000.10", "42000.123456789", "0.00000001"];

declareContract(
  "LineSource",
  dataSourceContract(async () => {
    const clients = new Set();
    const server = createServer((client) => clients.add(client.on("error", () => {})));
    const port = await listening(server);
    const source = new LineSource(port);
    const lines = prices.map((p, i) =>
      JSON.stringify({ s: "btcusdt", p, q: "1.5", t: 1_704_067_200_000 + i }),
    );
    return {
      source,
      symbol: "BTC/USDT",
      other: "ETH/USDT",
      prices,
      deliver: () => {
        for (const client of clients) client.write(`${lines.join("\n")}\n`);
      },
      end: () => {
        for (const client of clients) client.end();
      },
      unreachable: new LineSource(1),
      close: () => {
        for (const client of clients) client.destroy();
        server.close();
      },
    };
  }),
  { describe, it },
);

function listening(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}
