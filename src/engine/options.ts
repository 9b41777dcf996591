import type { Execution } from "../domain/execution.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { ExecutionGateway } from "../domain/ports.ts";
import type { Millis } from "../domain/time.ts";
import type { Context, Handlers } from "../strategy/contract.ts";
import type { Decision } from "./decisionLog.ts";
import type { MarketOptions } from "./market.ts";
import type { EquityRecorder } from "./recorder.ts";
import type { DeskOptions } from "./tradingDesk.ts";

/** Where decisions are kept. */
export interface Journal {
  append(time: Millis, decision: Decision): void;
  /** Called before commands leave: what was appended must be safe by then. */
  commit(): void;
}

/** What the desk and the markets need, and what the engine needs besides. */
export interface EngineOptions extends DeskOptions, MarketOptions {
  readonly gateway: ExecutionGateway;
  readonly journal: Journal;
  readonly recorder: EquityRecorder;
  /** Known from the start; others join as they appear. */
  readonly instruments: readonly Instrument[];
  /** Makes the strategy, once, when the first event is about to be handled. */
  readonly createStrategy: (context: Context) => Handlers;
  readonly onFill: (fill: Execution, tag: string | null) => void;
}
