import type { Instrument } from "../../domain/instrument.ts";
import type { Json } from "../../domain/signal.ts";
import type { Millis } from "../../domain/time.ts";
import type { SessionSettings } from "./plan.ts";
import { packText, unpackText } from "./text.ts";

/** What a session was asked to be: with its journal, all that a replay needs. Free of secrets: it is stored. */
export interface SessionManifest {
  readonly mode: "paper" | "testnet" | "live";
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly settings: SessionSettings;
  readonly tradeFrom: Millis;
  readonly ticksArePrices: boolean;
  /** Closes that strategies can look back on; none: all of them. */
  readonly historyLimit?: number;
  /** The cash was what the venue had when the session was made. */
  readonly cashOfVenue?: boolean;
}

type Config = { readonly [name: string]: Json };

/** Functions and what is only of this start are left out. */
export function packManifest(manifest: SessionManifest): Config {
  const { signal: _, onLog: __, ...settings } = manifest.settings;
  return JSON.parse(packText({ ...manifest, settings }, noInstruments)) as Config;
}

export function unpackManifest(config: Config): SessionManifest {
  return unpackText(JSON.stringify(config), []) as SessionManifest;
}

/** The settings that differ, each as `name: then, now`. */
export function differences(then: SessionManifest, now: SessionManifest): readonly string[] {
  const [before, after] = [flat(packManifest(then)), flat(packManifest(now))];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name) && !ownOfStart.has(name))
    .filter((name) => name !== "cash" || then.cashOfVenue !== true || now.cashOfVenue !== true)
    .map((name) => `${name}: ${before.get(name) ?? "not set"}, now ${after.get(name) ?? "not set"}`);
}

/** Fixed when the session was made. */
const ownOfStart = new Set(["tradeFrom", "cwd", "historyLimit"]);

function flat(config: Config): ReadonlyMap<string, string> {
  const { settings, ...others } = config;
  const entries = Object.entries({ ...(settings as Config), ...others });
  return new Map(entries.map(([name, value]) => [name, JSON.stringify(value)]));
}

function noInstruments(instrument: Instrument): never {
  throw new TypeError(`a manifest holds no instruments, found ${instrument.symbol}`);
}
