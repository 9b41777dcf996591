import { z } from "zod";
import { ValidationError } from "../../domain/errors.ts";
import type { BarQuestion, DataProvider, ProvidedBar } from "../../domain/ports.ts";
import { dayMs, isoTime, type Millis } from "../../domain/time.ts";
import { type AnsweredBar, inPeriod, readBar, requireTimeframe } from "./answers.ts";
import type { JsonSource } from "./jsonSource.ts";
import { MarketZone, newYork } from "./marketZone.ts";
import { type ProviderSetup, requiredKey } from "./setup.ts";

const name = "iex";
/** IEX Cloud answered 100 requests a second; who serves its protocol today may allow fewer. */
const usualLimits = { perSecond: 10 };
const zone = new MarketZone(newYork);

/**
 * Servers that speak as IEX Cloud did (`/stable/stock/{symbol}/chart/…`): shares in the USA. It closed on 2024-08-31,
 * so there is no address by default: IEX_URL, or --provider-url. Key: IEX_TOKEN.
 */
export async function iex(setup: ProviderSetup): Promise<DataProvider> {
  const token = await requiredKey(setup, "IEX_TOKEN", name);
  const limits = setup.limits ?? usualLimits;
  const url = setup.url ?? (await setup.variable("IEX_URL")) ?? missingAddress();
  const source = setup.json({ name, url, limits, secret: token });
  const asked: Asked = { source, token, adjusted: setup.adjusted };
  return {
    name,
    limits,
    bars(question) {
      // Minutes are not adjusted there.
      requireTimeframe(name, question.timeframe, setup.adjusted ? ["1d"] : ["1m", "1d"]);
      return question.timeframe.label === "1d" ? dailyBars(asked, question) : minuteBars(asked, question);
    },
  };
}

interface Asked {
  readonly source: JsonSource;
  readonly token: string;
  readonly adjusted: boolean;
}

type Page = readonly ProvidedBar[];

const ranges: readonly (readonly [days: number, range: string])[] = [
  [28, "1m"],
  [89, "3m"],
  [180, "6m"],
  [365, "1y"],
  [730, "2y"],
  [1825, "5y"],
];

async function* dailyBars(asked: Asked, question: BarQuestion): AsyncGenerator<Page, void, undefined> {
  // A day more: the range ends with yesterday there.
  const days = (Date.now() - question.from) / dayMs + 1;
  const range = ranges.find(([most]) => days <= most)?.[1] ?? "max";
  const cells = asked.adjusted
    ? ["fOpen", "fHigh", "fLow", "fClose", "fVolume"]
    : ["uOpen", "uHigh", "uLow", "uClose", "uVolume"];
  const read = (row: Row): AnsweredBar | null => {
    const bar = readBar(name, row.date, [
      Date.parse(`${row.date}T00:00:00Z`),
      ...cells.map((cell) => row[cell]),
    ]);
    return { bar, finalAt: zone.endOfDay(row.date) };
  };
  yield await ask(asked, question, range, read);
}

/** A day an answer; weekends are not asked for. Sessions lie within one day of UTC. */
async function* minuteBars(asked: Asked, question: BarQuestion): AsyncGenerator<Page, void, undefined> {
  const last = dateOf(Math.max(question.from, Math.min(question.to, Date.now()) - 1));
  for (let date = dateOf(question.from); date <= last; date = dayAfter(date)) {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6)
      yield await ask(asked, question, `date/${date.replaceAll("-", "")}`, readMinute);
  }
}

function readMinute(row: Row): AnsweredBar | null {
  const { date, minute, open, high, low, close, volume } = row;
  // A minute without a trade has no prices.
  if (open === null || high === null || low === null || close === null) return null;
  const openTime = zone.timeOf(`${date} ${minute}:00`);
  const bar = readBar(name, `${date} ${minute}`, [openTime, open, high, low, close, volume ?? 0]);
  return { bar, finalAt: bar.openTime + 60_000 };
}

const rows = z.array(z.looseObject({ date: z.iso.date() }));
type Row = z.infer<typeof rows>[number];

function ask(
  { source, token }: Asked,
  question: BarQuestion,
  range: string,
  read: (row: Row) => AnsweredBar | null,
): Promise<Page> {
  return source.ask({
    path: `stable/stock/${encodeURIComponent(question.symbol)}/chart/${range}`,
    query: { token },
    read(answer) {
      const checked = rows.safeParse(answer);
      if (checked.success) {
        return inPeriod(
          checked.data.flatMap((row) => read(row) ?? []),
          question,
        );
      }
      const words = `expected a list of bars of ${question.symbol}: ${z.prettifyError(checked.error)}`;
      throw source.failure("GEO-VENUE-ANSWER", words, "Does that server speak IEX Cloud's protocol?");
    },
    signal: question.signal,
  });
}

function dateOf(time: Millis): string {
  return isoTime(time).slice(0, 10);
}

function dayAfter(date: string): string {
  return dateOf(Date.parse(`${date}T00:00:00Z`) + dayMs);
}

function missingAddress(): never {
  throw new ValidationError("GEO-USAGE", "iex: expected the address of a server, found none", {
    hint: "IEX Cloud closed in 2024. Name a server that speaks its protocol with --provider-url or IEX_URL.",
  });
}
