/** Integers whose zigzag form is exact in a double. */
export const largestPacked = 2 ** 51;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Appends numbers and texts to one growing buffer; integers take as few bytes as they need (LEB128, zigzag). */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 12);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  /** What was written since the last call; valid until the next write. */
  take(): Uint8Array {
    const written = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return written;
  }

  /** A whole number of 0 or more, at most 2^53. */
  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.length++] = rest;
  }

  /** A whole number of at most `largestPacked`, of either sign. */
  int(value: number): void {
    this.uint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  text(value: string): void {
    const encoded = encoder.encode(value);
    this.uint(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const longestPlain = 24;

/** Reads what `ByteWriter` wrote. */
export class ByteReader {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Doubles are read here: a view of each payload would take longer to make than most payloads to read. */
  readonly #scratch = new DataView(new ArrayBuffer(8));
  #at = 0;

  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint(): number {
    let value = 0;
    let weight = 1;
    let byte = this.#bytes[this.#at++]!;
    while (byte >= 128) {
      value += (byte - 128) * weight;
      weight *= 128;
      byte = this.#bytes[this.#at++]!;
    }
    return value + byte * weight;
  }

  int(): number {
    const folded = this.uint();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  double(): number {
    for (let i = 0; i < 8; i++) this.#scratch.setUint8(i, this.#bytes[this.#at++]!);
    return this.#scratch.getFloat64(0, true);
  }

  text(): string {
    const end = this.uint() + this.#at;
    const bytes = this.#bytes;
    // Ids of trades are short and plain, and there is one for each: no decoder is as quick.
    if (end - this.#at <= longestPlain) {
      let text = "";
      let at = this.#at;
      while (at < end && bytes[at]! < 128) text += String.fromCharCode(bytes[at++]!);
      if (at === end) {
        this.#at = end;
        return text;
      }
    }
    const value = decoder.decode(bytes.subarray(this.#at, end));
    this.#at = end;
    return value;
  }
}
