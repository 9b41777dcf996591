import type { SessionEvent } from "../run/session/events.ts";
import { BoundedLines } from "./boundedLines.ts";
import { eventText } from "./liveText.ts";
import type { Session } from "./session.ts";

/** Where a session's events are shown. */
export interface LiveOutput {
  /** Between two pictures of the account, real ms. */
  readonly accountEveryMs: number;
  show(event: SessionEvent): void;
  /** Before anything happens. */
  tell(text: string): void;
  /** Nothing more is shown; settles when all that was is out. */
  close(): void | Promise<void>;
}

/** Those that the next of their kind makes up for. */
const passing: ReadonlySet<SessionEvent["event"]> = new Set(["bar", "account"]);

/** For programs: each event a line of JSON on stdout, which nobody has to read for the session to go on. */
export function jsonLines(session: Session): LiveOutput {
  const lines = new BoundedLines((text) => session.print([text]));
  return {
    accountEveryMs: 5000,
    show: (event) => lines.push(`${JSON.stringify(event)}\n`, event.event, passing.has(event.event)),
    tell: () => {},
    close: () => lines.flush(),
  };
}

/** For logs, and terminals that know nothing: lines of text on stderr. */
export function plainLines(session: Session): LiveOutput {
  return {
    accountEveryMs: 5000,
    show: (event) => {
      const text = eventText(event);
      if (text !== null) session.note(`${event.time} ${text}`);
    },
    tell: (text) => session.note(text),
    close: () => {},
  };
}
