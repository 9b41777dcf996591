import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { TickerStream, type Told } from "../../../src/server/grpc/tickerStream.ts";

/** Takes `room` ticks, then says that it is enough. */
function outletOf(room: number) {
  const told: Told[] = [];
  let resume = () => {};
  const outlet = {
    write: (one: Told) => told.push(one) < room,
    onDrain: (again: () => void) => {
      resume = again;
    },
  };
  return {
    ...{ told, outlet },
    drain(more: number) {
      room = told.length + more;
      resume();
    },
  };
}

function tellingOf(symbol: string, price: number): Told {
  const tick = {
    symbol,
    price: new Decimal(price),
    volume: new Decimal(1),
    timestamp: "2024-01-01T00:00:00Z",
  };
  return { symbol, tick };
}

const shown = (told: readonly Told[]) => told.map(({ symbol, tick }) => `${symbol} ${tick.price}`);

describe("ticks on their way to a client", () => {
  it("wait until the step that tells them is over", async () => {
    const { told, outlet } = outletOf(10);
    new TickerStream(outlet).tell(tellingOf("A", 1));
    expect(told).toEqual([]);
    await nextTurn();
    expect(shown(told)).toEqual(["A 1"]);
  });

  it("all come, in order, to a client that lags a little", async () => {
    const { told, outlet, drain } = outletOf(1);
    const stream = new TickerStream(outlet);
    for (let i = 0; i < 900; i++) stream.tell(tellingOf("A", i));
    await nextTurn();
    expect(told).toHaveLength(1);
    while (told.length < 900) drain(100);
    expect(shown(told)).toEqual(Array.from({ length: 900 }, (_, i) => `A ${i}`));
  });

  it("are the newest of each symbol for a client that stalls, and never many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("A", "B", "C"), { minLength: 3000, maxLength: 3500 }),
        (symbols) => {
          const { told, outlet, drain } = outletOf(0);
          const stream = new TickerStream(outlet);
          symbols.forEach((symbol, i) => {
            stream.tell(tellingOf(symbol, i));
          });
          drain(Number.POSITIVE_INFINITY);
          expect(told.length).toBeLessThanOrEqual(1000);
          for (const symbol of new Set(symbols)) {
            const last = told.findLast((one) => one.symbol === symbol);
            expect(last?.tick.price.toNumber()).toBe(symbols.lastIndexOf(symbol));
            const prices = told
              .filter((one) => one.symbol === symbol)
              .map(({ tick }) => tick.price.toNumber());
            expect(prices).toEqual([...prices].sort((a, b) => a - b));
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it("are forgotten when it is gone", async () => {
    const { told, outlet } = outletOf(10);
    const stream = new TickerStream(outlet);
    stream.tell(tellingOf("A", 1));
    stream.stop();
    stream.tell(tellingOf("A", 2));
    await nextTurn();
    expect(told).toEqual([]);
  });
});
