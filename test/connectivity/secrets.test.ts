import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endpointsOf } from "../../src/connectivity/endpoints.ts";
import { openSession } from "../../src/connectivity/openSession.ts";
import { scrubberOf } from "../../src/connectivity/scrub.ts";
import type { ApiCall, ApiRecord, VenueSession } from "../../src/connectivity/session.ts";
import type { GeoSyncError } from "../../src/domain/errors.ts";
import { credentials, order, question } from "./calls.ts";
import { type Answer, cut, json, status, type TinyExchange, tinyExchange } from "./support.ts";

let venue: TinyExchange;
let session: VenueSession;
let records: ApiRecord[];

beforeEach(async () => {
  venue = await tinyExchange();
  records = [];
  session = await openSession({
    venue: "binance",
    testnet: false,
    endpoints: endpointsOf(venue.url),
    credentials,
    log: { record: (one) => void records.push(one) },
    retry: { attempts: 1 },
  });
});

afterEach(async () => {
  await session.close();
  await venue.close();
});

describe("secrets", () => {
  it.each<[string, ApiCall<string>, Answer]>([
    ["a cut question", question, cut],
    ["a cut order", order, cut],
    [
      "a 500 that echoes the request",
      question,
      (request, response) =>
        status(500, `${request.query} ${request.headers["x-mbx-apikey"]}`)(request, response),
    ],
    [
      "a refusal that echoes it",
      order,
      (request, response) =>
        json({ code: -1100, msg: `Illegal: ${request.body} ${request.headers["x-mbx-apikey"]}` }, 400)(
          request,
          response,
        ),
    ],
  ])("are not in the error of %s", async (_, call, fault) => {
    venue.on("/api/v3/account", fault);
    venue.on("/api/v3/order", fault);
    const error = await session.call(call).then(
      () => undefined,
      (thrown: GeoSyncError) => thrown,
    );
    const { query, body } = venue.seen.at(-1)!;
    const signature = query.get("signature") ?? new URLSearchParams(body).get("signature");
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    const told = [
      inspect(error, { depth: 9 }),
      JSON.stringify(error),
      String(error),
      error?.stack,
      inspect(records),
    ];
    told.push(inspect(session, { depth: 9, showHidden: true }), JSON.stringify(session));
    told.push(inspect(session.exchange, { depth: 9 }), JSON.stringify({ ...session, it: session.exchange }));
    for (const secret of [credentials.apiKey, credentials.apiSecret, signature!]) {
      expect(told.join("\n")).not.toContain(secret);
    }
  });

  it("are not in what a stream threw", () => {
    const thrown = new Error(
      `wss://venue/ws?apiKey=${credentials.apiKey}&signature=abc ${credentials.apiSecret}`,
    );
    const error = session.failure(thrown, "watchOrders");
    expect(error.code).toBe("GEO-VENUE-ANSWER");
    expect(inspect(error, { depth: 9 })).not.toMatch(/of-the-account|signature=abc/);
  });

  it.each([
    [
      "the query of an address",
      "GET https://venue/x?timestamp=1&signature=ab 500",
      "GET https://venue/x 500",
    ],
    [
      "a signature anywhere",
      '{"signature":"abc=="} signature=abc&x=1',
      '{"signature":"***"} signature=***&x=1',
    ],
    ["the key", "key key-of-the-account!", "key ***!"],
    ["the secret, encoded", "a%20secret%2Fof%20mine", "***"],
    ["one line of a PEM", "at MIIEvQIBADANBgkqhkiG9w0 there", "at *** there"],
    ["nothing else", "Filter failure: LOT_SIZE", "Filter failure: LOT_SIZE"],
  ])("are taken out of a text: %s", (_, text, clean) => {
    const scrub = scrubberOf({
      apiKey: credentials.apiKey,
      apiSecret: text.startsWith("a%20")
        ? decodeURIComponent(text)
        : "-----BEGIN\nMIIEvQIBADANBgkqhkiG9w0\n-----END",
    });
    expect(scrub(text)).toBe(clean);
  });
});
