import { readRiskPolicy } from "../../config/riskPolicy.ts";
import { describe } from "../../domain/decimal.ts";
import { ValidationError } from "../../domain/errors.ts";
import type { Order } from "../../domain/order.ts";
import type { Credentials, DataSource, ExecutionAdapter } from "../../domain/ports.ts";
import type { RiskLimits } from "../../domain/riskLimits.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { normalizeSymbol, normalizeVenue } from "../../domain/symbol.ts";
import type { Millis } from "../../domain/time.ts";
import { type FeatureOptions, FeaturePipeline } from "../../features/index.ts";
import type { SimulationSettings } from "../options.ts";
import { type DataLimits, DataRoots, usualLimits } from "./dataRoots.ts";

/** Where orders for a venue go, and where its prices come from. */
export interface VenueOptions {
  /** @default a simulated venue with the fills and costs of a backtest */
  readonly adapter?: ExecutionAdapter | undefined;
  /** For the adapter. @default empty, as simulated venues ask for none */
  readonly credentials?: Credentials | undefined;
  /** Its prices. @default the last close of what was run */
  readonly source?: DataSource | undefined;
  /** Subscribed to at the source from the start; others as they are run or traded. */
  readonly symbols?: readonly string[] | undefined;
  /** How the risk policy sees the account: on a cash account sells only reduce. @default that of `simulation`, else "cash" */
  readonly account?: "cash" | "margin" | undefined;
}

export interface GeoSyncSystemOptions {
  /** Folders that market data may be read from; links out of them are not followed. */
  readonly allowedDataRoots: readonly string[];
  /** By name. @default a simulated BINANCE, and a simulated venue of the name that each run's source has */
  readonly venues?: Readonly<Record<string, VenueOptions>> | undefined;
  /** Which features there are, and over how many bars. */
  readonly features?: FeatureOptions | undefined;
  /** Limits for backtests and orders, as the file of `--risk` has them: docs/risk.md. */
  readonly risk?: Readonly<Record<string, unknown>> | undefined;
  /** Money, costs and fills of backtests and simulated venues. */
  readonly simulation?: Partial<Omit<SimulationSettings, "risk">> | undefined;
  readonly limits?: Partial<DataLimits> | undefined;
  /** Where relative paths begin. @default process.cwd() */
  readonly cwd?: string | undefined;
  /** Between two looks at open orders, at a venue that has no stream of news, in ms. @default 1000 */
  readonly pollMs?: number | undefined;
  /** The clock of orders and of the risk policy. @default Date.now */
  readonly now?: (() => Millis) | undefined;
  /** Called with every change of an order. */
  readonly onOrder?: ((order: Order, venue: string) => void) | undefined;
  /** What went wrong in the live loop, which goes on: news that could not be asked for, a source that failed. */
  readonly onProblem?: ((error: unknown, venue: string) => void) | undefined;
}

/** A system, put together and checked; `GeoSyncOrchestrator` runs it. */
export interface GeoSyncSystem {
  readonly featurePipeline: FeaturePipeline;
  readonly dataRoots: DataRoots;
  readonly limits: DataLimits;
  readonly risk: RiskLimits | null;
  readonly simulation: Partial<SimulationSettings>;
  /** By normalised name; null when none were named. */
  readonly venues: ReadonlyMap<string, VenueOptions> | null;
  readonly cwd: string;
  readonly pollMs: number;
  readonly now: () => Millis;
  readonly onOrder: (order: Order, venue: string) => void;
  readonly onProblem: (error: unknown, venue: string) => void;
}

const members = [
  ...["allowedDataRoots", "venues", "features", "risk", "simulation", "limits"],
  ...["cwd", "pollMs", "now", "onOrder", "onProblem"],
];
const venueMembers = ["adapter", "credentials", "source", "symbols", "account"];

/** @throws ValidationError naming the option: GEO-USAGE, GEO-OPTION-VALUE, GEO-CONFIG, GEO-VALUE */
export function buildGeoSyncSystem(options: GeoSyncSystemOptions): GeoSyncSystem {
  checkMembers(options, "buildGeoSyncSystem", members);
  const { cwd = process.cwd(), pollMs = 1000, now = Date.now } = options;
  const limits = { ...usualLimits, ...options.limits };
  for (const [name, value] of Object.entries({ ...limits, pollMs })) {
    if (!(Number.isInteger(value) && value > 0)) throw wrong(name, "a whole number above 0", value);
  }
  const risk = options.risk === undefined ? null : readRiskPolicy(options.risk, "risk");
  return Object.freeze({
    featurePipeline: new FeaturePipeline(options.features),
    dataRoots: new DataRoots(options.allowedDataRoots, cwd, limits.maxFileBytes),
    limits,
    risk,
    simulation: { ...options.simulation, ...(risk !== null && { risk }) },
    venues: options.venues === undefined ? null : venuesOf(options.venues),
    cwd,
    pollMs,
    now,
    onOrder: options.onOrder ?? (() => {}),
    onProblem: options.onProblem ?? (() => {}),
  });
}

function venuesOf(venues: Readonly<Record<string, VenueOptions>>): ReadonlyMap<string, VenueOptions> {
  const known = new Map<string, VenueOptions>();
  for (const [name, venue] of Object.entries(venues)) {
    const normalized = normalizeVenue(name);
    if (known.has(normalized)) throw wrong("venues", "each venue once", `${name} in two spellings`);
    checkMembers(venue, `venues.${name}`, venueMembers);
    const { adapter, source, symbols, account } = venue;
    checkMethods(adapter, `venues.${name}.adapter`, [
      "connect",
      "disconnect",
      "placeOrder",
      "getOrderStatus",
    ]);
    checkMethods(source, `venues.${name}.source`, ["connect", "disconnect", "subscribe", "unsubscribe"]);
    if (account !== undefined && account !== "cash" && account !== "margin")
      throw wrong(`venues.${name}.account`, "cash or margin", account);
    known.set(normalized, { ...venue, symbols: symbols?.map(normalizeSymbol) });
  }
  return known;
}

function checkMembers(value: unknown, at: string, known: readonly string[]): void {
  if (typeof value !== "object" || value === null) throw wrong(at, "an object", value);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ValidationError("GEO-USAGE", `${at}: unknown member "${unknown}".${didYouMean(unknown, known)}`, {
    hint: `It may hold ${known.join(", ")}.`,
  });
}

function checkMethods(value: unknown, at: string, methods: readonly string[]): void {
  if (value === undefined) return;
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const missing = methods.find((method) => typeof found[method] !== "function");
  if (missing !== undefined) throw wrong(at, `an object with a method ${missing}`, value);
}

function wrong(name: string, expected: string, found: unknown): ValidationError {
  const shown = typeof found === "string" ? found : describe(found);
  return new ValidationError("GEO-OPTION-VALUE", `${name}: expected ${expected}, found ${shown}`);
}
