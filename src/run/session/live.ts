import { ValidationError } from "../../domain/errors.ts";
import type { Ensemble } from "../ensemble.ts";
import { openFiles } from "./fileIntake.ts";
import type { Intake } from "./intake.ts";
import { openSession } from "./open.ts";
import { loadStrategies, type SessionSettings, warmupOf } from "./plan.ts";
import { Runner, type RunnerOptions, type SessionOutcome } from "./runner.ts";

export interface LiveOptions extends Pick<RunnerOptions, "onExit" | "untilBars" | "signal" | "onEvent"> {
  readonly settings: SessionSettings;
  readonly stateDir: string;
  /** Null: by what is traded. */
  readonly name: string | null;
}

export interface PaperFileOptions extends LiveOptions {
  readonly files: readonly string[];
  /** Times faster than it was; Infinity: as fast as it goes. */
  readonly speed: number;
}

/**
 * Paper trading on files that are played.
 * @throws GeoSyncError: of the files, the strategy, the session (exit codes 2 and 4)
 */
export async function livePaperFile(options: PaperFileOptions): Promise<SessionOutcome> {
  const { settings, files, speed } = options;
  if (files.length === 0) {
    throw new ValidationError("GEO-USAGE", "live --paper: expected --data <file>, found none");
  }
  const ensemble = await loadStrategies(settings);
  const intake = await openFiles({ ...settings, files }, warmupOf(ensemble), speed);
  return runOn(intake, ensemble, options);
}

async function runOn(intake: Intake, ensemble: Ensemble, options: LiveOptions): Promise<SessionOutcome> {
  const { settings, stateDir, name } = options;
  const { venue, instruments, tradeFrom, ticksArePrices } = intake;
  const symbols = instruments.map(({ symbol }) => symbol);
  const asked = { mode: "paper", venue, symbols, settings, tradeFrom, ticksArePrices } as const;
  const { store, manifest } = await openSession({ stateDir, name, manifest: asked, ensemble });
  let reason: string | undefined;
  try {
    const runner = new Runner({ ...options, store, manifest, ensemble, intake, venue: null });
    const outcome = await runner.run();
    reason = outcome.document.session.stopped;
    return outcome;
  } catch (error) {
    throw ensemble.strategies.reduce((blamed, { blame }) => blame(blamed), error);
  } finally {
    store.close(reason);
    await intake.close();
  }
}
