/**
 * A process of its own on a session: `child.mjs <what> <stateDir> <name>`. Bundled and started by processes.ts. It tells
 * what has happened on stdout, a line each, written at once: what is told was so, whenever the process dies.
 */
import { writeSync } from "node:fs";
import type { GeoSyncError } from "../../src/domain/errors.ts";
import { sessionFolder } from "../../src/store/sessionFolder.ts";
import { SessionStore } from "../../src/store/sessionStore.ts";
import { Sqlite } from "../../src/store/sqlite.ts";
import { header, payloadOf } from "./payload.ts";

const [what, stateDir, name] = process.argv.slice(2) as [string, string, string];

try {
  if (what === "look") await look();
  const store = await SessionStore.open({ stateDir, name, version: "1.2.3", create: header });
  tell({ opened: process.pid });
  if (what === "hold") setInterval(() => {}, 1000);
  else if (what === "write") write(store);
} catch (error) {
  const { code, message, hint } = error as GeoSyncError;
  tell({ code, message, hint });
  process.exit(4);
}

/** Has the lock as whoever asks whether a session runs has it, only for longer. */
async function look(): Promise<never> {
  const lock = await Sqlite.open(sessionFolder(stateDir, name).lock, { readonly: true });
  lock.exec("BEGIN");
  lock.prepare("SELECT count(*) FROM sqlite_master").get();
  tell({ looking: process.pid });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
  lock.close();
  process.exit(0);
}

/** Until it is killed, or can write no more. */
function write(store: SessionStore): void {
  for (let commits = 1; ; commits++) {
    const batch = 1 + (commits % 5);
    for (let i = 1, from = store.committedSeq; i <= batch; i++) {
      if (store.append(1, (from + i) * 10, payloadOf(from + i)) !== from + i) throw new Error("misnumbered");
    }
    store.commit();
    tell({ committed: store.committedSeq });
    if (commits % 20 === 0) {
      store.checkpoint(store.committedSeq, 0, payloadOf(store.committedSeq));
      tell({ checkpoint: store.committedSeq });
    }
    if (commits % 7 === 0) {
      store.putState("commits", store.committedSeq);
      tell({ state: store.committedSeq });
    }
  }
}

function tell(message: object): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
