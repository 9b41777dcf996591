import type { ApiLog, Endpoints } from "../../connectivity/session.ts";
import type { Channel } from "../../data/liveStatus.ts";
import { ValidationError } from "../../domain/errors.ts";
import { parseFixed } from "../../domain/fixed.ts";
import type { Credentials } from "../../domain/ports.ts";
import { isoTime } from "../../domain/time.ts";
import type { SessionStore } from "../../store/sessionStore.ts";
import type { Ensemble } from "../ensemble.ts";
import { openFiles } from "./fileIntake.ts";
import type { Intake } from "./intake.ts";
import type { SessionManifest } from "./manifest.ts";
import { openSession } from "./open.ts";
import { historyLimitOf, loadStrategies, type SessionSettings, warmupOf } from "./plan.ts";
import { Runner, type RunnerOptions, type SessionOutcome } from "./runner.ts";

export interface LiveOptions
  extends Pick<
    RunnerOptions,
    "onExit" | "untilBars" | "signal" | "onEvent" | "accountEveryMs" | "beside" | "staysOpen"
  > {
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

export interface VenueOptions extends LiveOptions {
  readonly mode: "paper" | "testnet" | "live";
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly channels: readonly Channel[];
  readonly endpoints?: Endpoints | undefined;
  /** None are needed on paper. */
  readonly credentials: Credentials | undefined;
  readonly log?: ApiLog | undefined;
  readonly onDrift: "adopt" | "halt";
  /** The session trades with what its venue has of the quote currency, unless its settings name an amount. */
  readonly cashOfVenue: boolean;
}

/** How long a venue is tried to be reached at the start. */
const connectMs = 30_000;

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
  return runOn(manifestOf(intake, "paper", settings, ensemble), {
    ...options,
    ensemble,
    intake,
    venue: () => null,
  });
}

/**
 * Trading at a venue: real orders, in its sandbox or for money, or simulated ones on its data.
 * @throws GeoSyncError: of the venue and credentials (exit code 5), the strategy, the session
 */
export async function liveVenue(options: VenueOptions): Promise<SessionOutcome> {
  const { mode, venue, symbols, credentials, endpoints, log } = options;
  const { openSession: connect } = await import("../../connectivity/openSession.ts");
  const { openVenueIntake } = await import("./venueIntake.ts");
  const ensemble = await loadStrategies(options.settings);
  const testnet = mode === "testnet";
  const { connectWithRetry } = await import("../../connectivity/connectWithRetry.ts");
  // A venue that is just starting, or out of reach for a moment, is waited for.
  let safe = (): Promise<void> | null => null;
  const opening = { venue, testnet, endpoints, credentials, log, safe: () => safe() };
  const session = await connectWithRetry(() => connect(opening), {
    ...{ signal: options.signal, deadlineMs: connectMs },
    onRetry: ({ error }) => {
      const message = `${(error as Error).message} Trying again.`;
      options.onEvent({
        event: "status",
        time: isoTime(Date.now()),
        level: "warning",
        kind: "connecting",
        message,
      });
    },
  });
  try {
    let onPrice: Parameters<typeof openVenueIntake>[0]["onPrice"] = () => {};
    const { timeframe, channels } = options;
    const intake = openVenueIntake({
      ...{ session, symbols, timeframe, channels, warmup: warmupOf(ensemble) },
      onPrice: (symbol, price) => onPrice(symbol, price),
    });
    if (mode === "paper") {
      return await runOn(manifestOf(intake, mode, options.settings, ensemble), {
        ...{ ...options, ensemble, intake },
        venue: () => null,
      });
    }
    const side = await import("./venueSide.ts");
    const adapter = await side.connectAdapter(session, credentials!, symbols);
    const cash = options.cashOfVenue
      ? parseFixed(await side.freeCash(adapter, intake.instruments[0]!.settle))
      : options.settings.cash;
    const settings = { ...options.settings, ...(cash !== undefined && { cash }) };
    const manifest = { ...manifestOf(intake, mode, settings, ensemble), cashOfVenue: options.cashOfVenue };
    return await runOn(manifest, {
      ...{ ...options, ensemble, intake },
      venue: (store) => (instruments, wake) => {
        safe = () => store.durable;
        const id = side.sessionId(store.folder.name, store.header.created);
        const manager = side.orderManagerOf(adapter, {
          ...{ session, instruments, wake, id, onDrift: options.onDrift },
          onStatus: ({ level, code, message }) =>
            options.onEvent({ event: "status", time: isoTime(intake.now()), level, kind: code, message }),
        });
        onPrice = (symbol, price) => manager.onPrice(symbol, price);
        return manager;
      },
    });
  } finally {
    await session.close();
  }
}

function manifestOf(
  intake: Intake,
  mode: SessionManifest["mode"],
  settings: SessionSettings,
  ensemble: Ensemble,
): SessionManifest {
  const { venue, instruments, tradeFrom, ticksArePrices } = intake;
  const symbols = instruments.map(({ symbol }) => symbol);
  const limit = intake.isFinite ? {} : { historyLimit: historyLimitOf(ensemble) };
  return { mode, venue, symbols, settings, tradeFrom, ticksArePrices, ...limit };
}

interface RunOn extends LiveOptions {
  readonly ensemble: Ensemble;
  readonly intake: Intake;
  readonly venue: (store: SessionStore) => RunnerOptions["venue"];
}

async function runOn(asked: SessionManifest, options: RunOn): Promise<SessionOutcome> {
  const { stateDir, name, ensemble, intake } = options;
  const { store, manifest } = await openSession({ stateDir, name, manifest: asked, ensemble });
  let reason: string | undefined;
  try {
    const venue = options.venue(store);
    const outcome = await new Runner({ ...options, store, manifest, venue }).run();
    reason = outcome.document.session.stopped;
    return outcome;
  } catch (error) {
    throw ensemble.strategies.reduce((blamed, { blame }) => blame(blamed), error);
  } finally {
    store.close(reason);
    await intake.close();
  }
}
