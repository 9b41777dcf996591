import type { CostSettings } from "../domain/costs.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { VolumeUnit } from "../domain/instrument.ts";
import type { RiskLimits } from "../domain/riskLimits.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis, Timeframe } from "../domain/time.ts";
import type { BacktestDocument, RunDetails } from "../report/document.ts";

/** Money and execution: what a simulation needs besides data and a strategy. Fractions: 0.001 is 0.1 %. */
export interface SimulationSettings extends CostSettings {
  readonly cash: Fixed;
  readonly account: "cash" | "margin";
  readonly sizing: "fill" | "decision";
  readonly fillLimit: "through" | "touch";
  readonly entryBar: "pessimistic" | "skip";
  readonly collar: Fixed;
  /** The share of a bar's volume that orders may take; null: no limit. Off where the volume's unit is unknown. */
  readonly volumeLimit: Fixed | null;
  /** Of a margin account; multiples and fractions. @default 1 */
  readonly leverage?: Fixed | undefined;
  /** @default 0.5 / leverage */
  readonly maintenanceMargin?: Fixed | undefined;
  /** @default none */
  readonly liquidationFee?: Fixed | undefined;
  /** Yearly, on what is sold short. @default none */
  readonly borrowRate?: Fixed | undefined;
  /** Yearly, on borrowed cash. @default none */
  readonly debtRate?: Fixed | undefined;
  /** The user's own limits. */
  readonly risk?: RiskLimits | undefined;
  readonly seed: number;
  readonly atEnd: "mark" | "close";
}

export const defaultSettings: SimulationSettings = {
  cash: { units: 10_000n, scale: 0 },
  account: "cash",
  sizing: "fill",
  fillLimit: "through",
  entryBar: "pessimistic",
  collar: { units: 5n, scale: 2 },
  volumeLimit: { units: 10n, scale: 2 },
  seed: 1,
  atEnd: "mark",
};

const optionalNames = [
  "leverage",
  "maintenanceMargin",
  "liquidationFee",
  "borrowRate",
  "debtRate",
  "risk",
  "costs",
  "makerFee",
  "takerFee",
  "feePerOrder",
  "feePerUnit",
  "minFee",
  "maxFee",
  "feeCurrency",
  "slippage",
  "spread",
  "impact",
  "latency",
] as const satisfies readonly (keyof SimulationSettings)[];

/** The settings among the options, the defaults where none is given. */
export function settingsOf(options: Partial<SimulationSettings>): SimulationSettings {
  const names = [...(Object.keys(defaultSettings) as (keyof SimulationSettings)[]), ...optionalNames];
  const given = names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return { ...defaultSettings, ...Object.fromEntries(given) };
}

/** A backtest as the command line, the config file or a program asks for it. */
export interface BacktestOptions extends Partial<SimulationSettings> {
  readonly files: readonly string[];
  /** Name of a strategy or path of its file. */
  readonly strategy: string;
  /** Further strategies on the same account; each is given an equal share of equity. */
  readonly also?: readonly AnotherStrategy[] | undefined;
  /** Values may be texts, as the command line gives them. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** A finer file of the same symbol (bars, trades, quotes or a book): orders match on it, strategies don't see it. */
  readonly detail?: string | undefined;
  /** Funding rates of the run's one symbol, a file. */
  readonly funding?: string | undefined;
  /** Where bare names and relative paths are looked up. @default process.cwd() */
  readonly cwd?: string | undefined;
  readonly symbol?: string | undefined;
  readonly venue?: string | undefined;
  readonly timeframe?: Timeframe | undefined;
  /** Inclusive. Bars before it only feed the warm-up. */
  readonly from?: Millis | undefined;
  /** Exclusive. */
  readonly to?: Millis | undefined;
  readonly stamp?: "open" | "close" | undefined;
  readonly badRows?: "refuse" | "skip" | undefined;
  /** Decimal texts. */
  readonly lot?: string | undefined;
  readonly tick?: string | undefined;
  readonly minNotional?: string | undefined;
  readonly multiplier?: string | undefined;
  /** What the volume column counts. @default what its heading says */
  readonly volumeUnit?: VolumeUnit | undefined;
  readonly returns?: "day" | "bar" | undefined;
  readonly periodsPerYear?: number | undefined;
  /** Yearly, a fraction. */
  readonly riskFreeRate?: number | undefined;
  /** Keep decisions, fills and equity of every bar. */
  readonly details?: boolean | undefined;
  /** Tell what happened around this moment, and why. */
  readonly explain?: Millis | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the share of the input read, 0 to 1, and the rows read so far. */
  readonly onProgress?: ((share: number, rows: number) => void) | undefined;
  /** What the strategy logs. */
  readonly onLog?:
    | ((time: Millis, message: string, fields: { readonly [key: string]: Json } | undefined) => void)
    | undefined;
}

/** A strategy beside the first. */
export interface AnotherStrategy {
  /** Name of a strategy or path of its file. */
  readonly strategy: string;
  readonly params?: { readonly [name: string]: Json } | undefined;
}

export interface BacktestOutcome {
  readonly document: BacktestDocument;
  readonly details: RunDetails | null;
}
