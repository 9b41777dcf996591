import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { SessionHeader } from "../../src/store/header.ts";
import { SessionStore, type StoreOptions } from "../../src/store/sessionStore.ts";

export const header: SessionHeader = {
  mode: "testnet",
  venue: "binance",
  symbols: ["BTC/USDT"],
  strategy: { name: "momentum", sha256: "ab".repeat(32), params: { lookback: 60 } },
  config: { cash: "10000", timeframe: "1m" },
  seed: 7,
};

/** A folder for sessions that goes with the test. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "geosync-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openStore(
  stateDir: string,
  options: Partial<StoreOptions> = {},
): Promise<SessionStore> {
  const store = await SessionStore.open({
    stateDir,
    name: "s1",
    version: "1.2.3",
    create: header,
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (payload: Uint8Array): string => Buffer.from(payload).toString("utf8");

/** `n` entries, committed one by one. */
export function fill(store: SessionStore, n: number, payload = "payload"): void {
  for (let i = 0; i < n; i++) {
    store.append(1, i, bytes(`${payload} ${i}`));
    store.commit();
  }
}
