import type { BarQuestion, DataProvider, ProvidedBar } from "../../domain/ports.ts";
import { dayMs, isoTime, type Millis, type Timeframe } from "../../domain/time.ts";
import { readSeries } from "./alphaVantageAnswers.ts";
import { inPeriod, requireTimeframe } from "./answers.ts";
import type { JsonSource } from "./jsonSource.ts";
import { type ProviderSetup, requiredKey } from "./setup.ts";

const name = "alphavantage";
const intervals = { "1m": "1min", "5m": "5min", "15m": "15min", "30m": "30min", "1h": "60min" } as const;
/** Of the free plan. */
const freeLimits = { perSecond: 1, perDay: 25 };

/**
 * Alpha Vantage (alphavantage.co): shares, by the day in one answer, within the day a month an answer. The regular
 * session only. Key: ALPHAVANTAGE_API_KEY.
 */
export async function alphaVantage(setup: ProviderSetup): Promise<DataProvider> {
  const key = await requiredKey(setup, "ALPHAVANTAGE_API_KEY", name);
  const url = setup.url ?? (await setup.variable("ALPHAVANTAGE_URL")) ?? "https://www.alphavantage.co";
  const limits = setup.limits ?? freeLimits;
  const source = setup.json({ name, url, limits, secret: key });
  const asked: Asked = { source, key, adjusted: setup.adjusted };
  return {
    name,
    limits,
    bars(question) {
      requireTimeframe(name, question.timeframe, [...Object.keys(intervals), "1d"]);
      return question.timeframe.label === "1d" ? dailyBars(asked, question) : minuteBars(asked, question);
    },
  };
}

interface Asked {
  readonly source: JsonSource;
  readonly key: string;
  readonly adjusted: boolean;
}

type Page = readonly ProvidedBar[];

async function* dailyBars(asked: Asked, question: BarQuestion): AsyncGenerator<Page, void, undefined> {
  // The last hundred bars reach back a hundred days at least; more than these is not in the free plan.
  const outputsize = question.from >= Date.now() - 100 * dayMs ? "compact" : "full";
  const series = asked.adjusted ? "TIME_SERIES_DAILY_ADJUSTED" : "TIME_SERIES_DAILY";
  yield await ask(asked, question, { function: series, outputsize });
}

async function* minuteBars(asked: Asked, question: BarQuestion): AsyncGenerator<Page, void, undefined> {
  const interval = intervals[question.timeframe.label as keyof typeof intervals];
  const common = { function: "TIME_SERIES_INTRADAY", interval, outputsize: "full", extended_hours: "false" };
  for (const month of monthsOf(question.from, Math.min(question.to, Date.now()))) {
    yield await ask(asked, question, { ...common, adjusted: String(asked.adjusted), month });
  }
}

function ask({ source, key, adjusted }: Asked, question: BarQuestion, query: Record<string, string>) {
  const { symbol, signal } = question;
  return source.ask({
    path: "query",
    query: { ...query, symbol, apikey: key },
    read: (answer) =>
      inPeriod(
        readSeries(answer, { source, symbol, adjusted, daily: isDaily(question.timeframe) }),
        question,
      ),
    signal,
  });
}

function isDaily({ label }: Timeframe): boolean {
  return label === "1d";
}

/** 2024-01 and so on. Sessions lie within one day of UTC, so that its months are those of the market. */
function* monthsOf(from: Millis, to: Millis): Generator<string, void, undefined> {
  const last = isoTime(Math.max(from, to - 1)).slice(0, 7);
  const date = new Date(from);
  for (let month = date.getUTCMonth(); ; month++) {
    const text = isoTime(Date.UTC(date.getUTCFullYear(), month)).slice(0, 7);
    if (text > last) return;
    yield text;
  }
}
