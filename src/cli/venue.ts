import type { Command } from "commander";
import type { Session } from "./session.ts";

/** As they were typed; `runVenue` reads them. */
export interface VenueFlags {
  readonly port: string;
  readonly host: string;
  readonly symbol?: readonly string[];
  readonly data?: readonly string[];
  readonly from?: string;
  readonly speed: string;
  readonly walk?: string;
  readonly tradeRate?: string;
  readonly seed: string;
  readonly balance?: readonly string[];
  readonly makerFee: string;
  readonly takerFee: string;
  readonly liquidity?: string;
  readonly key?: readonly string[];
  readonly limits: boolean;
  readonly weightLimit?: string;
  readonly orderLimit?: string;
  readonly faults?: string;
  readonly clockOffset?: string;
  readonly clockDrift?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function addVenue(program: Command, session: Session): void {
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  const command = program
    .command("venue")
    .summary("run a local exchange that speaks Binance Spot's protocol")
    .description(
      "Run a local exchange that speaks Binance Spot's protocol, for bots and tests that need neither an account nor a network. Ctrl-C stops it.",
    )
    .optionsGroup("Server:")
    .option("--port <n>", "Port to listen on; 0 picks a free one", "9100")
    .option(
      "--host <address>",
      "Address to listen on; other machines can reach any but this one",
      "127.0.0.1",
    )
    .option("--state <file>", "Keep orders and balances in this file, and go on from it")
    .optionsGroup("Market:")
    .option(
      "--symbol <name[=price]>",
      "A market on a random walk, from this price; repeat it for more",
      several,
    )
    .option("--walk <volatility>", "Yearly volatility of the random walks (default: 60%)")
    .option("--trade-rate <n>", "Trades a second of the random walks (default: 2)")
    .option("--data <file>", "A market with the bars or trades of this file; repeat it for more", several)
    .option("--from <time>", "Begin the files here; what is earlier is history (default: their start)")
    .option("--speed <n>", "Play the files so many times as fast as they happened", "1")
    .option("--liquidity <factor>", "Scale the sizes in the book: 0.01 fills orders in parts")
    .option("--seed <n>", "Seed of walks and books", "1")
    .optionsGroup("Account:")
    .option(
      "--balance <asset=amount>",
      "What an account begins with; repeat it for more (default: USDT=10000, BTC=1)",
      several,
    )
    .option("--maker-fee <fee>", "Commission of resting orders", "0.1%")
    .option("--taker-fee <fee>", "Commission of orders that take", "0.1%")
    .option("--key <name=secret>", "An HMAC key beside demo; repeat it for more", several)
    .optionsGroup("Limits and faults:")
    .option("--no-limits", "Do without request weights and order limits")
    .option("--weight-limit <n>", "Request weight a minute (default: 6000)")
    .option("--order-limit <n>", "New orders in 10 s (default: 100)")
    .option("--faults <file>", "Fail by this plan (JSON; see docs/venue.md)")
    .option("--clock-offset <ms>", "Be so far ahead of the real time, or behind it (below 0)")
    .option("--clock-drift <ppm>", "Gain so many µs each second")
    .optionsGroup("Output:")
    .option("--json", "Print one line of JSON when it listens")
    .helpOption("-h, --help", "Print this help")
    .addHelpText("after", afterHelp)
    .action(async () => {
      const { runVenue } = await import("./runVenue.ts");
      await runVenue(command.opts<VenueFlags>(), session);
    });
}

const afterHelp = `
Clients use the key demo with the secret demo. REST is below /api/v3, streams
below /ws and /stream, the WebSocket API at /ws-api/v3, levers below /admin.

Examples:
  geosync venue
  geosync venue --symbol BTCUSDT=60000 --balance USDT=5000 --seed 7
  geosync venue --data data/BTCUSDT_1m_synthetic.csv --speed 60`;
