import { existsSync } from "node:fs";
import { GeoSyncError } from "../domain/errors.ts";
import type { SessionFolder } from "./sessionFolder.ts";
import { Sqlite } from "./sqlite.ts";

/** Whoever only looks whether a session runs has the lock for a moment, too. */
const patienceMs = 500;

/**
 * A lock of the operating system, held through SQLite, which knows the ways of each of them: it ends with the process,
 * however that ends.
 */
export class SessionLock {
  readonly #database: Sqlite;

  private constructor(database: Sqlite) {
    this.#database = database;
  }

  /** @returns undefined when another holds it */
  static async take({ lock }: SessionFolder): Promise<SessionLock | undefined> {
    const database = await Sqlite.open(lock, { waitMs: patienceMs });
    try {
      database.exec("BEGIN EXCLUSIVE");
      return new SessionLock(database);
    } catch (error) {
      database.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  /** Whether a process has the session open. */
  static async isHeld({ lock }: SessionFolder): Promise<boolean> {
    if (!existsSync(lock)) return false;
    const database = await Sqlite.open(lock, { readonly: true });
    try {
      database.prepare("SELECT count(*) FROM sqlite_master").get();
      return false;
    } catch (error) {
      if (isBusy(error)) return true;
      throw error;
    } finally {
      database.close();
    }
  }

  release(): void {
    this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof GeoSyncError && error.code === "GEO-SESSION-BUSY";
}
