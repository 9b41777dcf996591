/** What of a terminal the screen uses. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** Sequences of xterm: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const alternate = "\x1b[?1049h\x1b[?25l";
const normal = "\x1b[?25h\x1b[?1049l";
const home = "\x1b[H";
const restOfLine = "\x1b[K";
const restOfScreen = "\x1b[J";

/** A page on a terminal's second screen: what was on the first one is there again when it closes. */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #redraw: () => void;
  #isOpen = false;
  #shown = "";

  /** @param redraw asked for when the terminal has another size */
  constructor(terminal: Terminal, redraw: () => void) {
    this.#terminal = terminal;
    this.#redraw = () => {
      this.#shown = "";
      redraw();
    };
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: this.#terminal.columns ?? 80, height: this.#terminal.rows ?? 24 };
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#terminal.write(alternate);
    this.#terminal.on("resize", this.#redraw);
    process.on("exit", this.close);
  }

  /** In place, and in one write: nothing is wiped that is written again. */
  draw(lines: readonly string[]): void {
    const page = lines.map((line) => line + restOfLine).join("\r\n");
    if (!this.#isOpen || page === this.#shown) return;
    this.#shown = page;
    this.#terminal.write(home + page + restOfScreen);
  }

  readonly close = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off("exit", this.close);
    this.#terminal.off("resize", this.#redraw);
    this.#terminal.write(normal);
  };
}
