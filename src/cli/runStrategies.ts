import { GeoSyncError } from "../domain/errors.ts";
import type { Json } from "../domain/signal.ts";
import { createEnvironment, describeParams, toDefinition } from "../strategy/index.ts";
import {
  bundleStrategy,
  evaluateBundle,
  findStrategy,
  listStrategies,
  type StrategyFile,
  scrubCredentials,
} from "../strategy/loader.ts";
import type { Session } from "./session.ts";

/** What `geosync strategies --json` prints: schema geosync.strategies/1. */
interface StrategiesDocument {
  readonly schema: "geosync.strategies/1";
  readonly strategies: readonly StrategyEntry[];
}

export interface StrategyEntry {
  /** What to call it on the command line. */
  readonly name: string;
  readonly path: string;
  /** It came with geosync. */
  readonly shipped: boolean;
  readonly description: string;
  readonly form: "definition" | "class" | "vector" | null;
  readonly params: readonly ParamEntry[];
  /** Why it can't be run; null when it can. */
  readonly problem: string | null;
}

export interface ParamEntry {
  readonly name: string;
  readonly type: string;
  readonly default: Json;
  readonly required: boolean;
  readonly description: string;
}

/** @throws GeoSyncError GEO-UNKNOWN-STRATEGY, or what loading the named one throws */
export async function runStrategies(
  { name, json }: { readonly name: string | undefined; readonly json: boolean },
  session: Session,
): Promise<void> {
  scrubCredentials();
  const strategies =
    name === undefined ? await describeAll(session.cwd) : [await describeOne(name, session.cwd)];
  if (json) {
    const document: StrategiesDocument = { schema: "geosync.strategies/1", strategies };
    return session.print([JSON.stringify(document, null, 2), "\n"]);
  }
  const { renderOne, renderList } = await import("./strategyText.ts");
  await session.print([
    name === undefined ? renderList(strategies, session) : renderOne(strategies[0]!, session),
  ]);
}

async function describeOne(name: string, cwd: string): Promise<StrategyEntry> {
  const path = findStrategy(name, { cwd });
  const known = listStrategies({ cwd }).find((file) => file.path === path);
  return load(known ?? { name, path, shipped: false });
}

/** One that can't be loaded is listed with its problem: the others can still be run. */
async function describeAll(cwd: string): Promise<readonly StrategyEntry[]> {
  const entries: StrategyEntry[] = [];
  for (const file of listStrategies({ cwd })) {
    try {
      entries.push(await load(file));
    } catch (error) {
      if (!(error instanceof GeoSyncError)) throw error;
      entries.push({ ...file, description: "", form: null, params: [], problem: error.message });
    }
  }
  return entries;
}

async function load(file: StrategyFile): Promise<StrategyEntry> {
  const bundle = await bundleStrategy(file.path);
  const plugin = evaluateBundle(
    bundle,
    createEnvironment(idle, () => {}),
  );
  const { definition, form } = toDefinition(plugin, { name: bundle.name });
  const params = describeParams(definition).map((param) => ({ ...param, default: param.default ?? null }));
  return { ...file, description: definition.description ?? "", form, params, problem: null };
}

/** Nothing runs while strategies are listed. */
const idle = { now: () => 0, random: () => 0, setTimer: () => 0, clearTimer: () => {} };
