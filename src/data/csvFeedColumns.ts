import type { CsvColumns } from "./csvColumns.ts";
import { timeColumns } from "./csvColumns.ts";
import { Header } from "./csvHeader.ts";
import { role } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";

/**
 * The columns of a file of quotes: bid and ask, with or without their sizes. Of two times the one of arrival counts.
 * @throws ValidationError GEO-DATA-HEADER that lists what was found and what is needed
 */
export function quoteColumns(
  path: string,
  names: readonly string[],
  firstRow: readonly string[],
  options: CsvOptions,
): CsvColumns {
  const header = new Header(path, names);
  const [bid, ask] = [header.find("bid"), header.find("ask")];
  if (bid === undefined || ask === undefined) throw header.missing("bid and ask (quotes)", "bid", "ask");
  const sizes = [header.find("bidSize"), header.find("askSize")].filter((column) => column !== undefined);
  if (sizes.length === 1)
    throw header.missing("sizes of both bid and ask, or of neither", "bidSize", "askSize");
  const { time, clock } = timeColumns(header, firstRow, options, "arrival");
  if (time === undefined)
    throw header.missing("a time column (timestamp, local_timestamp, time …)", "arrival");
  const roles: number[] = names.map(() => role.ignored);
  for (const [slot, column] of [bid, ask, ...sizes].entries()) roles[column] = slot;
  roles[time] = role.time;
  if (clock !== undefined) roles[clock] = role.clock;
  header.assign(roles, "symbol", role.symbol);
  return { kind: "quote", priceOnly: false, roles, hasVolume: sizes.length === 2, volumeUnit: undefined };
}

/**
 * The columns of a file of funding rates.
 * @throws ValidationError GEO-DATA-HEADER that lists what was found and what is needed
 */
export function fundingColumns(
  path: string,
  names: readonly string[],
  firstRow: readonly string[],
  options: CsvOptions,
): CsvColumns {
  const header = new Header(path, names);
  const rate = header.find("rate");
  if (rate === undefined) throw header.missing("a funding rate", "rate");
  const { time, clock } = timeColumns(header, firstRow, options, "fundingTime");
  if (time === undefined) throw header.missing("a time column (timestamp, funding_time …)", "fundingTime");
  const roles: number[] = names.map(() => role.ignored);
  roles[rate] = 0;
  roles[time] = role.time;
  if (clock !== undefined) roles[clock] = role.clock;
  header.assign(roles, "symbol", role.symbol);
  return { kind: "funding", priceOnly: false, roles, hasVolume: false, volumeUnit: undefined };
}
