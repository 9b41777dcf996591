import { formatUnits } from "./fixed.ts";

const zeroDigit = 48;
const point = 46;
const encoder = new TextEncoder();
const mostTexts = 1000;
const minus = Uint8Array.of(45);

interface Known {
  value: number;
  length: number;
  readonly text: Uint8Array;
}

/** How many whole numbers are remembered: a power of 2. */
const remembered = 4;

/** ASCII text as `TextWriter.put` takes it. */
export function ascii(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Appends ASCII text and exact decimals to one growing buffer, without a string for each: a run that trades on every
 * bar writes a gigabyte of decisions.
 */
export class TextWriter {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  readonly #digits = new Uint8Array(32);
  readonly #known: readonly Known[] = Array.from({ length: remembered }, () => {
    return { value: Number.NaN, length: 0, text: new Uint8Array(24) };
  });
  #oldest = 0;
  /** Texts as bytes: a copy is several times faster than characters one by one. */
  readonly #encoded = new Map<string, Uint8Array>();

  /** Bytes made once, by `ascii`, for texts that are always the same. */
  put(text: Uint8Array): void {
    this.#copy(text, text.length);
  }

  /** ASCII that comes again and again, such as names; `json` takes the rest. */
  word(text: string): void {
    const encoded = this.#encoded.get(text) ?? this.#encode(text);
    this.#copy(encoded, encoded.length);
  }

  /** A JSON string of any characters, UTF-8. */
  json(text: string): void {
    const encoded = encoder.encode(JSON.stringify(text));
    this.#reserve(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  /** A number that is likely to be one of the last few: lines tend to repeat times and the numbers of orders. */
  recent(value: number): void {
    for (let i = 0; i < remembered; i++) {
      const known = this.#known[i]!;
      if (known.value !== value) continue;
      this.#copy(known.text, known.length);
      return;
    }
    const from = this.length;
    this.number(value);
    const slot = this.#known[this.#oldest]!;
    const length = this.length - from;
    this.#oldest = (this.#oldest + 1) & (remembered - 1);
    if (length > slot.text.length) return;
    slot.value = value;
    slot.length = length;
    for (let i = 0; i < length; i++) slot.text[i] = this.bytes[from + i]!;
  }

  /** A number as JavaScript writes it; whole ones the short way. */
  number(value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && value === Math.floor(value))
      this.#decimal(value, 0);
    else this.#once(String(value));
  }

  /** units × 10^-scale in its shortest exact form. */
  fixed(units: bigint, scale: number): void {
    const value = Number(units);
    // A double past the safe integers may be another number's.
    if (!Number.isSafeInteger(value) || scale > 20) {
      this.#once(formatUnits(units, scale));
      return;
    }
    if (value < 0) this.#copy(minus, 1);
    this.#decimal(Math.abs(value), scale);
  }

  /** Digits from the last to the first, in small integers: those divide fastest. */
  #decimal(value: number, decimals: number): void {
    const digits = this.#digits;
    const high = Math.floor(value / 1e8);
    let count = putDigits(digits, 0, (value - high * 1e8) | 0, high > 0);
    if (high > 0) count = putDigits(digits, count, high | 0, false);
    while (count <= decimals) digits[count++] = zeroDigit;
    let last = 0;
    while (last < decimals && digits[last] === zeroDigit) last++;
    this.#reserve(count + 1);
    const { bytes } = this;
    let at = this.length;
    for (let i = count - 1; i >= last; i--) {
      bytes[at++] = digits[i]!;
      if (i === decimals && i > last) bytes[at++] = point;
    }
    this.length = at;
  }

  /** ASCII that will hardly come again. */
  #once(text: string): void {
    const { length } = text;
    this.#reserve(length);
    for (let i = 0; i < length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  #copy(encoded: Uint8Array, length: number): void {
    this.#reserve(length);
    const { bytes } = this;
    const at = this.length;
    for (let i = 0; i < length; i++) bytes[at + i] = encoded[i]!;
    this.length = at + length;
  }

  #encode(text: string): Uint8Array {
    const encoded = encoder.encode(text);
    if (this.#encoded.size < mostTexts) this.#encoded.set(text, encoded);
    return encoded;
  }

  #reserve(more: number): void {
    if (this.length + more > this.bytes.length) this.#grow(more);
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** The digits of 0 to 99, units first. */
const pairs = Uint8Array.from(
  { length: 200 },
  (_, i) => zeroDigit + (i % 2 === 0 ? (i >> 1) % 10 : Math.floor(i / 20)),
);

/** Puts the digits of `value` (below 2^31), padded to eight when more follow; returns where they end. */
function putDigits(digits: Uint8Array, from: number, value: number, padded: boolean): number {
  let at = from;
  let rest = value;
  while (rest >= 10) {
    const next = (rest / 100) | 0;
    const pair = (rest - next * 100) << 1;
    digits[at++] = pairs[pair]!;
    digits[at++] = pairs[pair + 1]!;
    rest = next;
  }
  if (rest > 0 || at === from) digits[at++] = zeroDigit + rest;
  if (padded) while (at < from + 8) digits[at++] = zeroDigit;
  return at;
}
