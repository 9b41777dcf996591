import { type Entry, entryKinds } from "./ledger.ts";
import type { RowFormat } from "./rowFormat.ts";
import type { Definition } from "./stepWriter.ts";
import { packInstrument, unpackInstrument } from "./text.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function packDefinition(definition: Definition): Uint8Array {
  const text =
    definition.kind === "instrument"
      ? packInstrument(definition.instrument)
      : JSON.stringify(definition.format);
  return encoder.encode(text);
}

export function unpackDefinition({ kind, payload }: Entry): Definition {
  const text = decoder.decode(payload);
  return kind === entryKinds.instrument
    ? { kind: "instrument", instrument: unpackInstrument(text) }
    : { kind: "format", format: JSON.parse(text) as RowFormat };
}
