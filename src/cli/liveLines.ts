import type { SessionEvent } from "../run/session/events.ts";
import { eventText } from "./liveText.ts";
import type { Session } from "./session.ts";

/** Where a session's events are shown. */
export interface LiveOutput {
  /** Between two pictures of the account, real ms. */
  readonly accountEveryMs: number;
  show(event: SessionEvent): void;
  /** Before anything happens. */
  tell(text: string): void;
  /** Nothing more is shown. */
  close(): void;
}

/** For programs: each event a line of JSON on stdout. */
export function jsonLines(session: Session): LiveOutput {
  return {
    accountEveryMs: 5000,
    show: (event) => void session.print([`${JSON.stringify(event)}\n`]),
    tell: () => {},
    close: () => {},
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
