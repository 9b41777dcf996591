import { Chalk } from "chalk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveScreen } from "../../src/cli/liveScreen.ts";
import { LiveView } from "../../src/cli/liveView.ts";
import { newView, type ViewState, withEvent } from "../../src/cli/liveViewState.ts";
import { viewText } from "../../src/cli/liveViewText.ts";
import type { Session } from "../../src/cli/session.ts";
import type { SessionEvent } from "../../src/run/session/events.ts";

const time = "2024-01-01T10:00:00Z";
const started: SessionEvent = {
  ...{ event: "started", time, session: "btc", path: "/s/btc", mode: "testnet", venue: "BINANCE" },
  ...{ symbols: ["BTC/USDT"], strategy: "momentum", resumed: null },
};
const account: SessionEvent = {
  ...{ event: "account", time, currency: "USDT", equity: "10012.5", realised: "-7.5", unrealised: "20" },
  ...{ drawdown: -0.001, maxDrawdown: -0.05, dataAgeMs: 300, prices: { "BTC/USDT": "43210.12" } },
  positions: [{ symbol: "BTC/USDT", quantity: "0.02", entryPrice: 42210.12, unrealised: "20" }],
  openOrders: [
    {
      ...{ id: "7", symbol: "BTC/USDT", side: "sell", type: "stop", quantity: "0.02", price: null },
      ...{ stopPrice: "42000", filledQuantity: "0", inDoubt: false },
    },
  ],
};
const order: SessionEvent = {
  ...{ event: "order", time, id: "6", symbol: "BTC/USDT", side: "buy", type: "market", quantity: "0.02" },
};
const sent: SessionEvent = { event: "sent", time, id: "6", afterMs: 1.23 };
const answered: SessionEvent = { event: "answered", time, id: "6", afterMs: 14 };

const now = 1_000_000;
const paint = new Chalk({ level: 0 });
const seen = (...events: readonly SessionEvent[]): ViewState =>
  events.reduce((state, event) => withEvent(state, event, now), newView(now - 61_000));
const show = (state: ViewState, width = 80, height = 24) =>
  viewText(state, { width, height, now: now + 700, onExit: "cancel", paint });

describe("the view of a session", () => {
  it("shows price, position, orders, profit, latency, connection and the latest events", () => {
    const connected: SessionEvent = {
      ...{ event: "status", time, level: "info", kind: "connected", message: "BTC/USDT candles: connected" },
    };
    const text = show(seen(started, connected, order, sent, answered, account)).join("\n");
    for (const line of [
      /^ btc +trading 00:01:01$/m,
      /^ momentum on BTC\/USDT +testnet at BINANCE$/m,
      /^ BTC\/USDT +43,210\.12 +0\.02 entered at 42,210\.12, \+20\.00$/m,
      /^ Equity +10,012\.50 USDT +Realised +-7\.50/m,
      /^ Drawdown +-0\.10 %, worst -5\.00 % +Unrealised +\+20\.00/m,
      /^ Data +1\.0 s old, connected +Order sent +1\.2 ms, at most 1\.2 ms/m,
      /^ So far +0 bars, 0 fills +Answered +14 ms, at most 14 ms/m,
      /^ {5}7 {2}sell 0\.02 BTC\/USDT stop at 42000$/m,
      /^ 10:00:00 {2}order 6: buy 0\.02 BTC\/USDT market$/m,
      /^ Ctrl-C stops in order \(open orders are cancelled\)/m,
    ])
      expect(text).toMatch(line);
  });

  it.each<[string, readonly SessionEvent[], RegExp]>([
    ["before the first event", [], /geosync live +starting/],
    ["before the first data", [started], /waiting for the first data/],
    ["for money", [{ ...started, mode: "live" }], /REAL MONEY at BINANCE/],
    [
      "halted",
      [started, { event: "halted", time, because: "kill switch: panic" }],
      /HALTED[\s\S]+kill switch: panic/,
    ],
    [
      "stopping",
      [started, { event: "stopping", time, because: "by the user" }],
      /STOPPING[\s\S]+Ctrl-C again/,
    ],
    [
      "without a connection",
      [started, account, { event: "status", time, level: "warning", kind: "reconnecting", message: "cut" }],
      /s old, reconnecting/,
    ],
  ])("%s", (_, events, expected) => {
    expect(show(seen(...events)).join("\n")).toMatch(expected);
  });

  it("fits any terminal", () => {
    const many = Array.from({ length: 50 }, () => order);
    const log: SessionEvent = { event: "log", time, message: "x".repeat(300) };
    const state = seen(started, account, ...many, log, { event: "halted", time, because: "y".repeat(200) });
    fc.assert(
      fc.property(fc.integer({ min: 21, max: 200 }), fc.integer({ min: 1, max: 60 }), (width, height) => {
        const lines = show(state, width, height);
        expect(lines.length).toBeLessThanOrEqual(height);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(width);
      }),
    );
  });

  it("lets nobody steer the terminal", () => {
    const log: SessionEvent = { event: "log", time, message: "a\x1b[2Jb\r\nc\u009bd" };
    expect(show(seen(started, account, log)).join("\n")).toContain("a [2Jb c d");
  });

  it("keeps no more than it can show", () => {
    const state = seen(started, ...Array.from({ length: 1000 }, () => [order, sent]).flat());
    expect([state.lines.length, state.sent.length]).toEqual([200, 100]);
  });
});

class FakeTerminal {
  columns = 80;
  rows = 24;
  readonly isTTY = true;
  written = "";
  resized = new Set<() => void>();
  write(text: string): void {
    this.written += text;
  }
  on(_: "resize", listener: () => void): void {
    this.resized.add(listener);
  }
  off(_: "resize", listener: () => void): void {
    this.resized.delete(listener);
  }
}

describe("the screen", () => {
  it("writes a page in place, only when it is another one, and leaves nothing behind", () => {
    const terminal = new FakeTerminal();
    const screen = new LiveScreen(terminal, () => screen.draw(["c"]));
    screen.draw(["too early"]);
    screen.open();
    screen.draw(["a", "b"]);
    screen.draw(["a", "b"]);
    for (const resized of terminal.resized) resized();
    const listeners = process.listenerCount("exit");
    screen.close();
    screen.close();
    expect(terminal.written).toBe(
      "\x1b[?1049h\x1b[?25l\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J\x1b[Hc\x1b[K\x1b[J\x1b[?25h\x1b[?1049l",
    );
    expect(terminal.resized.size).toBe(0);
    expect(process.listenerCount("exit")).toBe(listeners - 1);
  });

  it.each([
    ["in colours", {}, true],
    ["without them, where NO_COLOR is set", { NO_COLOR: "1" }, false],
  ])(
    "shows a session %s; what is said beside it closes it first, warnings are told again",
    (_, env, color) => {
      const terminal = new FakeTerminal();
      const notes: string[] = [];
      const session = { env, note: (text: string) => void notes.push(text) } as unknown as Session;
      const view = new LiveView(session, "keep", terminal);
      view.show(started);
      view.show({ event: "status", time, level: "warning", kind: "stalled", message: "nothing came" });
      session.note("an error");
      expect(terminal.written.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
      expect(notes).toEqual([`${time} warning: nothing came`, "an error"]);
      expect(terminal.written.includes("\x1b[1m")).toBe(color);
    },
  );
});
