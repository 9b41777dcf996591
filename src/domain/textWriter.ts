import { formatUnits } from "./fixed.ts";

const zeroDigit = 48;
const largest = BigInt(Number.MAX_SAFE_INTEGER);
const encoder = new TextEncoder();

/**
 * Appends ASCII text and exact decimals to one growing buffer, without a string for each: a run that trades on every
 * bar writes a gigabyte of decisions.
 */
export class TextWriter {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  readonly #digits = new Uint8Array(32);

  /** ASCII only; `json` takes the rest. */
  ascii(text: string): void {
    const { length } = text;
    this.#reserve(length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** A JSON string of any characters, UTF-8. */
  json(text: string): void {
    const encoded = encoder.encode(JSON.stringify(text));
    this.#reserve(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  /** A number as JavaScript writes it; whole ones the short way. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) this.#decimal(value, 0);
    else this.ascii(String(value));
  }

  /** units × 10^-scale in its shortest exact form. */
  fixed(units: bigint, scale: number): void {
    const positive = units >= 0n;
    const magnitude = positive ? units : -units;
    if (magnitude > largest || scale > 20) {
      this.ascii(formatUnits(units, scale));
      return;
    }
    if (!positive) this.ascii("-");
    let value = Number(magnitude);
    let decimals = scale;
    while (decimals > 0 && value % 10 === 0) {
      value /= 10;
      decimals--;
    }
    this.#decimal(value, decimals);
  }

  #decimal(value: number, decimals: number): void {
    // Digits from the last to the first; halves of nine digits, as small integers divide fastest.
    const digits = this.#digits;
    let high = Math.floor(value / 1e9);
    let part = (value - high * 1e9) | 0;
    let count = 0;
    for (;;) {
      const rest = (part / 10) | 0;
      digits[count++] = zeroDigit + (part - rest * 10);
      part = rest;
      if (part !== 0) continue;
      if (high !== 0) {
        while (count % 9 !== 0) digits[count++] = zeroDigit;
        part = (high % 1e9) | 0;
        high = Math.floor(high / 1e9);
        if (part === 0 && high === 0) break;
      } else break;
    }
    while (count <= decimals) digits[count++] = zeroDigit;
    this.#reserve(count + 1);
    for (let i = count - 1; i >= 0; i--) {
      this.bytes[this.length++] = digits[i]!;
      if (i === decimals && i > 0) this.bytes[this.length++] = 46;
    }
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
