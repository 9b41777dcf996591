import { Chalk } from "chalk";
import type { SessionEvent } from "../run/session/events.ts";
import type { LiveOutput } from "./liveLines.ts";
import { LiveScreen, type Terminal } from "./liveScreen.ts";
import { newView, type ViewState, withEvent, withText } from "./liveViewState.ts";
import { viewText } from "./liveViewText.ts";
import { type Session, showsColor } from "./session.ts";

/** Five times a second: faster than that nobody reads. */
const drawMs = 200;
/** Of what went wrong, so much is told again when the page is gone. */
const keptWarnings = 5;

/** A session on a terminal, drawn in place. */
export class LiveView implements LiveOutput {
  readonly accountEveryMs = drawMs;
  readonly #session: Session;
  readonly #onExit: string;
  readonly #screen: LiveScreen;
  readonly #paint;
  readonly #note: Session["note"];
  #state: ViewState = newView(Date.now());
  #timer: NodeJS.Timeout | null = null;

  constructor(
    session: Session,
    onExit: string,
    terminal: Terminal & { readonly isTTY?: boolean } = process.stderr,
  ) {
    this.#session = session;
    this.#onExit = onExit;
    this.#note = session.note;
    this.#paint = new Chalk({ level: showsColor(terminal, session.env) ? 1 : 0 });
    this.#screen = new LiveScreen(terminal, () => this.#draw());
  }

  show(event: SessionEvent): void {
    this.#state = withEvent(this.#state, event, Date.now());
    if (event.event === "started") this.#open();
    if (event.event === "stopping") this.#draw();
  }

  tell(text: string): void {
    this.#state = withText(this.#state, text, Date.now());
    if (this.#timer === null) this.#note(text);
  }

  close(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#session.note = this.#note;
    this.#screen.close();
    const worth = this.#state.lines.filter(({ level }) => level !== "info").slice(-keptWarnings);
    for (const { time, text } of worth) this.#note(`${time} ${text}`);
  }

  #open(): void {
    if (this.#timer !== null) return;
    // Whatever else is said, an uncaught error above all, is said where it stays.
    this.#session.note = (text) => {
      this.close();
      this.#note(text);
    };
    this.#screen.open();
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), drawMs);
    this.#timer.unref();
  }

  #draw(): void {
    const { width, height } = this.#screen.size;
    const frame = { width, height, now: Date.now(), onExit: this.#onExit, paint: this.#paint };
    this.#screen.draw(viewText(this.#state, frame));
  }
}
