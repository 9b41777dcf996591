import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GeoSyncError } from "../../src/domain/errors.ts";
import type { SessionEvent } from "../../src/run/session/events.ts";
import type { Companion, SessionHandle } from "../../src/run/session/handle.ts";
import { livePaperFile } from "../../src/run/session/live.ts";
import type { SessionOutcome } from "../../src/run/session/runner.ts";

/** A paper session on a file, played at once and then left open: its last price is `closes`' last. */
export interface ServedSession {
  readonly handle: SessionHandle;
  readonly folder: string;
  readonly events: readonly SessionEvent[];
  /** Ends it in order. */
  stop(): Promise<SessionOutcome>;
}

export interface ServedOptions {
  /** Reused: the session goes on where it was left. */
  readonly folder?: string;
  readonly strategy?: string;
  readonly closes?: readonly number[];
  readonly settings?: object;
  readonly beside?: (handle: SessionHandle) => Promise<Companion>;
}

/** Never trades by itself. */
const idleStrategy = `
import { defineStrategy } from "geosync";
export default defineStrategy({ name: "idle", create: () => ({ save: () => null }) });
`;

const usualCloses = [50_000, 50_100, 50_050, 50_200, 50_000];

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "geosync-served-"));
}

/** Resolves when the file has been played to its end and the session waits. */
export async function serveSession(options: ServedOptions = {}): Promise<ServedSession> {
  const { folder = newFolder(), strategy = idleStrategy, closes = usualCloses, settings = {} } = options;
  const data = join(folder, "BTCUSDT_1m.csv");
  const start = Date.UTC(2024, 0, 1);
  const rows = closes.map((close, i) => {
    const time = new Date(start + i * 60_000).toISOString();
    return `${time},${close},${close},${close},${close},10`;
  });
  writeFileSync(data, `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
  const path = join(folder, "strategy.ts");
  writeFileSync(path, strategy);
  const stop = new AbortController();
  const events: SessionEvent[] = [];
  let handle: SessionHandle | null = null;
  let bars = 0;
  let outcome!: Promise<SessionOutcome>;
  const played = new Promise<void>((resolve, reject) => {
    const session = livePaperFile({
      settings: { strategy: path, cwd: folder, symbol: "BTC/USDT", ...settings } as never,
      files: [data],
      speed: Number.POSITIVE_INFINITY,
      stateDir: join(folder, "sessions"),
      name: "served",
      onExit: "keep",
      untilBars: null,
      signal: stop.signal,
      onEvent: (event) => events.push(event),
      staysOpen: true,
      beside: async (made) => {
        handle = made;
        const already = Number.isFinite(made.core.engine.time);
        const unwatch = made.watch({
          onStep: ({ events: rows }) => {
            bars += rows.length;
            if (bars >= closes.length) resolve();
          },
        });
        const companion = await options.beside?.(made);
        if (already) resolve();
        return {
          close: async () => {
            unwatch();
            await companion?.close();
          },
        };
      },
    });
    session.catch(reject);
    outcome = session;
  });
  await played;
  return {
    handle: handle!,
    folder,
    events,
    stop() {
      stop.abort(new GeoSyncError("GEO-TERMINATED", "stopped by the test"));
      return outcome;
    },
  };
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
