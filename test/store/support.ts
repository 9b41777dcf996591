import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { SessionStore, type StoreOptions } from "../../src/store/sessionStore.ts";
import { header } from "./payload.ts";

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

/** `n` entries, committed `batch` at a time. */
export function fill(store: SessionStore, n: number, payload = "payload", batch = 1): void {
  for (let i = 1; i <= n; i++) {
    store.append(1, i, bytes(`${payload} ${i}`));
    if (i % batch === 0 || i === n) store.commit();
  }
}
