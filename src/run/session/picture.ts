import { GeoSyncError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { decodePicture, encodePicture } from "../../domain/picture.ts";
import type { Millis } from "../../domain/time.ts";
import type { Ensemble } from "../ensemble.ts";
import { version } from "../version.ts";
import { packDefinition, unpackDefinition } from "./definitions.ts";
import { entryKinds } from "./ledger.ts";
import type { CoreState } from "./sessionEngine.ts";
import type { Definition } from "./stepWriter.ts";

/** Where a session stands after an entry of its journal. */
export interface SessionPicture {
  readonly steps: number;
  /** Of the last step, and of the last with a bar; -Infinity when there is none. */
  readonly lastTime: Millis;
  readonly lastBar: Millis;
  /** What the journal has defined up to there. */
  readonly definitions: readonly Definition[];
  readonly core: CoreState;
}

interface Written extends Omit<SessionPicture, "definitions"> {
  readonly format: typeof format;
  readonly madeBy: MadeBy;
  readonly definitions: readonly { readonly kind: Definition["kind"]; readonly text: string }[];
}

/** Who can read it: another version may keep other things, or mean something else by them. */
interface MadeBy {
  readonly version: string;
  readonly strategies: readonly string[];
}

const format = "geosync.session-checkpoint/5";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The same state gives the same bytes. */
export function packPicture(
  { definitions, ...picture }: SessionPicture,
  ensemble: Ensemble,
  instruments: readonly Instrument[],
): Uint8Array {
  const written: Written = {
    format,
    madeBy: madeBy(ensemble),
    ...picture,
    definitions: definitions.map((one) => ({ kind: one.kind, text: decoder.decode(packDefinition(one)) })),
  };
  return encoder.encode(encodePicture(written, instruments));
}

/** @throws GeoSyncError GEO-SESSION for one that another version or another strategy made */
export function unpackPicture(
  state: Uint8Array,
  ensemble: Ensemble,
  instruments: readonly Instrument[],
): SessionPicture {
  const written = decodePicture(decoder.decode(state), instruments) as Partial<Written> | null;
  const found = JSON.stringify({ format: written?.format, madeBy: written?.madeBy });
  const expected = JSON.stringify({ format, madeBy: madeBy(ensemble) });
  if (found !== expected)
    throw new GeoSyncError("GEO-SESSION", `checkpoint: expected ${expected}, found ${found}`);
  const { steps, lastTime, lastBar, core, definitions } = written as Written;
  let numbered = 0;
  return {
    ...{ steps, lastTime, lastBar, core },
    definitions: definitions.map(({ kind, text }) => {
      const definition = unpackDefinition({
        ...{ seq: 0, kind: entryKinds[kind], time: 0 },
        payload: encoder.encode(text),
      });
      if (definition.kind === "format") return definition;
      // To the engine an instrument is its object.
      return { kind, instrument: instruments[numbered++] ?? definition.instrument } as Definition;
    }),
  };
}

function madeBy({ strategies }: Ensemble): MadeBy {
  return { version, strategies: strategies.map(({ sha256 }) => sha256) };
}
