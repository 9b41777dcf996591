import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GeoSyncError } from "../domain/errors.ts";

/** Of the steps of a session the journal knows the keys; of halts, and of what concerns several orders, this file. */
const entry = z.object({ key: z.string(), asked: z.string(), orders: z.array(z.string()) });
type Entry = z.infer<typeof entry>;

/** So many are remembered. */
const kept = 1000;

/** Requests that were done once, by the names that their clients gave them, in the folder of the session. */
export class AskedKeys {
  readonly #path: string;
  readonly #entries: Map<string, Entry>;

  constructor(folder: string) {
    this.#path = join(folder, "keys.ndjson");
    this.#entries = new Map(linesOf(this.#path).map((one) => [one.key, one]));
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Does it, unless it was done. @returns the orders that it was about @throws GeoSyncError GEO-CONFLICT */
  once(key: string | null, asked: string, work: () => readonly string[] | null): readonly string[] {
    const found = key === null ? undefined : this.#entries.get(key);
    if (found !== undefined && found.asked !== asked) throw usedBefore(found.key);
    if (found !== undefined) return found.orders;
    const orders = [...(work() ?? [])];
    if (key !== null) this.#add({ key, asked, orders });
    return orders;
  }

  #add(one: Entry): void {
    appendFileSync(this.#path, `${JSON.stringify(one)}\n`, { mode: 0o600 });
    this.#entries.set(one.key, one);
    if (this.#entries.size > kept) this.#entries.delete(this.#entries.keys().next().value!);
  }
}

export function usedBefore(key: string): GeoSyncError {
  return new GeoSyncError("GEO-CONFLICT", `Idempotency-Key "${key}": it was used for another request`);
}

/** The last ones; a line that was cut off when a process died is none. */
function linesOf(path: string): readonly Entry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(-kept - 1)
    .flatMap((line) => {
      try {
        return [entry.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}
