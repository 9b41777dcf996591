import type { Command } from "commander";
import { ValidationError } from "../domain/errors.ts";
import type { Session } from "./session.ts";
import { addVenueFlags, venueChoiceOf } from "./venueFlags.ts";

export function addDataDownload(data: Command, session: Session): void {
  const command = data
    .command("download")
    .summary("bars of a venue or a data provider into a CSV file")
    .description(
      "Fetch closed candles of a venue, or finished bars of a data provider, into a CSV file that backtest reads. A file that is there is gone on with at its end.",
    )
    .optionsGroup("Market data:")
    .requiredOption("--symbol <symbol>", "What to fetch, such as BTC/USDT")
    .option("--timeframe <1m|4h|1d|…>", "Length of the candles, from 1s", "1m")
    .option("--from <time>", "First candle, UTC, such as 2024-01-01; not needed to go on with a file")
    .option("--to <time>", "End of the period, UTC, exclusive (default: now)")
    .option("--out <file>", "The CSV file (default: such as BTCUSDT_1m.csv)");
  addVenueFlags(command);
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  command
    .optionsGroup("Data provider, instead of a venue:")
    .option("--provider <name|file>", "alphavantage, iex, or a module of your own; its key is in .env")
    .option("--provider-url <address>", "Reach it here, such as http://127.0.0.1:9200")
    .option("--adjusted", "Prices adjusted for splits and dividends, as the provider has them")
    .option("--rate <n/s|n/m|n/d>", "Requests that your plan allows; repeat it for more windows", several)
    .optionsGroup("Output:")
    .option("--json", "Print one JSON document (geosync.download/1, geosync.provider-download/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async () => {
      const flags = command.opts<DownloadFlags>();
      const { provider } = flags;
      if (provider !== undefined) {
        const { runProviderDownload } = await import("./runProviderDownload.ts");
        return runProviderDownload({ ...flags, provider }, session);
      }
      refuseProviderFlags(flags);
      const { runDataDownload } = await import("./runDataDownload.ts");
      await runDataDownload({ ...flags, ...(await venueChoiceOf(command, session.env)) }, session);
    });
}

export interface DownloadFlags {
  readonly symbol: string;
  readonly timeframe: string;
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly provider?: string;
  readonly providerUrl?: string;
  readonly adjusted?: boolean;
  readonly rate?: readonly string[];
  readonly json?: boolean;
}

function refuseProviderFlags({ providerUrl, adjusted, rate }: DownloadFlags): void {
  const flags = { "--provider-url": providerUrl, "--adjusted": adjusted, "--rate": rate };
  const [given] = Object.entries(flags).find(([, value]) => value !== undefined) ?? [];
  if (given === undefined) return;
  throw new ValidationError("GEO-USAGE", `data download: expected --provider beside ${given}, found none`, {
    hint: "For example --provider alphavantage.",
  });
}

const afterHelp = `
A venue asks for no account, a provider for a key. Stopped in the middle, it goes on when it is started again.

Examples:
  geosync data download --venue binance --symbol BTC/USDT --timeframe 1h \\
    --from 2024-01-01 --to 2024-02-01
  geosync backtest BTCUSDT_1h.csv --strategy sma-cross
  geosync data download --provider alphavantage --symbol IBM --timeframe 1d --from 2024-01-01`;
