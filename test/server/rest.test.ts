import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type RestSession, startRest } from "../support/rest.ts";
import { removeFolder } from "../support/servedSession.ts";

let session: RestSession;
beforeAll(async () => {
  session = await startRest();
});
afterAll(async () => {
  await session.stop();
  removeFolder(session.folder);
});
const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  ask(`${session.url}/api/v1${path}`, method, body, headers);

const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.1 } as const;

describe("the reference's samples, as printed", () => {
  it("GET /api/v1/status", async () => {
    const { status, json } = await api("GET", "/status");
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: "running",
      uptime_seconds: expect.any(Number),
      version: expect.any(String),
    });
  });
  it("POST /api/v1/orders, then GET /api/v1/positions", async () => {
    const order = await api("POST", "/orders", sample);
    expect(order.status).toBe(200);
    expect(order.json).toMatchObject({
      ...{ order_id: expect.any(String), status: "filled", filled_quantity: 0.1, average_price: 50_025 },
    });
    const { json } = await api("GET", "/positions");
    expect(json.positions[0]).toMatchObject({ quantity: 0.1, entry_price: 50_025, current_price: 50_000 });
  });
});
