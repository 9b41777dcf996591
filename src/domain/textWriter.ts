import { formatUnits } from "./fixed.ts";
import { nearestDouble } from "./wholeNumbers.ts";

const zeroDigit = 48;
const point = 46;
const minus = 45;
const encoder = new TextEncoder();
const mostTexts = 1000;

/** How many whole numbers are remembered: a power of 2. */
const remembered = 4;

/**
 * ASCII text made to be copied: eight bytes at a time, kept as a double. (No eight ASCII bytes are a NaN, whose bits
 * might not survive.) The last of them is filled up with zeros.
 */
export interface Ascii {
  readonly words: Float64Array;
  readonly length: number;
}

/** Room for all but the longest numbers. */
const knownWords = 3;

/** `text` as `TextWriter.put` takes it. */
export function ascii(text: string): Ascii {
  return asciiOf(encoder.encode(text));
}

function asciiOf(bytes: Uint8Array): Ascii {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Float64Array.from({ length: padded.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
  return { words, length: bytes.length };
}

/**
 * Appends ASCII text and exact decimals to one growing buffer, without a string for each: a run that trades on every
 * bar writes a gigabyte of decisions.
 */
export class TextWriter {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  #view = new DataView(this.bytes.buffer);
  /** Numbers written before, and their texts. */
  readonly #known = new Float64Array(remembered).fill(Number.NaN);
  readonly #knownTexts: readonly { readonly words: Float64Array; length: number }[] = Array.from(
    { length: remembered },
    () => ({ words: new Float64Array(knownWords), length: 0 }),
  );
  #oldest = 0;
  readonly #encoded = new Map<string, Ascii>();

  /** Bytes made once, by `ascii` or `since`, for texts that are always the same. */
  put({ words, length }: Ascii): void {
    const at = this.length;
    this.#reserve(words.length * 8);
    const view = this.#view;
    for (let i = 0; i < words.length; i++) view.setFloat64(at + i * 8, words[i]!, true);
    this.length = at + length;
  }

  /** What was written from there on, to be put again. */
  since(from: number): Ascii {
    return asciiOf(this.bytes.subarray(from, this.length));
  }

  /** ASCII that comes again and again, such as names; `json` takes the rest. */
  word(text: string): void {
    this.put(this.#encoded.get(text) ?? this.#encode(text));
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
    const known = this.#known;
    for (let i = 0; i < remembered; i++) {
      if (known[i] !== value) continue;
      this.put(this.#knownTexts[i]!);
      return;
    }
    const from = this.length;
    this.number(value);
    this.#remember(value, from);
  }

  #remember(value: number, from: number): void {
    const length = this.length - from;
    if (length > knownWords * 8) return;
    this.#reserve((knownWords + 1) * 8);
    const view = this.#view;
    // Whatever stands behind must not make a NaN of the last word.
    view.setFloat64(this.length, 0, true);
    const text = this.#knownTexts[this.#oldest]!;
    this.#known[this.#oldest] = value;
    this.#oldest = (this.#oldest + 1) & (remembered - 1);
    text.length = length;
    for (let i = 0; i < knownWords; i++) text.words[i] = view.getFloat64(from + i * 8, true);
  }

  /** A number as JavaScript writes it; whole ones the short way. */
  number(value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && value === Math.floor(value)) this.#whole(value);
    else this.#once(String(value));
  }

  /** units × 10^-scale in its shortest exact form. */
  fixed(units: bigint, scale: number): void {
    const value = nearestDouble(units);
    // A double past the safe integers may be another number's.
    if (!Number.isSafeInteger(value) || scale > 16) {
      this.#once(formatUnits(units, scale));
      return;
    }
    const size = Math.abs(value);
    if (value < 0) this.#byte(minus);
    const unit = powers[scale]!;
    let whole = Math.floor(size / unit);
    // The quotient may have been rounded up to the next whole number.
    if (whole * unit > size) whole--;
    this.#whole(whole);
    if (size !== whole * unit) this.#fraction(size - whole * unit, scale);
  }

  #whole(value: number): void {
    if (value < 1e8) this.#digits(value | 0, widthOf(value | 0));
    else {
      const high = Math.floor(value / 1e8);
      this.#digits(high | 0, widthOf(high | 0));
      this.#digits((value - high * 1e8) | 0, 8);
    }
  }

  /** `value` > 0 as so many decimals, zeros at the end left out. */
  #fraction(value: number, decimals: number): void {
    this.#byte(point);
    if (decimals <= 8) {
      this.#decimals(value | 0, decimals);
      return;
    }
    const later = powers[decimals - 8]!;
    const high = Math.floor(value / later);
    const low = value - high * later;
    if (low === 0) this.#decimals(high | 0, 8);
    else {
      this.#digits(high | 0, 8);
      this.#decimals(low | 0, decimals - 8);
    }
  }

  #decimals(value: number, width: number): void {
    let [rest, left] = [value, width];
    for (let next = (rest / 10) | 0; next * 10 === rest; next = (rest / 10) | 0) {
      rest = next;
      left--;
    }
    this.#digits(rest, left);
  }

  /** The last `width` (at most 8) digits of a small integer: those divide fastest. */
  #digits(value: number, width: number): void {
    const from = this.length;
    this.#reserve(8);
    const { bytes } = this;
    let rest = value;
    let at = from + width;
    while (at > from + 1) {
      const next = (rest / 100) | 0;
      const pair = (rest - next * 100) << 1;
      bytes[--at] = pairs[pair]!;
      bytes[--at] = pairs[pair + 1]!;
      rest = next;
    }
    if (at > from) bytes[from] = zeroDigit + (rest % 10);
    this.length = from + width;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** ASCII that will hardly come again. */
  #once(text: string): void {
    const { length } = text;
    this.#reserve(length);
    for (let i = 0; i < length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  #encode(text: string): Ascii {
    const encoded = ascii(text);
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
    this.#view = new DataView(grown.buffer);
  }
}

const powers = Float64Array.from({ length: 17 }, (_, n) => Number(`1e${n}`));

/** The digits of 0 to 99, units first. */
const pairs = Uint8Array.from(
  { length: 200 },
  (_, i) => zeroDigit + (i % 2 === 0 ? (i >> 1) % 10 : Math.floor(i / 20)),
);

/** How many digits a whole number below 10^8 has. */
function widthOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
}
