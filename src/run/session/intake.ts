import type { Approved, Command, LiveEvent } from "../../domain/execution.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { MarketChunk } from "../../domain/market.ts";
import type { MarketStream } from "../../domain/ports.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Millis } from "../../domain/time.ts";
import type { DriftReport } from "../../execution/live/reconciler.ts";
import type { RestoredOrders } from "../../execution/live/restored.ts";
import type { StatusLevel } from "./events.ts";
import type { Session } from "./session.ts";

export interface IntakeControl {
  /** Of whoever wants the session to stop; `run` then returns or throws the reason. */
  readonly signal: AbortSignal;
  /** The session has had everything up to then; -Infinity when it begins. */
  readonly after: Millis;
  /** The same of bars alone: when the last of them closed. */
  readonly afterBar: Millis;
  /** Asked after each instant. */
  readonly isEnough: () => boolean;
  /** Settles when what was decided has left: more data wait for that. Null: nothing is on its way. */
  readonly untilSent: () => Promise<void> | null;
  /** Of what is held up, lost and found again. */
  readonly onStatus: (status: IntakeStatus) => void;
}

export interface IntakeStatus {
  readonly level: StatusLevel;
  readonly kind: string;
  readonly message: string;
}

/** Where a session's market data come from: files that are played, or a venue. */
export interface Intake {
  readonly venue: string;
  readonly instruments: readonly Instrument[];
  /** Length of the bars; null: there are none. */
  readonly barMs: number | null;
  /** No bars come: each tick counts as one. */
  readonly ticksArePrices: boolean;
  /** From when on orders count, in a session that begins now. */
  readonly tradeFrom: Millis;
  /** Its data end some day, and the session with them. */
  readonly isFinite: boolean;
  /** The time where the data come from. */
  now(): Millis;
  /** Brings data to the session; returns when there are no more, or it is enough. @throws what failed for good */
  run(session: Session, known: readonly Instrument[], control: IntakeControl): Promise<void>;
  close(): Promise<void>;
}

/** The venue's side of a session that trades for real: the order manager, or one that tests make. */
export interface VenueSide {
  take(): readonly LiveEvent[];
  submit(command: Approved<Command>): void;
  /** What the journal knows, before `start`. */
  restore(known: RestoredOrders): void;
  /** Settles what is open by the journal before anything new is sent. */
  start(): Promise<void>;
  cancelAll(reason: ReasonCode, keep?: "nothing" | "protective"): Promise<void>;
  reconcile(): Promise<DriftReport>;
  /** Nothing is in doubt and nothing under way any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The same rows, of the instruments that the session knows: to the engine an instrument is its object. */
export function withInstruments(stream: MarketStream, known: readonly Instrument[]): MarketStream {
  const same = (instrument: Instrument) =>
    known.find(({ symbol }) => symbol === instrument.symbol) ?? instrument;
  return {
    async *events() {
      for await (const chunk of stream.events()) {
        yield { ...chunk, instruments: chunk.instruments.map(same) } as MarketChunk;
      }
    },
  };
}
