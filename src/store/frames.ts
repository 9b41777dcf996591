import type { Millis } from "../domain/time.ts";

/** Something that entered the engine or left it. */
export interface JournalEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** What the payload is; the meaning is the engine's. 0 to 127. */
  readonly kind: number;
  /** The engine's time. */
  readonly time: Millis;
  /** A view of what was read: copy it to keep it longer than the chunk it came in. */
  readonly payload: Uint8Array;
}

export const mostKinds = 128;

/** Set in the byte of the kind when the time that follows is a whole double instead of a difference. */
const doubleTime = 128;
const longestHead = 1 + 8 + 8;

/**
 * Entries one after the other, in three bytes more than their payloads where time stands still:
 * kind (1) · time · length · payload. The time is the difference to the entry before (the first: to 0), in whole ms as
 * a zigzag varint, or a double where that would not be exact. The length is a varint.
 */
export class FrameWriter {
  #bytes = new Uint8Array(1 << 13);
  #length = 0;
  #time = 0;

  get length(): number {
    return this.#length;
  }

  /** Valid until the next `add` or `clear`. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  add(kind: number, time: Millis, payload: Uint8Array): void {
    this.#reserve(longestHead + payload.length);
    const difference = time - this.#time;
    // Differences of whole numbers this small are exact, and so is adding them up again.
    const exact = Number.isInteger(time) && Number.isInteger(difference) && Math.abs(difference) < 2 ** 51;
    this.#bytes[this.#length++] = exact ? kind : kind | doubleTime;
    if (exact) this.#varint(difference < 0 ? -2 * difference - 1 : 2 * difference);
    else this.#double(time);
    this.#varint(payload.length);
    this.#bytes.set(payload, this.#length);
    this.#length += payload.length;
    this.#time = time;
  }

  clear(): void {
    this.#length = 0;
    this.#time = 0;
  }

  #double(value: number): void {
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value);
    this.#length += 8;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.written);
    this.#bytes = grown;
  }
}

/**
 * The entries of a block, numbered from `first`; those before `from` are left out.
 * @returns undefined when the bytes are not `count` whole entries
 */
export function readFrames(
  bytes: Uint8Array,
  first: number,
  count: number,
  from = first,
): readonly JournalEntry[] | undefined {
  const entries: JournalEntry[] = [];
  const reader = new FrameReader(bytes);
  for (let seq = first; seq < first + count; seq++) {
    if (reader.at >= bytes.length) return undefined;
    const head = bytes[reader.at++]!;
    const time = reader.time(head >= doubleTime);
    const length = reader.varint();
    const end = reader.at + length;
    if (!(end <= bytes.length)) return undefined;
    const payload = bytes.subarray(reader.at, end);
    reader.at = end;
    if (seq >= from) entries.push({ seq, kind: head % doubleTime, time, payload });
  }
  return reader.at === bytes.length ? entries : undefined;
}

class FrameReader {
  at = 0;
  readonly #bytes: Uint8Array;
  #time = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  time(asDouble: boolean): Millis {
    return (this.#time = asDouble ? this.#double() : this.#time + this.#zigzag());
  }

  varint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  #zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #double(): number {
    const { buffer, byteOffset, length } = this.#bytes;
    const at = this.at;
    this.at += 8;
    return this.at <= length ? new DataView(buffer, byteOffset + at, 8).getFloat64(0) : Number.NaN;
  }
}
