import type { Account } from "../account/account.ts";
import type { Execution } from "../domain/execution.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { CostEstimate, ExecutionGateway } from "../domain/ports.ts";
import type { Random } from "../domain/random.ts";
import type { Json } from "../domain/signal.ts";
import type { Millis } from "../domain/time.ts";
import type { Context, Handlers } from "../strategy/contract.ts";
import type { Decision } from "./decisionLog.ts";
import type { OrderBook } from "./orderBook.ts";
import type { EquityRecorder } from "./recorder.ts";
import type { Timers } from "./timers.ts";

/** Where decisions are kept. */
export interface Journal {
  append(time: Millis, decision: Decision): void;
  /** Called before commands leave: what was appended must be safe by then. */
  commit(): void;
}

export interface EngineOptions {
  readonly mode: Context["mode"];
  readonly account: Account;
  readonly gateway: ExecutionGateway;
  readonly journal: Journal;
  readonly recorder: EquityRecorder;
  readonly orders: OrderBook;
  readonly timers: Timers;
  readonly random: Random;
  readonly costs: CostEstimate;
  /** `fill`: orders by value get their quantity at the fill. `decision`: at the decision. */
  readonly sizing: "fill" | "decision";
  /** How far below the reference a fill may lie before an order by value is cut, as a fraction. */
  readonly collar: Fixed;
  /** Bars (or ticks, without bars) a symbol must have had before orders for it count. */
  readonly warmup: number;
  /** Orders before it are refused, and nothing before it is measured. */
  readonly tradeFrom: Millis;
  readonly timeframes: readonly string[];
  /** Known from the start; others join as they appear. */
  readonly instruments: readonly Instrument[];
  /** No bars in the run: closes are the ticks themselves. */
  readonly ticksArePrices: boolean;
  /** Makes the strategy, once, when the first event is about to be handled. */
  readonly createStrategy: (context: Context) => Handlers;
  readonly onFill: (fill: Execution, tag: string | null) => void;
  readonly onLog: (
    time: Millis,
    message: string,
    fields: { readonly [key: string]: Json } | undefined,
  ) => void;
}
