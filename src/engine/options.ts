import type { Execution } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Savable } from "../domain/picture.ts";
import type { ExecutionGateway } from "../domain/ports.ts";
import type { Random } from "../domain/random.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";
import type { Context, Handlers } from "../strategy/contract.ts";
import type { Decision } from "./decisionLog.ts";
import type { MarketOptions } from "./market.ts";
import type { EquityRecorder } from "./recorder.ts";
import type { SharedDeskOptions } from "./tradingDesk.ts";

/** Where decisions are kept. */
export interface Journal {
  append(time: Millis, decision: Decision): void;
  /** Called before commands leave: what was appended must be safe by then. */
  commit(): void;
}

/** What a strategy brings to its seat at the engine. */
export interface SeatOptions {
  /** Makes the strategy, once, when the first event is about to be handled; or with what it saved. */
  readonly create: (context: Context, saved?: Json) => Handlers;
  /** Bars (or ticks, without bars) a symbol must have had before orders for it count. */
  readonly warmup: number;
  readonly random: Random;
  /** The part of the account's equity that its fractions are of; null: all of it. */
  readonly share: Fixed | null;
}

/** What the desk and the markets need, and what the engine needs besides. */
export interface EngineOptions extends SharedDeskOptions, MarketOptions {
  readonly gateway: ExecutionGateway;
  readonly journal: Journal;
  readonly recorder: EquityRecorder;
  /** Known from the start; others join as they appear. */
  readonly instruments: readonly Instrument[];
  /** One or more, on one account. */
  readonly strategies: readonly SeatOptions[];
  /** Milliseconds from what happens to an order until its strategy hears of it; null: none. The books know at once. */
  readonly answered: (() => number) | null;
  readonly onFill: (fill: Execution, tag: string | null) => void;
  /** What else a checkpoint is to hold, by name: cost models, counts. @default nothing */
  readonly alsoSaved?: Readonly<Record<string, Savable>> | undefined;
}
