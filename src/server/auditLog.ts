import { closeSync, openSync, writeSync } from "node:fs";
import { GeoSyncError } from "../domain/errors.ts";
import type { AuditEntry } from "./access.ts";

/** Of a request, so much is kept. */
const mostText = 4000;
const secret = /token|secret|password|passphrase|authorization|api_?key|private_?key/i;

/** One line of JSON for each call that changed something, or was to; only its owner may read the file. */
export class AuditLog {
  readonly #path: string;
  readonly #file: number;

  /** @throws GeoSyncError GEO-OUTPUT */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#trying(() => openSync(path, "a", 0o600));
  }

  write({ face, who, from, action, request, outcome }: AuditEntry): void {
    const time = new Date().toISOString();
    const line = { time, face, who, from, action, outcome, request: withoutSecrets(request) };
    this.#trying(() => writeSync(this.#file, `${JSON.stringify(line)}\n`));
  }

  close(): void {
    closeSync(this.#file);
  }

  #trying<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new GeoSyncError("GEO-OUTPUT", `${this.#path}: cannot be written: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

function withoutSecrets(request: unknown): unknown {
  try {
    const text = JSON.stringify(request ?? null, (key, value: unknown) => (secret.test(key) ? "…" : value));
    return text.length > mostText ? `${text.slice(0, mostText)}…` : (JSON.parse(text) as unknown);
  } catch {
    // Nested so deep that nothing can be done with it.
    return "…";
  }
}
