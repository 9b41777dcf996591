import { accountSettings } from "./accountSettings.ts";
import { costSettings } from "./costSettings.ts";
import {
  oneOf,
  type Reader,
  readAmount,
  readNotNegative,
  readPeriods,
  readPositive,
  readRate,
  readSeed,
  readShare,
  readSymbol,
  readText,
  readTime,
  readTimeframe,
  readTimeRange,
  readVenue,
  readVolumeLimit,
} from "./values.ts";

/**
 * Every setting, once. Its name is the key in the config file; flag (`--maker-fee`) and environment variable
 * (`GEOSYNC_MAKER_FEE`) follow from it. Light to load: `--help` needs it.
 */
export interface Setting<T> {
  /** The heading in `--help` it stands under. */
  readonly group: "Strategy" | "Market data" | "Money and orders" | "Measures" | "Output";
  /** How its value is written, such as `<amount>`. */
  readonly syntax: string;
  /** One sentence, without its full stop. */
  readonly description: string;
  /** As a user would write it; read like any other value. */
  readonly default?: string;
  /** The flag, when it is not the name in kebab-case. */
  readonly flag?: string;
  readonly read: Reader<T>;
}

export const settings = {
  strategy: {
    group: "Strategy",
    syntax: "<name|path>",
    description: "Strategy to run: a name that `geosync strategies` lists, or the path of a file",
    read: readText,
  },
  also: {
    group: "Strategy",
    syntax: "<name|path>",
    description: "Another strategy on the same account; repeat the flag for more",
    read: readText,
  },
  params: {
    group: "Strategy",
    syntax: "<key=value>",
    description: "Parameter of the strategy, or of another one: sma-cross.fast=5; repeat the flag for more",
    flag: "--param",
    read: readText,
  },
  seed: {
    group: "Strategy",
    syntax: "<n>",
    description: "Seed of the strategy's random numbers",
    default: "1",
    read: readSeed,
  },
  symbol: {
    group: "Market data",
    syntax: "<symbol>",
    description: "Name of what a file holds, or the one to take from its symbol column",
    read: readSymbol,
  },
  venue: {
    group: "Market data",
    syntax: "<name>",
    description: "Name of the venue, for the report",
    read: readVenue,
  },
  timeframe: {
    group: "Market data",
    syntax: "<1m|4h|1d|…>",
    description:
      "Length of the bars in the files, or of the bars to make from ticks (default: found in the data)",
    read: readTimeframe,
  },
  from: {
    group: "Market data",
    syntax: "<time>",
    description: "First moment to trade, UTC; bars before it only feed the warm-up",
    read: readTime,
  },
  to: {
    group: "Market data",
    syntax: "<time>",
    description: "End of the period, UTC, exclusive",
    read: readTime,
  },
  timerange: {
    group: "Market data",
    syntax: "<from-to>",
    description: "Both in one, either side may be open: 20240101-20240301, 20240101-",
    read: readTimeRange,
  },
  stamp: {
    group: "Market data",
    syntax: "<open|close>",
    description: "Whether the times in the files are the bars' opens or closes",
    default: "open",
    read: oneOf("open", "close"),
  },
  badRows: {
    group: "Market data",
    syntax: "<refuse|skip>",
    description: "What to do about rows that are not valid market data",
    default: "refuse",
    read: oneOf("refuse", "skip"),
  },
  detail: {
    group: "Market data",
    syntax: "<file>",
    description: "Finer data of the same symbol that orders fill on inside the bars (default: none)",
    read: readText,
  },
  cash: {
    group: "Money and orders",
    syntax: "<amount>",
    description: "Starting capital, in the quote currency",
    default: "10000",
    read: readAmount,
  },
  account: {
    group: "Money and orders",
    syntax: "<cash|margin>",
    description: "A cash account has no shorts and no debt",
    default: "cash",
    read: oneOf("cash", "margin"),
  },
  sizing: {
    group: "Money and orders",
    syntax: "<fill|decision>",
    description: "When an order by value becomes a quantity",
    default: "fill",
    read: oneOf("fill", "decision"),
  },
  ...costSettings,
  fillLimit: {
    group: "Money and orders",
    syntax: "<through|touch>",
    description: "Whether the price must pass a limit order to fill it, or only reach it",
    default: "through",
    read: oneOf("through", "touch"),
  },
  entryBar: {
    group: "Money and orders",
    syntax: "<pessimistic|skip>",
    description: "What exits attached to an entry do in the entry's own bar",
    default: "pessimistic",
    read: oneOf("pessimistic", "skip"),
  },
  collar: {
    group: "Money and orders",
    syntax: "<share>",
    description: "How far below its reference price a fill may lie before an order by value is cut",
    default: "5%",
    read: readShare,
  },
  volumeLimit: {
    group: "Money and orders",
    syntax: "<share|off>",
    description: "Share of a bar's volume that orders may take, where its unit is the base currency",
    default: "10%",
    read: readVolumeLimit,
  },
  volumeUnit: {
    group: "Market data",
    syntax: "<unit>",
    description:
      "What the volume column counts: base, quote, contracts, ticks or unknown (default: what its heading says)",
    read: oneOf("base", "quote", "contracts", "ticks", "unknown"),
  },
  risk: {
    group: "Money and orders",
    syntax: "<file>",
    description: "Risk policy: limits in a JSON file (or a `risk` section of the config file)",
    read: readText,
  },
  ...accountSettings,
  atEnd: {
    group: "Money and orders",
    syntax: "<mark|close>",
    description: "Whether what is held at the end is valued or sold",
    default: "mark",
    read: oneOf("mark", "close"),
  },
  lot: {
    group: "Money and orders",
    syntax: "<quantity>",
    description: "Smallest step of a quantity (default: 0.00000001)",
    read: readPositive,
  },
  tick: {
    group: "Money and orders",
    syntax: "<price>",
    description: "Smallest step of a price (default: prices as given)",
    read: readPositive,
  },
  minNotional: {
    group: "Money and orders",
    syntax: "<amount>",
    description: "Smallest value of an order (default: none)",
    read: readNotNegative,
  },
  returns: {
    group: "Measures",
    syntax: "<day|bar>",
    description: "Whether ratios are measured on returns a day or a bar",
    default: "day",
    read: oneOf("day", "bar"),
  },
  periodsPerYear: {
    group: "Measures",
    syntax: "<n>",
    description: "How many of the returns make a year (default: by the calendar of the data)",
    read: readPeriods,
  },
  riskFree: {
    group: "Measures",
    syntax: "<rate>",
    description: "Risk-free rate a year: 2% or 0.02",
    default: "0",
    read: readRate,
  },
  assert: {
    group: "Measures",
    syntax: "<check>",
    description: 'Exit with 3 unless it holds, such as "sharpe>=1"; repeat the flag for more',
    read: readText,
  },
  explain: {
    group: "Output",
    syntax: "<time>",
    description: "Tell what was seen, decided, refused and filled around that moment, and why",
    read: readTime,
  },
  trades: {
    group: "Output",
    syntax: "<file>",
    description: "Write the trades to a file, as JSON",
    read: readText,
  },
  out: {
    group: "Output",
    syntax: "<folder>",
    description: "Write report, trades, fills, equity of every bar and decisions into a folder",
    read: readText,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** What a setting's reader makes of its text. */
export type ValueOf<N extends SettingName> = ReturnType<(typeof settings)[N]["read"]>;

/** Settings that may be given several times; their flags and files add up. */
export const listNames = ["also", "params", "assert"] as const;
export type ListName = (typeof listNames)[number];

export function flagOf(name: SettingName): string {
  const { flag }: Setting<unknown> = settings[name];
  return flag ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function variableOf(name: SettingName): string {
  return `GEOSYNC_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
