import type { Command } from "commander";
import type { Session } from "./session.ts";
import { addVenueFlags, venueChoiceOf } from "./venueFlags.ts";

export function addDataDownload(data: Command, session: Session): void {
  const command = data
    .command("download")
    .summary("candles of a venue into a CSV file")
    .description(
      "Fetch a venue's closed candles into a CSV file that backtest reads. A file that is there is gone on with at its end.",
    )
    .optionsGroup("Market data:")
    .requiredOption("--symbol <symbol>", "What to fetch, such as BTC/USDT")
    .option("--timeframe <1m|4h|1d|…>", "Length of the candles, from 1s", "1m")
    .option("--from <time>", "First candle, UTC, such as 2024-01-01; not needed to go on with a file")
    .option("--to <time>", "End of the period, UTC, exclusive (default: now)")
    .option("--out <file>", "The CSV file (default: such as BTCUSDT_1m.csv)");
  addVenueFlags(command);
  command
    .optionsGroup("Output:")
    .option("--json", "Print one JSON document (schema geosync.download/1)")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async () => {
      const { runDataDownload } = await import("./runDataDownload.ts");
      const flags = command.opts<DownloadFlags>();
      await runDataDownload({ ...flags, ...(await venueChoiceOf(command, session.env)) }, session);
    });
}

export interface DownloadFlags {
  readonly symbol: string;
  readonly timeframe: string;
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const afterHelp = `
No account is needed. Stopped in the middle, it goes on when it is started again.

Examples:
  geosync data download --venue binance --symbol BTC/USDT --timeframe 1h \\
    --from 2024-01-01 --to 2024-02-01
  geosync backtest BTCUSDT_1h.csv --strategy sma-cross`;
