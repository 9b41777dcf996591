import { describe, expect, it } from "vitest";
import { endpointsOf, hostsOf } from "../../src/connectivity/endpoints.ts";
import { connectedSession, knownVenue } from "../../src/connectivity/openSession.ts";
import { venues } from "../../src/connectivity/venues.ts";

const credentials = { apiKey: "key-of-mine", apiSecret: "secret-of-mine", passphrase: "phrase-of-mine" };

describe("the table of venues", () => {
  it("has the five by name, and one of them proven", () => {
    expect(Object.keys(venues)).toEqual(["binance", "bybit", "okx", "kraken", "coinbase"]);
    const proven = Object.values(venues).filter(({ standing }) => standing === "proven");
    expect(proven.map(({ id }) => id)).toEqual(["binance"]);
  });

  it("takes any other exchange that ccxt streams from, and calls it unproven", async () => {
    expect(await knownVenue(" Gate ")).toMatchObject({ id: "gate", standing: "unproven" });
  });

  it.each([
    ["krakn", "kraken"],
    ["coinbse", "coinbase"],
    ["bitfinx", "bitfinex"],
  ])("asks whether %s was to be %s", async (name, meant) => {
    await expect(knownVenue(name)).rejects.toMatchObject({
      code: "GEO-VENUE-UNSUPPORTED",
      message: expect.stringContaining(`Did you mean "${meant}"?`),
    });
  });
});

describe.each([...Object.keys(venues), "gate"])("%s", (venue) => {
  it("is reached at the endpoint given and nowhere else", async () => {
    const endpoints = endpointsOf("http://127.0.0.1:9000");
    const session = await connectedSession({ venue, testnet: false, endpoints, credentials });
    expect([...hostsOf(session.exchange)]).toEqual(["127.0.0.1:9000"]);
    await expect(session.exchange.fetch("https://example.com/")).rejects.toThrow(/Not sent: example\.com/);
    await session.close();
  });
});

describe("a sandbox", () => {
  it.each([
    ["binance", "https://api.binance.com/api/v3/time", "testnet.binance.vision"],
    ["bybit", "https://api.bybit.com/v5/market/time", "api-testnet.bybit.com"],
  ])("of %s never reaches production", async (venue, production, host) => {
    const session = await connectedSession({ venue, testnet: true, credentials });
    expect([...hostsOf(session.exchange)]).toContain(host);
    await expect(session.exchange.fetch(production)).rejects.toThrow(/Not sent/);
    await session.close();
  });

  it("of OKX is marked in every request", async () => {
    const session = await connectedSession({ venue: "okx", testnet: true, credentials });
    expect(session.exchange.headers).toMatchObject({ "x-simulated-trading": "1" });
    await session.close();
  });

  it.each(["kraken", "coinbase"])("of %s is not there, and is said so", async (venue) => {
    await expect(connectedSession({ venue, testnet: true })).rejects.toMatchObject({
      code: "GEO-VENUE-UNSUPPORTED",
      hint: expect.stringContaining("binance, bybit, okx"),
    });
  });
});
