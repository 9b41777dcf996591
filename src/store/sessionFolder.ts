import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { GeoSyncError, ValidationError } from "../domain/errors.ts";

/** Where the parts of a session lie. */
export interface SessionFolder {
  readonly name: string;
  readonly path: string;
  readonly journal: string;
  /** An empty database that only serves for its lock. Never to be opened but by SQLite: closing it frees the lock. */
  readonly lock: string;
}

/** `--state-dir`, else GEOSYNC_STATE_DIR, else `.geosync/sessions`, from the working folder. */
export function resolveStateDir(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  const named = [flag, env.GEOSYNC_STATE_DIR].find((value) => value !== undefined && value !== "");
  return resolve(cwd, named ?? ".geosync/sessions");
}

const nameShape = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/;
/** Names of devices on Windows, with any ending. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** @throws ValidationError GEO-OPTION-VALUE for names that could be no folder everywhere, or lead elsewhere */
export function sessionFolder(stateDir: string, name: string): SessionFolder {
  if (!isSessionName(name)) {
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `--session: expected a name of 1 to 64 letters, digits, ".", "_" and "-", found "${name}"`,
      { hint: "A session is a folder of that name; where it lies is for --state-dir." },
    );
  }
  const path = join(resolve(stateDir), name);
  return { name, path, journal: join(path, "journal.db"), lock: join(path, "lock") };
}

function isSessionName(name: string): boolean {
  return nameShape.test(name) && !reserved.test(name);
}

/** Makes the folder, durably. @throws GeoSyncError GEO-OUTPUT */
export function makeFolder({ path }: SessionFolder): void {
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    for (let folder = path; folder.length >= dirname(first).length; folder = dirname(folder)) {
      syncFolder(folder);
      if (folder === dirname(folder)) break;
    }
  } catch (cause) {
    throw new GeoSyncError(
      "GEO-OUTPUT",
      `${path}: expected a folder that can be made: ${(cause as Error).message}`,
      { hint: "Choose a place that you may write to with --state-dir.", cause },
    );
  }
}

/** A new name outlives a loss of power only when its folder is on the disk, too. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return; // has no such thing
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The folders of `stateDir` that hold a journal, by name; none where there is no such folder. @throws GeoSyncError GEO-FILE */
export function sessionNames(stateDir: string): readonly string[] {
  try {
    return readdirSync(stateDir)
      .filter((name) => isSessionName(name) && existsSync(join(stateDir, name, "journal.db")))
      .sort();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new GeoSyncError("GEO-FILE", `--state-dir: expected a folder that can be read: ${message}`, {
      hint: "Name the folder that holds the sessions, one folder each.",
      cause,
    });
  }
}
