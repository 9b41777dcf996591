import { GeoSyncError } from "../domain/errors.ts";
import { checkpointDigest, type Digest, sameDigest } from "./digest.ts";
import type { Checkpoint } from "./header.ts";
import type { Sqlite } from "./sqlite.ts";

/** Older ones go: the journal has all that is in them. */
const kept = 3;

/** Durable on return. */
export function addCheckpoint(database: Sqlite, origin: Digest, { seq, time, state }: Checkpoint): void {
  const digest = checkpointDigest(origin, seq, time, state);
  database.transaction(() => {
    database
      .prepare("INSERT OR REPLACE INTO checkpoint (seq, time, state, digest) VALUES (?, ?, ?, ?)")
      .run(seq, time, state, digest);
    const latest = `SELECT seq FROM checkpoint ORDER BY seq DESC LIMIT ${kept}`;
    database.prepare(`DELETE FROM checkpoint WHERE seq NOT IN (${latest})`).run();
  });
}

export function latestCheckpointSeq(database: Sqlite): number {
  return Number(database.prepare("SELECT ifnull(max(seq), 0) FROM checkpoint").get()![0]);
}

/** @throws GeoSyncError GEO-SESSION when it is not what was written */
export function latestCheckpoint(database: Sqlite, origin: Digest): Checkpoint | undefined {
  const row = database
    .prepare("SELECT seq, time, state, digest FROM checkpoint ORDER BY seq DESC LIMIT 1")
    .get();
  if (row === undefined) return undefined;
  const [seq, time] = [Number(row[0]), Number(row[1])];
  const [state, digest] = row.slice(2) as [Uint8Array, Digest];
  if (sameDigest(checkpointDigest(origin, seq, time, state), digest)) return { seq, time, state };
  throw new GeoSyncError(
    "GEO-SESSION",
    `${database.path}: expected the checkpoint at entry ${seq} as it was written, found other bytes (the digest differs)`,
    { hint: "The journal was changed after it was written: restore the session's folder from a whole copy." },
  );
}
