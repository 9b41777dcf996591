import assert from "node:assert/strict";
import { Decimal } from "../domain/decimal.ts";
import type { DataSource } from "../domain/ports.ts";
import type { Ticker } from "../domain/ticker.ts";
import { earliest, latest } from "../domain/time.ts";
import { type ContractCase, eventually, failureOf, type Patience } from "./contract.ts";

/** A source of its own for each case, and what a test must know of what lies behind it. */
export interface DataSourceHarness extends Patience {
  readonly source: DataSource;
  readonly symbol: string;
  /** Prices of its ticks, oldest first, as exact decimal texts; two at least. */
  readonly prices: readonly string[];
  /** Makes the source deliver all of them to whoever has subscribed. */
  deliver(): unknown;
  /** Makes what lies behind it end, where it can; `done` must settle then. */
  end?(): unknown;
  /** Another symbol of the source, if it has one: nothing is delivered for it. */
  readonly other?: string;
  /** A source that cannot be connected. */
  readonly unreachable?: DataSource;
  close?(): unknown;
}

export type MakeDataSource = () => DataSourceHarness | Promise<DataSourceHarness>;

type Check = (harness: DataSourceHarness) => Promise<void>;

/** What every DataSource must do, as cases for any test framework. `make` is called once a case; the case connects. */
export function dataSourceContract(make: MakeDataSource): readonly ContractCase[] {
  return Object.entries(checks).map(([name, check]) => ({ name, run: () => runCase(make, check) }));
}

async function runCase(make: MakeDataSource, check: Check): Promise<void> {
  const harness = await make();
  try {
    await check(harness);
  } finally {
    await harness.source.disconnect();
    await harness.close?.();
  }
}

const checks: Readonly<Record<string, Check>> = {
  async "connects and disconnects as often as it is told to"({ source }) {
    await source.disconnect();
    await source.connect();
    await source.connect();
    await source.disconnect();
    await source.disconnect();
    await source.connect();
  },

  async "says with a connection error that it cannot connect"({ unreachable }) {
    if (unreachable === undefined) return;
    const { code } = await failureOf(() => unreachable.connect(), "connecting to what is not there");
    assert.match(
      code,
      /^GEO-(?:CONNECTION|CREDENTIALS|VENUE-\w+)$/,
      `expected a connection error, found ${code}`,
    );
  },

  async "delivers every tick once, in order, its price exact"(harness) {
    const { source, symbol, prices } = harness;
    await source.connect();
    const ticks = subscribed(source, symbol);
    await delivered(harness, ticks);
    assert.deepEqual(
      ticks.map(({ price }) => price.toFixed()),
      prices.map((text) => new Decimal(text).toFixed()),
    );
    const times = ticks.map(({ time }) => time);
    assert.deepEqual(
      [...times].sort((a, b) => a - b),
      times,
      "expected times that never go back",
    );
  },

  async "delivers whole ticks, which nobody can change"(harness) {
    const { source, symbol } = harness;
    await source.connect();
    const ticks = subscribed(source, symbol);
    await delivered(harness, ticks);
    for (const tick of ticks) {
      assert.equal(tick.symbol, symbol);
      assert.ok(tick.venue !== "", "expected the name of a venue");
      assert.ok(Decimal.isDecimal(tick.price) && tick.price.gt(0), `expected a price, found ${tick.price}`);
      assert.ok(
        Decimal.isDecimal(tick.volume) && tick.volume.gte(0),
        `expected a volume, found ${tick.volume}`,
      );
      assert.ok(tick.time >= earliest && tick.time <= latest, `expected epoch ms, found ${tick.time}`);
      assert.ok(Object.isFrozen(tick), "expected a frozen tick");
    }
  },

  async "knows a symbol by its other spellings"(harness) {
    const { source, symbol } = harness;
    await source.connect();
    const ticks = subscribed(source, symbol.toLowerCase());
    await delivered(harness, ticks);
    assert.equal(ticks[0]!.symbol, symbol);
  },

  async "delivers nothing once it is unsubscribed"(harness) {
    const { source, symbol } = harness;
    await source.connect();
    const ticks: Ticker[] = [];
    source.subscribe(symbol, (tick) => {
      ticks.push(tick);
      source.unsubscribe(symbol.toLowerCase());
    });
    await eventually(() => (ticks.length > 0 ? true : null), "the first tick", once(harness));
    // Whatever was on its way has come by the time the source is gone.
    await source.disconnect();
    assert.equal(ticks.length, 1, "expected no tick after unsubscribe");
  },

  async "calls the callback that subscribed last, and only that one"(harness) {
    const { source, symbol, prices } = harness;
    await source.connect();
    const first = subscribed(source, symbol);
    const second = subscribed(source, symbol);
    await delivered(harness, second);
    assert.equal(first.length, 0, "expected nothing at the callback that was replaced");
    assert.equal(second.length, prices.length);
  },

  async "delivers nothing of one symbol to another"(harness) {
    const { source, symbol, other } = harness;
    if (other === undefined) return;
    await source.connect();
    const others = subscribed(source, other);
    const ticks = subscribed(source, symbol);
    await delivered(harness, ticks);
    assert.equal(others.length, 0, `expected nothing for ${other}`);
  },

  async "refuses what is no symbol"({ source }) {
    await source.connect();
    const { code } = await failureOf(() => source.subscribe("", () => {}), "subscribing to no symbol");
    assert.equal(code, "GEO-VALUE");
  },

  async "takes the unsubscribing of what nobody subscribed to"({ source, symbol }) {
    await source.connect();
    source.unsubscribe(symbol);
  },

  async "is done when it is disconnected"({ source, ...harness }) {
    await source.connect();
    const { done } = source;
    let settled = false;
    done.then(
      () => (settled = true),
      () => (settled = true),
    );
    await source.disconnect();
    await eventually(() => (settled ? true : null), "done to settle", harness);
  },

  async "is done when there is no more"(harness) {
    const { source, symbol, end } = harness;
    if (end === undefined) return;
    await source.connect();
    const ticks = subscribed(source, symbol);
    let settled = false;
    source.done.then(
      () => (settled = true),
      () => (settled = true),
    );
    await delivered(harness, ticks);
    await end();
    await eventually(() => (settled ? true : null), "done to settle", harness);
  },
};

function subscribed(source: DataSource, symbol: string): readonly Ticker[] {
  const ticks: Ticker[] = [];
  source.subscribe(symbol, (tick) => ticks.push(tick));
  return ticks;
}

async function delivered(harness: DataSourceHarness, ticks: readonly Ticker[]): Promise<void> {
  await harness.deliver();
  const { length } = harness.prices;
  await eventually(() => (ticks.length >= length ? true : null), `${length} ticks`, harness);
}

/** Delivers before the first look. */
function once(harness: DataSourceHarness): Patience {
  let begun = false;
  return {
    deadlineMs: harness.deadlineMs,
    advance: async () => {
      if (!begun) {
        begun = true;
        await harness.deliver();
      } else await harness.advance?.();
    },
  };
}
