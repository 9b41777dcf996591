import { sliceChunk } from "../../data/sliceChunk.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { MarketChunk, MarketEvent } from "../../domain/market.ts";
import type { MarketStream } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";
import { unpackDefinition } from "../session/definitions.ts";
import { entryKinds, type Ledger } from "../session/ledger.ts";
import type { Step } from "../session/step.ts";
import { StepReader } from "../session/stepReader.ts";

/** The market data that a session was given, from its journal: afresh from the top each time. */
export function journalMarket(
  ledger: Pick<Ledger, "entries">,
  instruments: readonly Instrument[],
): MarketStream {
  return {
    async *events() {
      let last = Number.NEGATIVE_INFINITY;
      for (const chunk of chunksOf(ledger, instruments)) {
        const rows = neverBefore(chunk, last);
        last = rows.times[rows.length - 1]!;
        yield rows;
      }
    },
  };
}

function* chunksOf(
  ledger: Pick<Ledger, "entries">,
  instruments: readonly Instrument[],
): Generator<MarketChunk> {
  const reader = new StepReader(instruments);
  for (const block of ledger.entries()) {
    const steps: Step[] = [];
    for (const entry of block) {
      if (entry.kind === entryKinds.step) steps.push(reader.read(entry.time, entry.payload));
      else if (entry.kind === entryKinds.instrument || entry.kind === entryKinds.format) {
        reader.define(unpackDefinition(entry));
      }
    }
    reader.seal();
    yield* runsOf(steps.flatMap(({ events }) => events));
  }
}

/** Rows that follow each other in one chunk, as one piece. */
function* runsOf(events: readonly MarketEvent[]): Generator<MarketChunk> {
  for (let from = 0, to = 0; from < events.length; from = to) {
    const { chunk, row } = events[from]!;
    for (to = from + 1; to < events.length; to++) {
      const next = events[to]!;
      if (next.chunk !== chunk || next.row !== row + to - from) break;
    }
    yield sliceChunk(chunk, row, row + to - from);
  }
}

/** What came late came when the session had it: time does not run backwards. */
function neverBefore(chunk: MarketChunk, last: Millis): MarketChunk {
  let latest = last;
  let isLate = false;
  for (const time of chunk.times) {
    if (time < latest) isLate = true;
    else latest = time;
  }
  if (!isLate) return chunk;
  latest = last;
  return {
    ...chunk,
    times: chunk.times.map((time) => {
      latest = Math.max(latest, time);
      return latest;
    }),
  };
}
