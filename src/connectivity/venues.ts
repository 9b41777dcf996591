import { ConnectionError } from "../domain/errors.ts";
import type { VenueAbilities } from "../domain/ports.ts";
import { didYouMean } from "../domain/suggest.ts";

/** What we know of a venue besides what ccxt knows. */
export interface Venue {
  /** Its id at ccxt. */
  readonly id: string;
  readonly title: string;
  /**
   * `proven`: tests of ours drive it against an exchange that speaks its protocol. `named`: its orders are mapped from
   * the documentation, never tried. `unproven`: whatever ccxt makes of it.
   */
  readonly standing: "proven" | "named" | "unproven";
  /** Null: it has no sandbox for spot, and `--testnet` is refused. */
  readonly sandbox: string | null;
  /** Whether its API keys come with a passphrase. */
  readonly passphrase: boolean;
  /** What an id that we give an order may look like. */
  readonly clientId: RegExp;
  readonly abilities: VenueAbilities;
  /**
   * Ccxt's limiter: `window` where the venue counts weights in windows of a minute, as ccxt knows them; `even` spaces
   * requests out, which makes an order wait for the question before it.
   */
  readonly pace: "window" | "even";
  /** Options of ccxt beside the common ones. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What its users must know. */
  readonly quirks: readonly string[];
}

const everyType = ["market", "limit", "stop", "stop_limit"] as const;

const basics: VenueAbilities = {
  types: ["market", "limit"],
  timeInForce: ["GTC", "IOC", "FOK"],
  postOnly: true,
  byValue: false,
  exits: false,
  clientIds: true,
};

/** Spot only: with other types ccxt asks a dozen endpoints that a spot key has no rights to. */
const spotOnly = { defaultType: "spot", fetchMarkets: { types: ["spot"] }, fetchCurrencies: false };

export const venues: Readonly<Record<string, Venue>> = {
  binance: {
    id: "binance",
    title: "Binance",
    standing: "proven",
    sandbox: "the Spot testnet (testnet.binance.vision)",
    passphrase: false,
    pace: "window",
    clientId: /^[\w.:/-]{1,36}$/,
    abilities: { ...basics, types: everyType, byValue: true, exits: true },
    // A request that has not arrived within recvWindow never will: that is how long its fate can be in doubt.
    options: {
      ...spotOnly,
      fetchMargins: false,
      fetchOpenOrders: { warnWithoutSymbol: false },
      recvWindow: 5000,
    },
    quirks: [
      "A client id may be used again once its order has ended: a second order with the same id is a second order.",
      "The testnet is emptied about once a month; its keys are made at testnet.binance.vision, not at the exchange.",
    ],
  },
  bybit: {
    id: "bybit",
    title: "Bybit",
    standing: "named",
    sandbox: "the testnet (testnet.bybit.com)",
    passphrase: false,
    pace: "even",
    clientId: /^[\w-]{1,36}$/,
    abilities: { ...basics, types: everyType, byValue: true },
    options: spotOnly,
    quirks: ["Needs a unified trading account.", "Market orders are answered before they are filled."],
  },
  okx: {
    id: "okx",
    title: "OKX",
    standing: "named",
    sandbox: "demo trading (keys made under Demo trading)",
    passphrase: true,
    pace: "even",
    clientId: /^[A-Za-z0-9]{1,32}$/,
    // Stops live in a book of their own there, with ids and questions of their own.
    abilities: { ...basics, byValue: true },
    // Or a market buy would be taken for an amount of the quote currency.
    options: { ...spotOnly, createMarketBuyOrderRequiresPrice: false },
    quirks: ["Stops are algo orders with ids of their own; they are not placed there."],
  },
  kraken: {
    id: "kraken",
    title: "Kraken",
    standing: "named",
    sandbox: null,
    passphrase: false,
    pace: "even",
    clientId: /^[\w-]{1,18}$/,
    abilities: { ...basics, types: everyType, timeInForce: ["GTC", "IOC"] },
    options: { defaultType: "spot" },
    quirks: ["Minutes without a trade have no candle.", "Keys carry a nonce: one program to a key."],
  },
  coinbase: {
    id: "coinbase",
    title: "Coinbase Advanced",
    standing: "named",
    sandbox: null,
    passphrase: false,
    pace: "even",
    clientId: /^[\w-]{1,128}$/,
    abilities: { ...basics, types: ["market", "limit", "stop_limit"], byValue: true },
    options: { defaultType: "spot", createMarketBuyOrderRequiresPrice: false },
    quirks: ["The secret is a private key of several lines (PEM)."],
  },
};

/**
 * The venue of that name: one of the table, or an id of ccxt, which is told to be unproven.
 * @throws ConnectionError GEO-VENUE-UNSUPPORTED with the name that may have been meant
 */
export function venueOf(name: string, ccxtIds: Iterable<string>): Venue {
  const id = name.trim().toLowerCase();
  const known = Object.hasOwn(venues, id) ? venues[id] : undefined;
  if (known !== undefined) return known;
  const ids = [...ccxtIds];
  if (ids.includes(id)) return { ...unproven, id, title: id };
  throw new ConnectionError(
    `Expected a venue such as ${Object.keys(venues).join(", ")}, found "${name}".${didYouMean(id, [...Object.keys(venues), ...ids])}`,
    {
      code: "GEO-VENUE-UNSUPPORTED",
      hint: "Any exchange that ccxt has streams for can be named by its ccxt id; it is then unproven.",
    },
  );
}

/** @throws ConnectionError GEO-VENUE-UNSUPPORTED: falling through to production would cost real money */
export function requireSandbox(venue: Venue): void {
  if (venue.sandbox !== null) return;
  const named = Object.values(venues).filter(({ sandbox }) => sandbox !== null);
  throw new ConnectionError(
    `${venue.title} has no sandbox for spot trading, so --testnet cannot work there.`,
    {
      code: "GEO-VENUE-UNSUPPORTED",
      hint: `Practise with --paper, with the local exchange (geosync venue), or at ${named.map(({ id }) => id).join(", ")}.`,
    },
  );
}

const unproven: Omit<Venue, "id" | "title"> = {
  standing: "unproven",
  // Whether it has one is ccxt's to say, which refuses where there is none.
  sandbox: "what ccxt has for it",
  passphrase: false,
  pace: "even",
  clientId: /^[A-Za-z0-9]{1,32}$/,
  abilities: { ...basics, timeInForce: ["GTC"], postOnly: false },
  options: { defaultType: "spot" },
  quirks: [],
};
