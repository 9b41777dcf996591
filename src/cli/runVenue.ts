import { resolve } from "node:path";
import { readJsonFile } from "../config/jsonFile.ts";
import { badValue, readCost, readPositive, readSeed } from "../config/values.ts";
import { ConnectionError, ValidationError } from "../domain/errors.ts";
import { formatFixed } from "../domain/fixed.ts";
import type { NewKey } from "../venue/auth/keys.ts";
import { createExchange } from "../venue/exchange.ts";
import type { AccountOptions } from "../venue/exchangeOptions.ts";
import { type FaultPlan, faultPlanSchema } from "../venue/faults/schema.ts";
import { startVenue, type Venue } from "../venue/server.ts";
import { VenueFile } from "../venue/serverMemory.ts";
import { type Limits, noLimits, usualLimits } from "../venue/weights/limiter.ts";
import type { Session } from "./session.ts";
import type { VenueFlags } from "./venue.ts";
import { marketsOf } from "./venueMarkets.ts";

const demo: NewKey = { key: "demo", secret: "demo" };

/** Runs until it is stopped. @throws GeoSyncError */
export async function runVenue(flags: VenueFlags, session: Session): Promise<void> {
  const seed = readSeed(flags.seed, "--seed");
  const port = portOf(flags.port);
  const defaultAccount = accountOf(flags);
  const keys = [demo, ...(flags.key ?? []).map(keyOf)];
  const limits = limitsOf(flags);
  const faults = faultsOf(flags, session.cwd);
  const liquidity = flags.liquidity === undefined ? 1 : Number(readPositive(flags.liquidity, "--liquidity"));
  const markets = await marketsOf(flags, session.cwd);

  let stop = () => {};
  const stopped = new Promise<void>((done) => {
    stop = done;
  });
  session.signal.addEventListener("abort", () => stop());
  const venue = await listening(flags, port, () =>
    startVenue({
      ...{ keys, limits, port, host: flags.host, onStop: stop },
      ...(faults === undefined ? {} : { faults }),
      ...(flags.state === undefined ? {} : { file: new VenueFile(resolve(session.cwd, flags.state)) }),
      createExchange(clock, saved) {
        const exchange = createExchange({ clock, seed, defaultAccount, markets: markets() }, saved);
        if (liquidity !== 1) exchange.setLiquidity(liquidity);
        return exchange;
      },
    }),
  );
  try {
    await session.print([flags.json === true ? listeningLine(venue, keys) : greeting(venue)]);
    await stopped;
  } finally {
    await venue.close();
  }
}

async function listening(flags: VenueFlags, port: number, start: () => Promise<Venue>): Promise<Venue> {
  try {
    return await start();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new ConnectionError(`venue: expected port ${port} to be free, found it taken`, {
        hint: "Another venue may be running; --port 0 picks a free port.",
        cause,
      });
    }
    if (code !== "EADDRNOTAVAIL" && code !== "EACCES" && code !== "ENOTFOUND") throw cause;
    throw new ConnectionError(`venue: cannot listen on ${flags.host}, port ${port} (${code})`, { cause });
  }
}

function listeningLine(venue: Venue, keys: readonly NewKey[]): string {
  const { url } = venue;
  const ws = url.replace("http", "ws");
  const symbols = venue.exchange.symbols.map(({ symbol }) => symbol);
  const event = {
    ...{ event: "listening", url, rest: `${url}/api/v3`, streams: `${ws}/stream`, wsApi: `${ws}/ws-api/v3` },
    ...{ admin: `${url}/admin`, keys: keys.map(({ key }) => key), symbols, pid: process.pid },
  };
  return `${JSON.stringify(event)}\n`;
}

function greeting(venue: Venue): string {
  const { url } = venue;
  const symbols = venue.exchange.symbols.map(({ symbol }) => symbol);
  return [
    `A local exchange with Binance Spot's protocol is listening on ${url}`,
    "",
    `  markets  ${symbols.join(" ")}`,
    "  key      demo, with the secret demo",
    "",
    "Try it from another terminal:",
    `  geosync live --venue binance --testnet --venue-url ${url}`,
    "",
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw badValue("--port", "a whole number from 0 to 65535", text);
  return port;
}

function accountOf({ balance, makerFee, takerFee }: VenueFlags): AccountOptions {
  const given = balance ?? ["USDT=10000", "BTC=1"];
  return {
    balances: Object.fromEntries(given.map(balanceOf)),
    maker: formatFixed(readCost(makerFee, "--maker-fee")),
    taker: formatFixed(readCost(takerFee, "--taker-fee")),
  };
}

function balanceOf(text: string): readonly [asset: string, amount: string] {
  const match = /^([A-Za-z0-9]{1,20})=(\d{1,15}(?:\.\d{1,8})?)$/.exec(text.trim());
  if (match === null) throw badValue("--balance", "an asset and an amount, such as USDT=10000", text);
  return [match[1]!.toUpperCase(), match[2]!];
}

function keyOf(text: string): NewKey {
  const match = /^([A-Za-z0-9_-]{1,128})=(.+)$/.exec(text.trim());
  if (match === null) throw badValue("--key", "a name and a secret, such as mine=s3cret", text);
  return { key: match[1]!, secret: match[2]! };
}

function limitsOf({ limits, weightLimit, orderLimit }: VenueFlags): Limits {
  if (!limits) return noLimits;
  const count = (text: string, at: string) => Math.floor(Number(readPositive(text, at)));
  return {
    ...usualLimits,
    ...(weightLimit === undefined ? {} : { weightPerMinute: count(weightLimit, "--weight-limit") }),
    ...(orderLimit === undefined ? {} : { ordersPer10Seconds: count(orderLimit, "--order-limit") }),
  };
}

function faultsOf({ faults, clockOffset, clockDrift }: VenueFlags, cwd: string): FaultPlan | undefined {
  if (faults === undefined && clockOffset === undefined && clockDrift === undefined) return undefined;
  const json = faults === undefined ? {} : readJsonFile("--faults", resolve(cwd, faults), true);
  const plan = faultPlanSchema.safeParse(json);
  if (!plan.success) {
    const [issue] = plan.error.issues;
    throw new ValidationError("GEO-CONFIG", `${faults}: ${issue!.path.join(".")}: ${issue!.message}`, {
      hint: "docs/venue.md explains fault plans.",
    });
  }
  const { clock } = plan.data;
  return {
    ...plan.data,
    clock: {
      offsetMs: clockOffset === undefined ? clock.offsetMs : numberOf(clockOffset, "--clock-offset"),
      driftPpm: clockDrift === undefined ? clock.driftPpm : numberOf(clockDrift, "--clock-drift"),
    },
  };
}

function numberOf(text: string, at: string): number {
  const value = /^[+-]?\d{1,12}(\.\d{1,6})?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw badValue(at, "a number such as 1500 or -1500", text);
  return value;
}
