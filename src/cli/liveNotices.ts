import type { Notice } from "../connectivity/notify/target.ts";
import { formatMoney, formatPercent } from "../report/format.ts";
import type { SessionEvent } from "../run/session/events.ts";
import { eventText } from "./liveText.ts";

type Account = Extract<SessionEvent, { event: "account" }>;

/** Chooses what of a session's events is worth a notice, and sums up each UTC day. */
export class LiveNotices {
  readonly #send: (notice: Notice) => void;
  #session = "geosync";
  #day = "";
  #begun: Account | null = null;
  #latest: Account | null = null;
  #fills = 0;

  constructor(send: (notice: Notice) => void) {
    this.#send = send;
  }

  see(event: SessionEvent): void {
    if (event.event === "started") this.#session = event.session;
    if (event.event === "fill") this.#fills++;
    if (event.event === "account") this.#sumUp(event);
    const kind = kindOf(event);
    if (kind !== null) this.#tell(kind, event.time, eventText(event) ?? "");
  }

  /** What ended the session. */
  failed(error: Error): void {
    this.#tell("error", new Date().toISOString(), `error: ${error.message}`);
  }

  /** With the first picture of a new day. */
  #sumUp(account: Account): void {
    const day = account.time.slice(0, 10);
    const [begun, latest] = [this.#begun, this.#latest];
    this.#latest = account;
    if (day === this.#day) return;
    if (begun !== null && latest !== null) this.#tell("summary", account.time, this.#dayText(begun, latest));
    this.#day = day;
    this.#begun = latest ?? account;
    this.#fills = 0;
  }

  #dayText(begun: Account, { equity, currency, drawdown, positions }: Account): string {
    const gain = Number(equity) / Number(begun.equity) - 1;
    const held = positions.map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(", ") || "nothing";
    const down = drawdown === null ? "" : `, ${formatPercent(-drawdown)} below its peak`;
    return (
      `${this.#day}: equity ${formatMoney(equity)} ${currency} (${formatPercent(gain)} on the day${down}), ` +
      `${this.#fills} fills, holding ${held}`
    );
  }

  #tell(kind: Notice["kind"], time: string, text: string): void {
    this.#send({ kind, time, session: this.#session, text });
  }
}

function kindOf(event: SessionEvent): Notice["kind"] | null {
  switch (event.event) {
    case "started":
    case "fill":
    case "halted":
    case "resumed":
      return event.event;
    case "stopping":
      return "stopped";
    case "status":
      return event.level === "error" ? "error" : null;
    default:
      return null;
  }
}
