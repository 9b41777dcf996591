import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { LiveEvent } from "../../../src/domain/execution.ts";
import { createInstrument } from "../../../src/domain/instrument.ts";
import type { SessionEvent } from "../../../src/run/session/events.ts";
import type { Intake, VenueSide } from "../../../src/run/session/intake.ts";
import { openSession } from "../../../src/run/session/open.ts";
import { loadStrategies } from "../../../src/run/session/plan.ts";
import { Runner } from "../../../src/run/session/runner.ts";
import type { SessionStore } from "../../../src/store/sessionStore.ts";

const stateDir = mkdtempSync(join(tmpdir(), "geosync-halt-"));
afterAll(() => rmSync(stateDir, { recursive: true }));

const btc = createInstrument("BTC/USDT", { venue: "BINANCE", lot: "0.0001" });
const intake: Intake = {
  ...{ venue: "BINANCE", instruments: [btc], barMs: 60_000, ticksArePrices: false, isFinite: false },
  tradeFrom: 0,
  now: () => Date.now(),
  run: (_session, _known, { signal }) => {
    return new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  },
  close: () => Promise.resolve(),
};

/** A venue that has this to say at once. */
function venueSaying(news: LiveEvent[]): NonNullable<ConstructorParameters<typeof Runner>[0]["venue"]> {
  const done = () => Promise.resolve();
  return (_, wake): VenueSide => ({
    take: () => news.splice(0),
    submit: () => {},
    restore: () => {},
    start: () => Promise.resolve(wake()),
    cancelAll: done,
    reconcile: () => Promise.reject(new Error("not asked here")),
    settled: done,
    stop: done,
  });
}

/** Writes nothing once the halt is known, as if the process were killed right then. */
function dyingWhenHalted(store: SessionStore): SessionStore {
  const isDead = () => existsSync(join(store.folder.path, "HALT"));
  return new Proxy(store, {
    get(whole, name) {
      const member: unknown = Reflect.get(whole, name, whole);
      if (name === "append" || name === "commit" || name === "commitSoon") {
        return (...args: never[]) => {
          if (isDead()) throw new Error("killed");
          return (member as (...args: never[]) => unknown).apply(whole, args);
        };
      }
      return typeof member === "function" ? member.bind(whole) : member;
    },
  });
}

async function start(wrap: (store: SessionStore) => SessionStore, news: LiveEvent[], stop: AbortController) {
  const settings = { strategy: "momentum" };
  const ensemble = await loadStrategies(settings as never);
  const manifest = {
    ...{ mode: "testnet" as const, venue: "BINANCE", symbols: ["BTC/USDT"], settings: settings as never },
    ...{ tradeFrom: 0, ticksArePrices: false },
  };
  const { store, manifest: made } = await openSession({ stateDir, name: "halts", manifest, ensemble });
  const events: SessionEvent[] = [];
  try {
    const runner = new Runner({
      ...{ store: wrap(store), manifest: made, ensemble, intake, venue: venueSaying(news) },
      ...{ onExit: "keep", untilBars: null, signal: stop.signal, onEvent: (event) => events.push(event) },
    });
    await runner.run();
  } finally {
    store.close();
  }
  return events;
}

it("a halt that the venue gives rise to binds the next start, though the process died before it was journaled", async () => {
  const halt: LiveEvent = { kind: "halt", cause: "unprotected", message: "order 1 is left without its stop" };
  const never = new AbortController();
  await expect(start(dyingWhenHalted, [halt], never)).rejects.toThrow("killed");

  const stop = new AbortController();
  setImmediate(() => stop.abort(new Error("enough")));
  const events = await start((store) => store, [], stop);
  expect(events.filter(({ event }) => event === "halted")).toMatchObject([
    { because: expect.stringContaining("order 1 is left without its stop") },
  ]);
});
