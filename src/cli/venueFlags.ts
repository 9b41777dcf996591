import type { Command } from "commander";
import { badValue } from "../config/values.ts";
import { venueVariables } from "../config/venueVariables.ts";
import type { Endpoints } from "../connectivity/session.ts";

/** How a command reaches a venue, as flags and environment say. */
export interface VenueChoice {
  readonly venue: string | undefined;
  readonly testnet: boolean;
  /** With these, no other host is contacted. */
  readonly endpoints: Endpoints | undefined;
  /** File of the API log, - for stderr. */
  readonly apiLog: string | undefined;
}

/** The flags of every command that talks to a venue. */
export function addVenueFlags(command: Command): void {
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  command
    .optionsGroup("Venue:")
    .option("--venue <name>", "binance, bybit, okx, kraken, coinbase, or the ccxt id of another (unproven)")
    .option("--testnet", "Trade in the venue's sandbox, with play money")
    .option("--venue-url <address>", "Reach it here, such as http://127.0.0.1:9100, and nowhere else")
    .option(
      "--endpoint <key=value...>",
      "Reach parts of it elsewhere: rest=http://… streams=ws://… ws-api=ws://…",
      several,
    )
    .option("--api-log <file>", "Append a line of JSON for each call to the venue; - is stderr");
}

/** @throws ValidationError GEO-OPTION-VALUE naming the flag or variable */
export async function venueChoiceOf(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
): Promise<VenueChoice> {
  const flags = command.opts<{
    venue?: string;
    testnet?: boolean;
    venueUrl?: string;
    endpoint?: readonly string[];
    apiLog?: string;
  }>();
  const given = flags.venueUrl !== undefined || flags.endpoint !== undefined;
  return {
    venue: flags.venue ?? (env.GEOSYNC_VENUE || undefined),
    testnet: flags.testnet === true,
    endpoints: given
      ? await endpointsFrom(flags.venueUrl, flags.endpoint ?? [], ["--venue-url", "--endpoint"])
      : await endpointsFrom(
          env[venueVariables.url] || undefined,
          (env[venueVariables.endpoint] ?? "").split(/[\s;]+/).filter((text) => text !== ""),
          [venueVariables.url, venueVariables.endpoint],
        ),
    apiLog: flags.apiLog,
  };
}

const keys = { rest: "rest", streams: "streams", "ws-api": "wsApi" } as const;

/** One address for all, and others for parts of it. */
async function endpointsFrom(
  url: string | undefined,
  pairs: readonly string[],
  [urlAt, pairsAt]: readonly [string, string],
): Promise<Endpoints | undefined> {
  if (url === undefined && pairs.length === 0) return undefined;
  const { checkedEndpoints, endpointsOf } = await import("../connectivity/endpoints.ts");
  const parts: Partial<Record<keyof Endpoints, string>> = {};
  for (const pair of pairs) {
    const [, key = "", value = ""] = /^([\w-]+)=(.+)$/.exec(pair.trim()) ?? [];
    if (!Object.hasOwn(keys, key)) throw badValue(pairsAt, `${Object.keys(keys).join("=…, ")}=…`, pair);
    parts[keys[key as keyof typeof keys]] = value;
  }
  const all = { ...(url === undefined ? {} : endpointsOf(url, urlAt)), ...parts };
  const missing = Object.entries(keys).flatMap(([key, name]) => (all[name] === undefined ? [key] : []));
  if (missing.length > 0) {
    throw badValue(pairsAt, `${missing.join(" and ")}, too, or --venue-url for the rest`, pairs.join(" "));
  }
  return checkedEndpoints(all as Endpoints, pairsAt);
}
