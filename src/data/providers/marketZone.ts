import { ConnectionError } from "../../domain/errors.ts";
import { type Millis, parseIso } from "../../domain/time.ts";

/** The wall clock of a market, which providers stamp their bars by. */
export class MarketZone {
  readonly #format: Intl.DateTimeFormat;

  /** @param name of the tz database: US/Eastern. @throws ConnectionError GEO-VENUE-ANSWER for one that is not in it */
  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat("en-US", { ...fields, timeZone: name });
    } catch (cause) {
      throw new ConnectionError(`expected the name of a time zone, found ${JSON.stringify(name)}`, {
        code: "GEO-VENUE-ANSWER",
        cause,
      });
    }
  }

  /** Of `2024-01-12 19:55:00` there; undefined for no time, and for one that the clock shows twice or never. */
  timeOf(local: string): Millis | undefined {
    const asUtc = /[Zz+]|UTC/.test(local) ? undefined : parseIso(local);
    if (asUtc === undefined) return undefined;
    // The clock is changed by hours, so that a day away it shows the offset before and after.
    const offsets = new Set([this.#offsetAt(asUtc - 86_400_000), this.#offsetAt(asUtc + 86_400_000)]);
    const times = [...offsets].filter((offset) => this.#offsetAt(asUtc - offset) === offset);
    return times.length === 1 ? asUtc - times[0]! : undefined;
  }

  /** When the day of that date is over. */
  endOfDay(date: string): Millis {
    const next = Date.parse(`${date}T00:00:00Z`) + 86_400_000;
    return next - this.#offsetAt(next);
  }

  /** What is added to UTC, ms. */
  #offsetAt(time: Millis): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(time)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second } = parts as Record<string, number>;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
  }
}

const fields: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
  hourCycle: "h23",
};

/** Shares in the USA. */
export const newYork = "America/New_York";
