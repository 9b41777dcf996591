import { describe, expect, it } from "vitest";
import { CsvDataSource } from "../../src/data/csvDataSource.ts";
import { ConnectionError, ValidationError } from "../../src/domain/errors.ts";
import type { Ticker } from "../../src/domain/ticker.ts";
import { failure, temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const bars = "timestamp,open,high,low,close,volume\n2024-01-01,10,12,9,11.50,1\n2024-01-02,10,12,9,12,0.1\n";

describe("CsvDataSource", () => {
  it("calls the callback with a Ticker a row, whatever the file is called", async () => {
    const source = new CsvDataSource(write("some data.csv", bars));
    await source.connect();
    const ticks: Ticker[] = [];
    source.subscribe("btcusd", (tick) => ticks.push(tick));
    await source.replay();
    await source.done;
    expect(
      ticks.map((tick) => [tick.symbol, tick.venue, tick.price.toString(), tick.volume.toString()]),
    ).toEqual([
      ["BTC/USD", "CSV", "11.5", "1"],
      ["BTC/USD", "CSV", "12", "0.1"],
    ]);
    expect(ticks[0]!.timestamp.toISOString()).toBe("2024-01-01T00:00:00.000Z");
  });

  it("takes columns by name, and refuses names that the file lacks", async () => {
    const path = write("A.csv", "when,mid,traded\n2024-01-01,10,5\n");
    const names = { timeColumn: "when", priceColumn: "mid", volumeColumn: "traded", venue: "x" };
    const source = new CsvDataSource(path, names);
    await source.connect();
    const ticks: Ticker[] = [];
    source.subscribe("A", (tick) => ticks.push(tick));
    await source.replay("A");
    expect(ticks.map((tick) => [tick.venue, tick.price.toString(), tick.volume.toString()])).toEqual([
      ["X", "10", "5"],
    ]);
    const wrong = await failure(new CsvDataSource(path, { ...names, priceColumn: "middle" }).connect());
    expect(wrong.code).toBe("GEO-DATA-HEADER");
  });

  it("replays the rows of one symbol of a file with many", async () => {
    const text = "symbol,date,close\nAAPL,2024-01-01,1\nIBM,2024-01-01,2\nAAPL,2024-01-02,3\n";
    const source = new CsvDataSource(write("us.csv", text));
    await source.connect();
    const prices: string[] = [];
    source.subscribe("AAPL", (tick) => prices.push(tick.price.toString()));
    source.subscribe("TSLA", () => {});
    await source.replay("AAPL");
    expect(prices).toEqual(["1", "3"]);
    expect((await failure(source.replay("TSLA"))).code).toBe("GEO-DATA-SYMBOL");
    expect(await failure(source.replay())).toBeInstanceOf(ValidationError);
  });

  it("refuses to replay unconnected or without a callback, and to connect to nothing", async () => {
    const source = new CsvDataSource(write("A.csv", bars));
    expect(await failure(source.replay("A"))).toBeInstanceOf(ConnectionError);
    await source.connect();
    expect(await failure(source.replay("A"))).toBeInstanceOf(ValidationError);
    await source.disconnect();
    await source.done;
    expect(await failure(source.replay("A"))).toBeInstanceOf(ConnectionError);
    expect(await failure(new CsvDataSource("none.csv").connect())).toBeInstanceOf(ConnectionError);
  });

  it("rejects replay and done with the cause when a callback throws", async () => {
    const source = new CsvDataSource(write("A.csv", bars));
    await source.connect();
    const cause = new Error("no more");
    source.subscribe("A", () => {
      throw cause;
    });
    const error = await failure(source.replay());
    expect([error.code, error.cause]).toEqual(["GEO-STRATEGY-THREW", cause]);
    await expect(source.done).rejects.toBe(error);
  });

  it("stops when the callback unsubscribes", async () => {
    const source = new CsvDataSource(write("A.csv", bars));
    await source.connect();
    let calls = 0;
    source.subscribe("A", () => {
      calls++;
      source.unsubscribe("A");
    });
    await source.replay();
    expect(calls).toBe(1);
  });
});
