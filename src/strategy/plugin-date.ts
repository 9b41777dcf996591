/**
 * The Date a plugin sees: `new Date()`, `Date.now()` and `Date()` read the engine's clock, and local time is UTC, so
 * that a strategy that asks for `getHours()` decides the same on every machine. Texts without a zone are UTC, too.
 * Only the language of `toLocale…String` remains the machine's.
 */
export function createPluginDate(now: () => number): DateConstructor {
  class PluginDate extends Date {
    constructor(...args: readonly unknown[]) {
      super(millisOf(args, now));
    }

    static override now(): number {
      return Math.floor(now());
    }

    static override parse(text: string): number {
      return parseUtc(String(text));
    }

    /** The engine's dates and the plugin's are both dates. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Date[Symbol.hasInstance](value);
    }
  }
  Object.defineProperty(PluginDate, "name", { value: "Date" });
  Object.defineProperties(PluginDate.prototype, localIsUtc());
  // `Date()` without `new` gives a text, which a class cannot.
  return new Proxy(PluginDate as unknown as DateConstructor, { apply: () => new PluginDate().toString() });
}

function millisOf(args: readonly unknown[], now: () => number): number {
  if (args.length === 0) return now();
  if (args.length > 1) return Date.UTC(...(args as [number, number]));
  const [value] = args;
  if (value instanceof Date) return value.getTime();
  const plain: unknown = typeof value === "object" && value !== null ? value.valueOf() : value;
  return typeof plain === "number" || plain == null ? Number(plain) : parseUtc(String(plain));
}

/** A text with a zone means that zone; others mean UTC, which saying so in the two ways engines know brings about. */
function parseUtc(text: string): number {
  const zoned = /(?:Z|UTC|GMT|\b[ECMP][SD]T|:\d{2}.*[+-]\d{2}:?\d{2})\s*(?:\(.*\))?$/i;
  if (zoned.test(text)) return Date.parse(text);
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? Date.parse(`${text} UTC`) : time;
}

function localIsUtc(): PropertyDescriptorMap {
  const methods: Record<string, unknown> = { getTimezoneOffset: () => 0 };
  const real = Date.prototype as unknown as Readonly<Record<string, unknown>>;
  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
    methods[`get${part}`] = real[`getUTC${part}`];
    if (part !== "Day") methods[`set${part}`] = real[`setUTC${part}`];
  }
  for (const name of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"] as const) {
    methods[name] = function (this: Date, locales?: string, options?: Intl.DateTimeFormatOptions): string {
      return Date.prototype[name].call(this, locales, { timeZone: "UTC", ...options });
    };
  }
  for (const [name, part] of [
    ["toString", textOf],
    ["toDateString", dayOf],
    ["toTimeString", clockOf],
  ] as const) {
    methods[name] = function (this: Date): string {
      return Number.isNaN(this.getTime()) ? "Invalid Date" : part(this);
    };
  }
  const describe = (value: unknown): PropertyDescriptor => ({ value, writable: true, configurable: true });
  return Object.fromEntries(Object.entries(methods).map(([name, value]) => [name, describe(value)]));
}

/** Mon Jan 01 2024 00:00:00 GMT+0000 (Coordinated Universal Time) */
function textOf(date: Date): string {
  return `${dayOf(date)} ${clockOf(date)}`;
}

function dayOf(date: Date): string {
  const [weekday, day, month, year] = date.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${day} ${year}`;
}

function clockOf(date: Date): string {
  return `${date.toISOString().slice(-13, -5)} GMT+0000 (Coordinated Universal Time)`;
}
