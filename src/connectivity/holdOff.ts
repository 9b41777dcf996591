import { ConnectionError } from "../domain/errors.ts";
import { isoTime, type Millis } from "../domain/time.ts";

/** How long to be silent when a venue does not say: a ban lasts two minutes at least. */
const afterBan = 120_000;
const afterTooMany = 5_000;
/** Binance's longest ban. */
const longest = 3 * 86_400_000;

/** The silence that a venue asked for, for all calls of a session: whoever goes on during a ban makes it longer. */
export class HoldOff {
  #until: Millis = 0;

  /** @param headers as ccxt spells them: `Retry-After` */
  heard(status: number, headers: Readonly<Record<string, unknown>>, body: string): void {
    const asked = retryAfter(headers["Retry-After"]) ?? bannedUntil(status, body) ?? byStatus(status, body);
    if (asked === undefined) return;
    this.#until = Math.max(this.#until, Date.now() + Math.min(asked, longest));
  }

  /** Milliseconds still to be silent; 0: speak. */
  get remaining(): number {
    return Math.max(0, this.#until - Date.now());
  }

  /** @throws ConnectionError GEO-VENUE-LIMITED while the silence lasts */
  check(): void {
    if (this.remaining === 0) return;
    throw new ConnectionError(
      `Not sent: the venue asked to be left alone until ${isoTime(this.#until)}, for too many requests.`,
      { code: "GEO-VENUE-LIMITED", hint: "Nothing is sent before then. Run fewer programs on this address." },
    );
  }
}

function retryAfter(header: unknown): number | undefined {
  if (typeof header !== "string" || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Binance: "Way too many requests; IP(…) banned until 1659146400000." */
function bannedUntil(status: number, body: string): number | undefined {
  const match = status === 418 || status === 429 ? /banned until (\d{13})/.exec(body) : null;
  return match === null ? undefined : Math.max(0, Number(match[1]) - Date.now());
}

function byStatus(status: number, body: string): number | undefined {
  if (status === 418) return afterBan;
  // -1015 counts orders; questions may go on.
  return status === 429 && !body.includes("-1015") ? afterTooMany : undefined;
}
