/** What a reader that does not read may cost, in characters. */
export interface LineBounds {
  /** From here on the lines that later ones make up for are left out. */
  readonly passing: number;
  /** From here on all are. */
  readonly all: number;
}

/** A session's lines are up to a few hundred characters: a day of bars and account pictures fits many times. */
const usual: LineBounds = { passing: 16 << 20, all: 64 << 20 };
const pieceLength = 1 << 16;

/** What was left out since the last line that told of it. */
class Gap {
  readonly #since = new Date().toISOString();
  readonly #kinds: Record<string, number> = {};
  #count = 0;

  add(kind: string): void {
    this.#kinds[kind] = (this.#kinds[kind] ?? 0) + 1;
    this.#count++;
  }

  /** A line of its own. */
  get text(): string {
    const time = new Date().toISOString();
    const told = { event: "dropped", time, since: this.#since, count: this.#count, kinds: this.#kinds };
    return `${JSON.stringify(told)}\n`;
  }
}

/**
 * Lines on their way to a reader who may be slow, or not there at all: nobody ever waits for it. What it has not taken
 * is kept in order, up to a bound; then bars and the like are left out, at last everything, and once there is room
 * again a line says how many were.
 */
export class BoundedLines {
  readonly #print: (text: string) => Promise<void>;
  readonly #bounds: LineBounds;
  readonly #waiting: string[] = [];
  #gap: Gap | null = null;
  /** Characters waiting, or printed and not taken yet. */
  #length = 0;
  #isFull = false;
  #drained: Promise<void> = Promise.resolve();
  #isDraining = false;

  /** @param print settles when the text was taken */
  constructor(print: (text: string) => Promise<void>, bounds: LineBounds = usual) {
    this.#print = print;
    this.#bounds = bounds;
  }

  /** @param kind what it is, for the count. @param passing whether later lines make up for it */
  push(line: string, kind: string, passing: boolean): void {
    const { passing: most, all } = this.#bounds;
    // Once full, it is to empty by half first: else there would be a gap after every other line.
    this.#isFull = this.#length >= (this.#isFull ? most / 2 : most);
    if (this.#length >= all || (passing && this.#isFull)) {
      this.#gap ??= new Gap();
      this.#gap.add(kind);
      return;
    }
    if (!this.#isFull) this.#tellGap();
    this.#add(line);
    if (!this.#isDraining) this.#drained = this.#drain();
  }

  /** Settles when all is taken. */
  flush(): Promise<void> {
    return this.#drained;
  }

  #add(line: string): void {
    this.#waiting.push(line);
    this.#length += line.length;
  }

  #tellGap(): void {
    if (this.#gap === null) return;
    this.#add(this.#gap.text);
    this.#gap = null;
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    while (this.#waiting.length > 0) {
      const piece = this.#take();
      await this.#print(piece);
      this.#length -= piece.length;
      if (this.#waiting.length === 0) this.#tellGap();
    }
    this.#isDraining = false;
  }

  /** As many lines as make a piece. */
  #take(): string {
    let [piece, lines] = ["", 0];
    while (lines < this.#waiting.length && piece.length < pieceLength) piece += this.#waiting[lines++]!;
    this.#waiting.splice(0, lines);
    return piece;
  }
}
