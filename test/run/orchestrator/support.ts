/** Files of market data in a folder of their own, and a venue that only exists in memory. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { OrderError } from "../../../src/domain/errors.ts";
import { applyChange, type Order, type OrderChange } from "../../../src/domain/order.ts";
import type { ExecutionAdapter } from "../../../src/domain/ports.ts";
import { createPosition, type Position } from "../../../src/domain/position.ts";
import { buildGeoSyncSystem, GeoSyncOrchestrator, type GeoSyncSystemOptions } from "../../../src/index.ts";
import { minute, start } from "../../support/market.ts";

export { minute, start };

export function dataFolder(): { readonly path: string; write(name: string, text: string): string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "geosync-orchestrator-")));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name, text) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
  };
}

/** Bars of a minute: prices around `base` and volumes of a fixed zigzag. */
export function barsText(count: number, base = 100): string {
  const rows = Array.from({ length: count }, (_, bar) => {
    const close = base + ((bar * 7) % 11) / 10;
    const stamp = new Date(start + bar * minute).toISOString();
    return `${stamp},${close - 0.1},${close + 0.2},${close - 0.3},${close},${1 + (bar % 5)}`;
  });
  return `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`;
}

/** A venue that keeps what it is sent and does with it what the test says. */
export class FakeVenue implements ExecutionAdapter {
  connects = 0;
  disconnects = 0;
  asked = 0;
  readonly sent: Order[] = [];
  positions: Position[] = [];
  balance: Record<string, Decimal> = { USDT: new Decimal(10_000) };
  /** Thrown by the next calls that connect or place. */
  readonly failures: { connect: Error[]; place: Error[] } = { connect: [], place: [] };
  /** Held back until it settles. */
  gate: Promise<void> = Promise.resolve();
  readonly #orders = new Map<string, Order>();

  async connect(): Promise<void> {
    this.connects++;
    await this.gate;
    const failure = this.failures.connect.shift();
    if (failure !== undefined) throw failure;
  }

  async disconnect(): Promise<void> {
    this.disconnects++;
  }

  async placeOrder(order: Order): Promise<Order> {
    this.sent.push(order);
    await this.gate;
    const failure = this.failures.place.shift();
    if (failure !== undefined) throw failure;
    const placed = applyChange(order, { kind: "accepted", id: `v${this.sent.length}` });
    this.#orders.set(placed.id, placed);
    return placed;
  }

  async cancelOrder(): Promise<boolean> {
    return false;
  }

  async getOrderStatus(id: string): Promise<Order> {
    this.asked++;
    const order = this.#orders.get(id);
    if (order === undefined) throw new OrderError("GEO-ORDER-REQUEST", `no order ${id}`);
    return order;
  }

  async getPositions(): Promise<Position[]> {
    return this.positions;
  }

  async getBalance(): Promise<Record<string, Decimal>> {
    return this.balance;
  }

  change(id: string, change: OrderChange): Order {
    const order = applyChange(this.#orders.get(id)!, change);
    this.#orders.set(id, order);
    return order;
  }

  byClientId(clientId: string): Order | null {
    return [...this.#orders.values()].find((order) => order.clientId === clientId) ?? null;
  }
}

export function holding(quantity: string, entryPrice = "100", currentPrice = entryPrice): Position {
  return createPosition({ symbol: "BTC/USDT", quantity, entryPrice, currentPrice });
}

/** Orchestrators on a folder, stopped after each test. */
export function orchestrators(folder: string) {
  const started: GeoSyncOrchestrator[] = [];
  afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));
  return (options: Partial<GeoSyncSystemOptions> = {}): GeoSyncOrchestrator => {
    const orchestrator = new GeoSyncOrchestrator(
      buildGeoSyncSystem({ allowedDataRoots: [folder], ...options }),
    );
    started.push(orchestrator);
    return orchestrator;
  };
}

/** A vectorised strategy that wants nothing. */
export const flat = (prices: Float64Array) => prices.map(() => 0);
