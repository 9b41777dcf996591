/** Markets, accounts, costs and limits of every kind, drawn from a seed: for what must hold whatever a run is like. */
import type { TokenStock } from "../../src/account/tokens.ts";
import { DetailedStream } from "../../src/data/detail.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument, type Instrument, type InstrumentOptions } from "../../src/domain/instrument.ts";
import type { MarketStream } from "../../src/domain/ports.ts";
import { type Random, seededRandom } from "../../src/domain/random.ts";
import type { Bound, RiskLimits } from "../../src/domain/riskLimits.ts";
import type { SimulationSettings } from "../../src/run/options.ts";
import { book, quote } from "./bookRow.ts";
import { bars, fixed, start, table, ticks, walk } from "./market.ts";
import { trader } from "./trader.ts";
import type { World } from "./tradingSession.ts";

const hour = 3_600_000;

export const marketKinds = [
  "bars",
  "several symbols",
  "bars and prints",
  "prints",
  "quotes and prints",
  "books",
  "bars with hidden rows",
  "inverse contract",
  "perpetual with funding",
] as const;

export type MarketKind = (typeof marketKinds)[number];

/** The same seed makes the same world, of objects of its own. */
export function worldOf(seed: number, kind: MarketKind): World {
  const random = seededRandom(seed);
  const market = marketOf(kind, seed, random);
  const strategies = Array.from({ length: chance(random, 0.25) ? 2 : 1 }, () => trader);
  const { settings, tokens } = settingsOf(seed, kind, random);
  return {
    ...market,
    settings,
    account: { ...(tokens !== null && { tokens }) },
    strategies,
    warmup: pick(random, [0, 5]),
    ...(chance(random, 0.3) && { tradeFrom: start + 10 * hour }),
    ...(chance(random, 0.3) && { historyLimit: pick(random, [1, 25, 40]) }),
    timeframes: ["4h"],
  };
}

function marketOf(
  kind: MarketKind,
  seed: number,
  random: Random,
): Pick<World, "streams" | "instruments" | "ticksArePrices" | "funding"> {
  const options: InstrumentOptions = {
    volumeUnit: pick(random, ["base", "unknown"] as const),
    ...(chance(random, 0.5) && { tick: "0.01" }),
    ...(chance(random, 0.3) && { minNotional: "20" }),
  };
  const rows = (salt: number, length = 130) =>
    walk(seed + salt, length, 250).map((row) => (row as number[]).map((price) => (price * 4) / 10));
  const shape = {
    timeframe: "1h",
    instrument: options,
    volume: pick(random, [30, 400]),
    chunk: pick(random, [7, 200]),
  };
  const one = (symbol: string, stream: MarketStream, instrument: Instrument) => ({
    streams: [stream],
    instruments: [instrument],
    symbol,
  });
  switch (kind) {
    case "bars":
    case "inverse contract":
    case "perpetual with funding": {
      const symbol =
        kind === "bars" ? "BTC/USD" : kind === "inverse contract" ? "BTC/USD:BTC" : "BTC/USD:USD";
      const series = bars(rows(0), { ...shape, symbol });
      const [instrument] = series.instruments as [Instrument];
      const rates = [3, 8, 16, 24, 48, 60].map((hours, i) => ({
        time: start + hours * hour + 3,
        rate: fixed((i - 2) / 1000),
      }));
      return { ...one(symbol, series, instrument), funding: kind === "bars" ? [] : [{ instrument, rates }] };
    }
    case "several symbols": {
      const gaps = rows(1).map((row, i) => (i % 7 === 3 || i < 4 ? null : row));
      const series = table({ "BTC/USD": rows(0), "ETH/USD": gaps }, shape);
      const third = bars(rows(2, 60), { ...shape, timeframe: "2h", symbol: "SOL/USD" });
      return { streams: [series, third], instruments: [...series.instruments, ...third.instruments] };
    }
    case "bars and prints": {
      const symbol = "BTC/USD";
      const prints = ticks(printsOf(rows(0, 60)), { ...shape, symbol });
      const series = bars(rows(3, 60), { ...shape, symbol: "ETH/USD" });
      return { streams: [prints, series], instruments: [...prints.instruments, ...series.instruments] };
    }
    case "prints": {
      const prints = ticks(printsOf(rows(0)), { ...shape, symbol: "BTC/USD" });
      return { streams: [prints], instruments: prints.instruments, ticksArePrices: true };
    }
    case "quotes and prints":
    case "books": {
      const instrument = createInstrument("BTC/USD", options);
      const chunks = offersOf(instrument, kind, seededRandom(seed + 9));
      return {
        streams: [
          {
            events: async function* () {
              yield* chunks;
            },
          },
        ],
        instruments: [instrument],
        ticksArePrices: false,
      };
    }
    case "bars with hidden rows": {
      const coarse = bars(rows(0, 90), { ...shape, symbol: "BTC/USD" });
      const finer = ticks(hiddenPrints(rows(0, 90)), { ...shape, symbol: "BTC/USD" });
      const [instrument] = coarse.instruments as [Instrument];
      const renamed = { ...finer, events: () => sameInstrument(finer, instrument) };
      return { streams: [new DetailedStream(coarse, renamed)], instruments: [instrument] };
    }
  }
}

/** Two prints an hour, some of one time. */
function printsOf(rows: readonly (readonly number[])[]): readonly (readonly [number, number])[] {
  return rows.flatMap(([first, second], i) => [
    [i * hour + 60_000, first!] as const,
    [i * hour + (i % 3 === 0 ? 60_000 : 1_800_000), second!] as const,
  ]);
}

function hiddenPrints(rows: readonly (readonly number[])[]): readonly (readonly [number, number])[] {
  return rows.flatMap(([first, second], i) =>
    i % 5 === 4 ? [] : [[i * hour, first!] as const, [i * hour + 1000, second!] as const],
  );
}

async function* sameInstrument(stream: MarketStream, instrument: Instrument) {
  for await (const chunk of stream.events()) yield { ...chunk, instruments: [instrument] };
}

function offersOf(instrument: Instrument, kind: MarketKind, random: Random) {
  let middle = 1000;
  return Array.from({ length: 130 }, (_, i) => {
    if (chance(random, 0.7)) middle += chance(random, 0.5) ? -1 : 1;
    const at = (offset: number) => ((middle + offset) / 10).toFixed(1);
    // Sizes that stand for long: what is taken of them stays taken.
    const size = () => pick(random, ["3", "3", "3", "8"]);
    const time = start + Math.floor(i / 1.1) * 600_000;
    if (kind === "quotes and prints") {
      return chance(random, 0.1)
        ? quote(instrument, at(-1), at(1), time)
        : quote(instrument, `${at(-1)}x${size()}`, `${at(1)}x${chance(random, 0.1) ? "0" : size()}`, time);
    }
    const side = (sign: number) => [1, 2, 3].map((level) => `${at(sign * level)}x${size()}`).join(" ");
    return book(instrument, chance(random, 0.05) ? "" : side(-1), side(1), 3, time);
  });
}

function settingsOf(
  seed: number,
  kind: MarketKind,
  random: Random,
): { readonly settings: Partial<SimulationSettings>; readonly tokens: readonly TokenStock[] | null } {
  const contract = kind === "inverse contract" || kind === "perpetual with funding";
  const account = contract || chance(random, 0.5) ? "margin" : "cash";
  const leverage = account === "margin" && chance(random, 0.6) ? fixed(pick(random, [2, 5])) : undefined;
  const token = !contract && chance(random, 0.35);
  const delay = { ms: 400_000, jitter: pick(random, [0, 390_000]) };
  const none = { ms: 0, jitter: 0 };
  const settings: Partial<SimulationSettings> = {
    seed,
    account,
    leverage,
    ...(leverage !== undefined && chance(random, 0.5) && { maintenanceMargin: fixed("0.19") }),
    cash: fixed(kind === "inverse contract" ? 100 : pick(random, [2000, 40_000])),
    sizing: pick(random, ["fill", "decision"] as const),
    fillLimit: pick(random, ["through", "touch"] as const),
    entryBar: pick(random, ["pessimistic", "skip"] as const),
    volumeLimit: pick(random, [fixed("0.1"), null]),
    atEnd: pick(random, ["mark", "close"] as const),
    ...(account === "margin" &&
      chance(random, 0.5) && {
        borrowRate: fixed("0.08"),
        debtRate: fixed("0.05"),
        liquidationFee: fixed("0.01"),
      }),
    ...(kind === "inverse contract"
      ? { takerFee: fixed("0.0005") }
      : pick<Partial<SimulationSettings>>(random, [
          { costs: "kraken-spot" },
          { costs: "binance-spot" },
          { minFee: fixed(1), feePerUnit: fixed("0.005"), maxFee: fixed("0.01") },
          { feePerOrder: fixed("0.5"), takerFee: fixed("0.0007") },
          {},
        ])),
    ...(token && { feeCurrency: { token: "BNB", price: fixed(300), label: "BNB@300" } }),
    ...(contract && { feeCurrency: "quote" as const }),
    ...(chance(random, 0.3) && {
      impact: { kind: pick(random, ["volatility", "squareRoot"] as const), factor: 0.5, label: "" },
    }),
    ...(chance(random, 0.5) && {
      latency: { leaves: delay, seen: delay, answered: pick(random, [none, delay]), label: "" },
    }),
    ...(chance(random, 0.5) && { risk: limitsOf(random) }),
  };
  const tokens = token ? [{ currency: "BNB", amount: fixed(1000), price: fixed(300) }] : null;
  return { settings, tokens };
}

function limitsOf(random: Random): RiskLimits {
  const share = (text: string): Bound => ({ of: "equity", amount: parseFixed(text) });
  return {
    ...(chance(random, 0.4) && { maxPosition: new Map([["*", parseFixed("40")]]) }),
    ...(chance(random, 0.3) && { maxGrossExposure: share("0.9") }),
    ...(chance(random, 0.3) && { maxNetExposure: share("0.8") }),
    ...(chance(random, 0.4) && { maxOrdersPerSecond: 2 }),
    ...(chance(random, 0.4) && { maxOrdersPerDay: 30 }),
    ...(chance(random, 0.4) && {
      maxDailyLoss: share("0.004"),
      onMaxDailyLoss: pick(random, ["halt", "flatten"] as const),
    }),
    ...(chance(random, 0.3) && {
      maxDrawdown: parseFixed("0.01"),
      onMaxDrawdown: pick(random, ["halt", "flatten"] as const),
    }),
    ...(chance(random, 0.4) && { coolDown: { losses: 2, ms: 6 * hour } }),
    ...(chance(random, 0.2) && { priceCollar: parseFixed("0.01") }),
  };
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

function chance(random: Random, share: number): boolean {
  return random() < share;
}
