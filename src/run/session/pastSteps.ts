import type { Instrument } from "../../domain/instrument.ts";
import { entryKinds, type PictureLedger } from "./ledger.ts";
import type { Step } from "./step.ts";
import { StepReader } from "./stepReader.ts";
import type { Definition } from "./stepWriter.ts";

/** Of the journal's end: some hundred ms of reading, at a restart. */
const mostEntries = 100_000;

/** The last steps that a journal holds, oldest first, of the 100,000 entries at its end. */
export function* pastSteps(
  ledger: Pick<PictureLedger, "entries" | "committedSeq">,
  instruments: readonly Instrument[],
  /** All of the journal's. */
  definitions: readonly Definition[],
): Generator<Step> {
  const reader = new StepReader(instruments);
  for (const definition of definitions) reader.define(definition);
  for (const block of ledger.entries(Math.max(1, ledger.committedSeq - mostEntries + 1))) {
    const entries = block.filter(({ kind }) => kind === entryKinds.step);
    const steps = entries.map(({ time, payload }) => reader.read(time, payload));
    reader.seal();
    yield* steps;
  }
}
