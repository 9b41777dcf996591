import { existsSync } from "node:fs";
import { GeoSyncError } from "../../domain/errors.ts";
import type { SessionHeader } from "../../store/header.ts";
import { sessionFolder } from "../../store/sessionFolder.ts";
import { SessionStore } from "../../store/sessionStore.ts";
import type { Ensemble } from "../ensemble.ts";
import { version } from "../version.ts";
import { differences, packManifest, type SessionManifest, unpackManifest } from "./manifest.ts";

export interface OpenOptions {
  readonly stateDir: string;
  /** Null: the name follows from what is traded, and where. */
  readonly name: string | null;
  readonly manifest: SessionManifest;
  readonly ensemble: Ensemble;
}

export interface OpenedSession {
  readonly store: SessionStore;
  /** That of its first start. */
  readonly manifest: SessionManifest;
}

/** Set when the last word of a session has been spoken: nothing can follow. */
export const finishedKey = "finished";

/**
 * Makes a session, or goes on with the one of that name. Without a name, one that is over or was made with other
 * settings is left alone, and a new one gets a number.
 * @throws GeoSyncError GEO-SESSION when the named one is over or differs, GEO-SESSION-BUSY, GEO-OUTPUT
 */
export async function openSession(options: OpenOptions): Promise<OpenedSession> {
  const { stateDir, name } = options;
  if (name !== null) return openNamed(options, name);
  const base = usualName(options);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? base : `${base}-${number}`;
    const isNew = !existsSync(sessionFolder(stateDir, candidate).journal);
    try {
      return await openNamed(options, candidate);
    } catch (error) {
      const isOther = error instanceof GeoSyncError && error.code === "GEO-SESSION";
      if (isNew || !isOther) throw error;
    }
  }
}

async function openNamed(options: OpenOptions, name: string): Promise<OpenedSession> {
  const { stateDir, manifest, ensemble } = options;
  const store = await SessionStore.open({ stateDir, name, version, create: headerOf(manifest, ensemble) });
  try {
    const made = unpackManifest(store.header.config);
    refuseFinished(store);
    refuseOther(store, differences(made, manifest), ensemble);
    return { store, manifest: made };
  } catch (error) {
    store.close("not started");
    throw error;
  }
}

function headerOf(manifest: SessionManifest, { strategies }: Ensemble): SessionHeader {
  const { name, sha256, params } = strategies[0]!;
  const { mode, venue, symbols, settings } = manifest;
  return {
    mode,
    venue,
    symbols,
    strategy: { name, sha256, params: JSON.parse(JSON.stringify(params)) },
    config: packManifest(manifest),
    seed: settings.seed ?? 1,
  };
}

function refuseFinished(store: SessionStore): void {
  if (store.getState(finishedKey) !== true) return;
  throw new GeoSyncError("GEO-SESSION", `session "${store.folder.name}": it is over, its data had ended`, {
    hint: "Choose another name with --session, or leave it out.",
  });
}

/** Other settings, or another strategy, would not decide what the journal says was decided. */
function refuseOther(store: SessionStore, changed: readonly string[], { strategies }: Ensemble): void {
  const { name, sha256 } = store.header.strategy;
  const now = strategies[0]!;
  const all = [...changed];
  if (now.sha256 !== sha256) all.push(`strategy: ${name} as it was, now ${now.name} (its text has changed)`);
  if (all.length === 0) return;
  throw new GeoSyncError(
    "GEO-SESSION",
    `session "${store.folder.name}": expected the settings it was made with, found ${all.join("; ")}`,
    { hint: "Choose another name with --session to begin anew, or set them back to go on." },
  );
}

/** As `paper-simulated-btc-usdt-momentum`. */
function usualName({ manifest, ensemble }: OpenOptions): string {
  const { mode, venue, symbols } = manifest;
  const parts = [mode, venue, ...symbols.slice(0, 2), ensemble.strategies[0]!.name];
  return parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 56)
    .replace(/^-|-$/g, "");
}
