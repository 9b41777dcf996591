import { expect, it } from "vitest";
import type { Approved, PlaceCommand } from "../../src/domain/execution.ts";
import type { VenueOrder } from "../../src/run/chaos/exchange.ts";
import type { JournalTruth } from "../../src/run/chaos/journalTruth.ts";
import { unprotected } from "../../src/run/chaos/protection.ts";
import { TradingSession } from "../execution/live/tradingSession.ts";

/** What a journal knows after a bought bracket, and what may be found at the exchange. */
async function known(more?: (session: TradingSession) => void): Promise<JournalTruth> {
  const session = await new TradingSession().start();
  session.price("100");
  session.manager.submit(
    session.write({ quantity: "1", stopLoss: "90", takeProfit: "120" }) as Approved<PlaceCommand>,
  );
  await session.settle();
  more?.(session);
  await session.settle();
  return { known: session.manager.state() } as JournalTruth;
}

function stop(status: string, origQty: string, executedQty = "0") {
  const order = { clientOrderId: "gs-abc123-2", status, origQty, executedQty } as VenueOrder;
  return { order, number: 2, generation: 1 };
}

it.each([
  ["stands there for all of it", [stop("NEW", "0.999")], 0],
  ["is not there", [], 1],
  ["is over", [stop("CANCELED", "0.999")], 1],
  ["stands there for a part", [stop("NEW", "0.5")], 1],
  ["has been filled in part", [stop("PARTIALLY_FILLED", "0.999", "0.7")], 1],
])("a stop that %s", async (_, named, count) => {
  expect([...unprotected(await known(), named)]).toHaveLength(count);
});

it("a stop that was cancelled on purpose is missed by nobody", async () => {
  const truth = await known((session) => session.cancel(2));
  expect([...unprotected(truth, [])]).toEqual([]);
});
