import { flattenTag, type PlaceCommand } from "../../domain/execution.ts";
import type { Fixed } from "../../domain/fixed.ts";
import type { ReasonCode } from "../../domain/reasons.ts";
import type { Leg } from "./leg.ts";
import type { KnownOrder } from "./restored.ts";

/** An order of the engine's on its way through the venue: which orders it takes there, what they fill, how it ends. */
export class Track {
  readonly command: PlaceCommand;
  /** Of an attached exit: the entry it protects. */
  readonly entry: Track | null;
  /** The order whose place it takes. */
  readonly replaced: Track | null;
  /** Filled in its place when it was decided on. */
  readonly filledBefore: bigint;
  /** The order whose place it was to take had ended, or was to be cancelled, when it was decided on. */
  readonly tooLate: boolean;
  readonly #inherited: bigint;
  /** The last order at the venue that it took. */
  leg: Leg | null = null;
  /** How many it has taken that the venue knew. */
  generation: number;
  /** By all of them, in units of the lot. */
  filled: bigint;
  /** Of what they bought, taken as fees. */
  charged: bigint;
  accepted: boolean;
  inDoubt = false;
  cancel: ReasonCode | null;
  /** Why it ended, once that has been told. */
  reason: ReasonCode | null;
  /** Where its stop (or limit) stands when it is not where the command has it. */
  moved: Fixed | null;
  /** After a restart: it may have been sent again under the next name. */
  probes = false;
  /** What it comes to in all once that is known; null before. */
  total: bigint | null = null;
  /** Cut to what is held. */
  clipped = false;

  constructor(known: KnownOrder, entry: Track | null, replaced: Track | null) {
    this.command = known.command;
    this.entry = entry;
    this.replaced = replaced;
    this.filledBefore = known.filledBefore;
    this.#inherited = known.inherited;
    this.generation = known.generation;
    this.filled = known.filled;
    this.charged = known.charged;
    this.accepted = known.accepted;
    this.cancel = known.cancel;
    this.reason = known.ended;
    this.tooLate = known.tooLate;
    this.moved = known.price;
  }

  get number(): number {
    return this.command.number;
  }

  get ended(): boolean {
    return this.reason !== null;
  }

  /** Nothing more will be filled of it, and everything that was has been told. */
  get isOver(): boolean {
    return this.ended && (this.leg === null || this.leg.isDone);
  }

  /** It is there to get out: it goes before orders that only wait for a price. */
  get isProtective(): boolean {
    const { stop, reduceOnly, tag } = this.command;
    return this.entry !== null || (stop !== null && reduceOnly && tag !== flattenTag);
  }

  /** By the order and those whose place it took. */
  get filledInPlace(): bigint {
    return this.filled + (this.replaced?.filledInPlace ?? this.#inherited);
  }
}
