import { GeoSyncError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import { type Decision, DecisionLog } from "../../engine/decisionLog.ts";
import type { Journal } from "../../engine/options.ts";
import { unpackDefinition } from "./definitions.ts";
import { type Entry, entryKinds, type Ledger } from "./ledger.ts";
import type { SessionEngine } from "./sessionEngine.ts";
import type { Step } from "./step.ts";
import { StepReader } from "./stepReader.ts";
import type { Definition } from "./stepWriter.ts";

const decoder = new TextDecoder();

/** Where a replay left the recorded path. */
export interface Divergence {
  /** Number of the journal's entry that was being replayed. */
  readonly seq: number;
  readonly time: Millis;
  /** Lines of the log of decisions; null where that side has none. */
  readonly recorded: string | null;
  readonly replayed: string | null;
}

export interface ReplayResult {
  readonly steps: number;
  readonly events: number;
  readonly decisions: number;
  /** Null when every byte was the same. */
  readonly divergence: Divergence | null;
  /** What was decided in the last step and is in no journal: the process ended in the middle of it. */
  readonly unrecorded: Uint8Array;
  readonly definitions: readonly Definition[];
  /** Of the first and the last step; NaN without one. */
  readonly firstTime: Millis;
  readonly lastTime: Millis;
}

/** Which part of a journal is gone through, and where to look up on the way. */
export interface ReplayRange {
  /** The engine is where it was after that entry; null: new. */
  readonly start?: {
    readonly seq: number;
    readonly steps: number;
    readonly lastTime: Millis;
    readonly definitions: readonly Definition[];
  } | null;
  /** Numbers of entries, ascending. */
  readonly marks?: readonly number[];
  /** The engine is where it was after that entry. */
  readonly onMark?: (seq: number) => void;
}

/** A journal that is only read. */
type Recorded = Pick<Ledger, "entries">;

/** Takes the place of a session's journal while it is replayed. */
export class ReplayJournal implements Journal {
  readonly #log = new DecisionLog();

  append(time: Millis, decision: Decision): void {
    this.#log.write(time, decision);
  }

  commit(): void {}

  /** What was decided since the last call; valid until then. */
  take(): Uint8Array {
    const { text } = this.#log;
    if (text.length === 0) return noBytes;
    const bytes = text.bytes.subarray(0, text.length);
    text.length = 0;
    return bytes;
  }
}

/** The instruments of a session: its journal begins with them. The engine of a replay must be made with these very ones. */
export function instrumentsIn(ledger: Recorded): readonly Instrument[] {
  const instruments: Instrument[] = [];
  for (const block of ledger.entries()) {
    for (const entry of block) {
      if (entry.kind === entryKinds.step) return instruments;
      const definition = entry.kind === entryKinds.instrument ? unpackDefinition(entry) : null;
      if (definition?.kind === "instrument") instruments.push(definition.instrument);
    }
  }
  return instruments;
}

/**
 * Gives the engine all that it was given in the session, and compares what it decides, byte for byte, with what it
 * decided then. Stops at the first difference.
 */
export function replay(
  ledger: Recorded,
  instruments: readonly Instrument[],
  engine: SessionEngine,
  journal: ReplayJournal,
  /** Told each step before the engine is. */
  onStep: (step: Step) => void = () => {},
  { start = null, marks = [], onMark = () => {} }: ReplayRange = {},
): ReplayResult {
  const reader = new StepReader(instruments);
  const definitions: Definition[] = [];
  for (const one of start?.definitions ?? []) definitions.push(reader.define(one));
  const counts = { steps: start?.steps ?? 0, events: 0, decisions: 0 };
  const waiting = [...marks];
  const passed = (seq: number) => {
    while (waiting.length > 0 && waiting[0]! <= seq) onMark(waiting.shift()!);
  };
  /** The step last applied, and its decisions that the journal has not been seen to hold yet. */
  let open: { seq: number; time: Millis; decided: Uint8Array } = {
    seq: 0,
    time: start?.lastTime ?? Number.NaN,
    decided: noBytes,
  };
  let firstTime = Number.NaN;
  const ended = (divergence: Divergence | null): ReplayResult => {
    const unrecorded = open.decided.slice();
    return { ...counts, divergence, unrecorded, definitions, firstTime, lastTime: open.time };
  };
  for (const block of ledger.entries((start?.seq ?? 0) + 1)) {
    // All rows first: they share columns, as they would in a file.
    const steps = readSteps(block, reader, definitions);
    let next = 0;
    for (const entry of block) {
      if (entry.kind === entryKinds.step) {
        if (open.decided.length > 0) return ended(differs(open, null));
        passed(entry.seq - 1);
        const step = steps[next++]!;
        onStep(step);
        engine.apply(step);
        if (Number.isNaN(firstTime)) firstTime = step.time;
        counts.steps++;
        counts.events += step.events.length;
        open = { seq: entry.seq, time: entry.time, decided: journal.take() };
      } else if (entry.kind === entryKinds.decisions) {
        const rest = withoutPrefix(open.decided, entry.payload);
        if (rest === null) return ended(differs(open, entry.payload));
        counts.decisions += linesIn(entry.payload);
        open.decided = rest;
      }
    }
  }
  passed(Number.POSITIVE_INFINITY);
  return ended(null);
}

function readSteps(block: readonly Entry[], reader: StepReader, definitions: Definition[]): readonly Step[] {
  const steps: Step[] = [];
  for (const entry of block) {
    if (entry.kind === entryKinds.step) steps.push(reader.read(entry.time, entry.payload));
    else if (entry.kind === entryKinds.instrument || entry.kind === entryKinds.format) {
      definitions.push(reader.define(unpackDefinition(entry)));
    }
  }
  reader.seal();
  return steps;
}

const noBytes = new Uint8Array(0);

/** What of `whole` follows `prefix`; null when it does not begin so. */
function withoutPrefix(whole: Uint8Array, prefix: Uint8Array): Uint8Array | null {
  if (whole.length < prefix.length) return null;
  for (let i = 0; i < prefix.length; i++) if (whole[i] !== prefix[i]) return null;
  return whole.subarray(prefix.length);
}

function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count++;
  return count;
}

function differs(
  { seq, time, decided }: { seq: number; time: Millis; decided: Uint8Array },
  recorded: Uint8Array | null,
): Divergence {
  const ours = decoder.decode(decided).split("\n");
  const theirs = recorded === null ? [] : decoder.decode(recorded).split("\n");
  const first = Math.max(
    0,
    theirs.findIndex((line, i) => line !== ours[i]),
  );
  return { seq, time, recorded: theirs[first] || null, replayed: ours[first] || null };
}

/** For those who cannot go on with it. */
export function divergenceError({ seq, time, recorded, replayed }: Divergence): GeoSyncError {
  const said = (line: string | null) => line ?? "nothing";
  return new GeoSyncError(
    "GEO-REPLAY-DIFFERS",
    `entry ${seq} (${isoTime(time)}): expected ${said(recorded)}, found ${said(replayed)}`,
  );
}
