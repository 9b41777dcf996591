/** `geosync data download --json`, of a venue and of a provider. Not loaded by a run. */
import { z } from "zod";
import { count, time } from "./schemaParts.ts";

const file = {
  file: z.string().describe("As it was named, or its default"),
  first: time.describe("Open time of the first row in the file"),
  last: time.describe("Open time of the last row in the file"),
  added: count.describe("Rows that came to it"),
};

export const downloadSchema = z.object({
  schema: z.literal("geosync.download/1"),
  venue: z.string(),
  testnet: z.boolean(),
  symbol: z.string(),
  timeframe: z.string(),
  ...file,
  missing: count.describe("Intervals among the added rows for which the venue has no candle"),
});

export const providerDownloadSchema = z.object({
  schema: z.literal("geosync.provider-download/1"),
  provider: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  adjusted: z.boolean().describe("For splits and dividends"),
  ...file,
  resumed: z.boolean().describe("It went on with a download that was stopped"),
});

export type DownloadDocument = z.infer<typeof downloadSchema>;
export type ProviderDownloadDocument = z.infer<typeof providerDownloadSchema>;
