import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Telemetry } from "../../src/server/telemetry.ts";
import { type Exposition, parseExposition } from "../support/exposition.ts";
import { removeFolder } from "../support/servedSession.ts";
import { startService } from "../support/service.ts";
import { openSockets } from "../support/sockets.ts";

/** Buys at the second close, sells at the fourth; and asks for what can't be paid. */
const strategy = `
import { defineStrategy } from "geosync";
let n = 0;
export default defineStrategy({ name: "twice", create: (_, ctx) => ({ save: () => n, load: (m) => { n = m; }, onBar() {
  n++;
  if (n === 2) ctx.buy({ quantity: 0.1 });
  if (n === 3) ctx.buy({ quantity: 1000 });
  if (n === 4) ctx.sell({ quantity: 0.04 });
} }) });
`;

let session: Awaited<ReturnType<typeof startService>>;
let telemetry: Telemetry;
beforeEach(async () => {
  session = await startService({
    strategy,
    alsoBeside: (handle, service) => {
      telemetry = new Telemetry(handle, service);
    },
  });
});
afterEach(async () => {
  telemetry.close();
  await session.stop();
  removeFolder(session.folder);
});

async function scrape(): Promise<Exposition> {
  return parseExposition(await telemetry.text());
}

describe("telemetry", () => {
  it("counts what the session itself counts", async () => {
    const metrics = await scrape();
    const { history } = session.handle.core;
    const orders = history.orders();
    expect(orders.length).toBe(3);
    expect(metrics.sum("geosync_orders_total")).toBe(orders.length);
    expect(metrics.value("geosync_orders_total", { symbol: "BTC/USDT", side: "sell", type: "market" })).toBe(
      1,
    );
    expect(metrics.sum("geosync_fills_total")).toBe(history.fills.all().length);
    expect(metrics.sum("geosync_fills_total")).toBe(2);
    expect(metrics.value("geosync_rejects_total", { reason: "refused:insufficient-cash" })).toBe(1);
    expect(metrics.sum("geosync_rejects_total")).toBe(1);
    expect(metrics.value("geosync_market_events_total")).toBe(5);
  });

  it("shows the account as it is", async () => {
    const metrics = await scrape();
    const { service } = session;
    expect(metrics.value("geosync_position", { symbol: "BTC/USDT" })).toBe(0.06);
    expect(metrics.value("geosync_equity", { currency: "USDT" })).toBe(service.equity().equity.toNumber());
    expect(metrics.value("geosync_drawdown_ratio")).toBe(service.equity().drawdown);
    expect(metrics.value("geosync_drawdown_ratio")).toBeLessThan(0);
    expect(metrics.value("geosync_max_drawdown_ratio")).toBeLessThan(0);
    expect(metrics.value("geosync_open_orders")).toBe(0);
    expect(metrics.value("geosync_data_age_seconds")).toBeLessThan(60);
    await service.placeOrder({ symbol: "BTCUSD", side: "sell", quantity: 0.06 });
    expect((await scrape()).samples("geosync_position")).toEqual([]);
  });

  it("shows state and halts", async () => {
    expect((await scrape()).value("geosync_session_state", { state: "running" })).toBe(1);
    session.service.halt();
    const metrics = await scrape();
    expect(metrics.sum("geosync_session_state")).toBe(1);
    expect(metrics.value("geosync_session_state", { state: "halted" })).toBe(1);
    expect(metrics.value("geosync_halted")).toBe(1);
    expect(metrics.samples("geosync_info")[0]!.labels).toMatchObject({ session: "served", mode: "paper" });
  });

  it("measures calls and errors of the faces", async () => {
    telemetry.apiCall("rest", "placeOrder", 0.003);
    telemetry.apiCall("rest", "placeOrder", 0.3);
    telemetry.apiError("grpc", "GEO-NOT-FOUND");
    const metrics = await scrape();
    const call = { face: "rest", action: "placeOrder" };
    expect(metrics.value("geosync_api_request_seconds_count", call)).toBe(2);
    expect(metrics.value("geosync_api_request_seconds_sum", call)).toBeCloseTo(0.303, 9);
    expect(metrics.value("geosync_api_request_seconds_bucket", { ...call, le: "0.005" })).toBe(1);
    expect(metrics.value("geosync_api_request_seconds_bucket", { ...call, le: "+Inf" })).toBe(2);
    expect(metrics.value("geosync_api_errors_total", { face: "grpc", code: "GEO-NOT-FOUND" })).toBe(1);
  });

  it("counts the WebSocket's clients and frames", async () => {
    const house = await openSockets(session.service);
    telemetry.watchSockets(house.counts);
    const user = await house.connect();
    await user.subscribe(["status"]);
    const metrics = await scrape();
    expect(metrics.value("geosync_websocket_clients")).toBe(1);
    expect(metrics.value("geosync_websocket_frames_total")).toBe(user.frames.length);
    await house.close();
  });

  it("tells how long the event loop keeps others waiting", async () => {
    // The monitor has its turn between two scrapes.
    const lag = async () => {
      await nextTurn();
      return (await scrape()).samples("geosync_event_loop_lag_seconds");
    };
    let samples = await lag();
    while (samples.length === 0) samples = await lag();
    expect(samples.map(({ labels }) => labels.quantile)).toEqual(["0.5", "0.9", "0.99", "1"]);
    const began = performance.now();
    while (performance.now() - began < 200);
    let worst = 0;
    while (worst < 0.1) worst = Math.max(...(await lag()).map(({ value }) => value));
    expect(worst).toBeLessThan(5);
  });

  it("has Node's own figures, and says what format it is in", async () => {
    const metrics = await scrape();
    expect(metrics.value("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect(telemetry.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });
});

describe("the parser of the tests", () => {
  it.each([
    "geosync_a 1\n",
    "# HELP a b\n# TYPE a counter\na{b=c} 1\n",
    "# HELP a b\n# TYPE a counter\na 1\na 1\n",
    "# HELP a b\n# TYPE a counter\na x\n",
    "# HELP a b\n# TYPE a gauge\na 1",
  ])("refuses %j", (text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
