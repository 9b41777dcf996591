import { toJson } from "../contract.ts";
import type { Channel, Update } from "../feed.ts";
import type { Frame } from "./messages.ts";
import type { Spelling } from "./spelling.ts";

export type Decimals = "number" | "string";

/** A client's wish for one channel. */
export interface Wish {
  readonly channel: Channel;
  readonly spelling: Spelling;
  readonly decimals: Decimals;
}

export function frameText(frame: Frame, decimals: Decimals = "number"): Buffer {
  return Buffer.from(toJson(frame, decimals));
}

/** An update as frames: made once for all clients that want it written the same way. */
export class Writing {
  readonly update: Update;
  readonly #frames = new Map<string, Buffer | null>();

  constructor(update: Update) {
    this.update = update;
  }

  /** Null: it is of no symbol that was asked for. */
  for({ spelling, decimals }: Wish): Buffer | null {
    const { symbol, channel } = this.update;
    const spelled = symbol === null ? null : spelling.of(symbol);
    if (symbol !== null && spelled === null) return null;
    // Only positions are of several symbols.
    const key = `${decimals} ${channel === "positions" ? spelling.signature : (spelled ?? "")}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame = this.#make(spelling, spelled, decimals);
    this.#frames.set(key, frame);
    return frame;
  }

  #make(spelling: Spelling, spelled: string | null, decimals: Decimals): Buffer {
    const { channel, seq } = this.update;
    let { data } = this.update;
    if (spelled !== null) data = { ...data, symbol: spelled };
    if ("positions" in data) data = { positions: spelling.select(data.positions as never) };
    return frameText({ type: "update", channel, seq, data }, decimals);
  }
}
