import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { reportFailure } from "../../src/cli/failure.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { Session } from "../../src/cli/session.ts";
import { doctorSchema } from "../../src/report/schema.ts";
import { createExchange } from "../../src/venue/exchange.ts";
import { startVenue, type Venue } from "../../src/venue/server.ts";

const key = "key-of-the-demo-account";
const secret = "secret-of-the-demo-account";

let cwd: string;
let venue: Venue;

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "geosync-doctor-"));
  venue = await startVenue({ createExchange: (clock) => createExchange({ clock }), keys: [{ key, secret }] });
});

afterEach(() => venue.close());

async function doctor(args: readonly string[], env: Session["env"] = {}) {
  let out = "";
  const session: Session = {
    cwd,
    env,
    signal: new AbortController().signal,
    color: false,
    print: async (pieces) => {
      for (const piece of pieces) out += piece;
    },
    note: (text) => {
      out += `${text}\n`;
    },
    exitCode: 0,
    endsInOrder: false,
  };
  const given = args.map((arg) => arg.replace("VENUE", venue.url));
  const failed = await runProgram(["doctor", ...given], session).then(
    () => undefined,
    (error) => reportFailure(error, false, session),
  );
  return { out, exitCode: failed ?? session.exitCode };
}

async function documentOf(args: readonly string[], env: Session["env"] = {}) {
  const { out, exitCode } = await doctor([...args, "--json"], env);
  const document: z.infer<typeof doctorSchema> = doctorSchema.parse(JSON.parse(out));
  const statuses = Object.fromEntries(document.checks.map(({ name, status }) => [name, status]));
  return { document, statuses, exitCode, last: document.checks.at(-1)! };
}

const there = ["--venue", "binance", "--testnet", "--venue-url", "VENUE"];
const keys = { BINANCE_TESTNET_API_KEY: key, BINANCE_TESTNET_API_SECRET: secret };

describe("geosync doctor", () => {
  it("checks this machine, and is content with it", async () => {
    const { document, statuses, exitCode } = await documentOf([]);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ venue: null, testnet: false, healthy: true });
    expect(statuses).toEqual({
      geosync: "ok",
      "working folder": "ok",
      "temporary folder": "ok",
      "API keys": "ok",
    });
  });

  it("checks the whole way to an order at the local exchange", async () => {
    writeFileSync(join(cwd, ".env"), `BINANCE_API_KEY=${key}\nBINANCE_API_SECRET=${secret}\n`);
    chmodSync(join(cwd, ".env"), 0o600);
    const { out, exitCode } = await doctor([
      ...there,
      "--symbol",
      "btcusdt",
      "--api-log",
      join(cwd, "api.ndjson"),
    ]);
    expect(exitCode).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, 22).trimEnd())).toEqual([
      "ok    geosync",
      "ok    working folder",
      "ok    temporary folder",
      "ok    API keys",
      "ok    venue",
      "ok    session",
      "ok    rest",
      "ok    streams",
      "ok    ws-api",
      "ok    clock",
      "ok    markets",
      "ok    credentials",
      "ok    symbol",
    ]);
    expect(out).toContain("BINANCE_API_KEY in .env");
    expect(out).toContain("may trade");
    expect(lines.at(-1)).toMatch(/BTC\/USDT: tick 0\.01\d*, lot 0\.00001\d*, .*smallest value 5/);
    const log = readFileSync(join(cwd, "api.ndjson"), "utf8");
    expect(log.match(/"call":"\w+"/g)).toEqual(
      ["fetchTime", "fetchTime", "loadMarkets", "fetchBalance"].map((call) => `"call":"${call}"`),
    );
    for (const hidden of [key, secret]) expect(out + log).not.toContain(hidden);
  });

  it.each<[string, readonly string[], Session["env"], number, string, RegExp]>([
    [
      "a wrong secret",
      there,
      { ...keys, BINANCE_TESTNET_API_SECRET: "another-secret" },
      5,
      "credentials",
      /-1022/,
    ],
    [
      "an unknown key",
      there,
      { ...keys, BINANCE_TESTNET_API_KEY: "another-key" },
      5,
      "credentials",
      /-20\d\d/,
    ],
    ["half of the credentials", there, { BINANCE_API_KEY: key }, 5, "credentials", /no BINANCE_API_SECRET/],
    ["an unknown symbol", [...there, "--symbol", "BTC/USDTT"], keys, 5, "symbol", /Did you mean "BTC\/USDT"/],
    ["an unknown venue", ["--venue", "binanc"], {}, 5, "venue", /Did you mean "binance"/],
    ["no sandbox", ["--venue", "kraken", "--testnet"], {}, 5, "venue", /no sandbox/],
    [
      "nobody there",
      ["--venue", "binance", "--venue-url", "http://127.0.0.1:1"],
      {},
      5,
      "rest",
      /ECONNREFUSED/,
    ],
  ])("stops at %s, and says what to do", async (_, args, env, code, name, words) => {
    const { document, exitCode, last } = await documentOf(args, env);
    expect(exitCode).toBe(code);
    expect(document.healthy).toBe(false);
    expect(last).toMatchObject({ name, status: "fail", message: expect.stringMatching(words) });
    expect(last.hint).not.toBeNull();
    for (const value of Object.values(env)) expect(JSON.stringify(document)).not.toContain(value);
  });

  it("does without an API key, and says where to put one", async () => {
    const { statuses, document, exitCode } = await documentOf(there);
    expect([statuses.credentials, exitCode]).toEqual(["warn", 0]);
    const { hint } = document.checks.find(({ name }) => name === "credentials")!;
    expect(hint).toContain("BINANCE_TESTNET_API_KEY");
  });

  it("warns of a clock that is far from the venue's, and of keys that others can read", async () => {
    await fetch(`${venue.url}/admin/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ clock: { offsetMs: 3_000 } }),
    });
    writeFileSync(join(cwd, ".env"), `EXCHANGE_API_KEY=${key}\nEXCHANGE_API_SECRET=${secret}\n`);
    chmodSync(join(cwd, ".env"), 0o644);
    const { statuses, document } = await documentOf(there);
    expect(statuses).toMatchObject({ ".env": "warn", clock: "warn", credentials: "ok" });
    expect(document.checks.find(({ name }) => name === "clock")?.message).toMatch(
      /\b(?:29|30)\d\d ms behind/,
    );
  });

  it("takes the addresses from the environment, and flags over them", async () => {
    const env = { ...keys, GEOSYNC_VENUE: "binance", GEOSYNC_VENUE_URL: "http://127.0.0.1:1" };
    expect((await documentOf([], env)).last.name).toBe("rest");
    expect((await documentOf(["--testnet", "--venue-url", "VENUE"], env)).statuses.credentials).toBe("ok");
    const ws = venue.url.replace("http", "ws");
    const parts = [`rest=${venue.url}/api/v3`, `streams=${ws}/stream`, `ws-api=${ws}/ws-api/v3`];
    const split = { GEOSYNC_ENDPOINT: parts.join(" ") };
    expect(
      (
        await documentOf(["--venue", "binance"], {
          ...split,
          EXCHANGE_API_KEY: key,
          EXCHANGE_API_SECRET: secret,
        })
      ).statuses,
    ).toMatchObject({ rest: "ok", streams: "ok", "ws-api": "ok", credentials: "ok" });
  });

  it.each([
    [["--testnet"], "GEO-USAGE", "--venue"],
    [
      ["--venue", "binance", "--venue-url", "ftp://x"],
      "GEO-OPTION-VALUE",
      "--venue-url: expected an address",
    ],
    [["--venue", "binance", "--endpoint", "rest=http://x"], "GEO-OPTION-VALUE", "streams and ws-api, too"],
    [
      ["--venue", "binance", "--endpoint", "rset=http://x"],
      "GEO-OPTION-VALUE",
      "rest=…, streams=…, ws-api=…",
    ],
    [["--venue", "binance", "--api-log", "/no/such/folder/x"], "GEO-OUTPUT", "--api-log"],
  ])("refuses %j", async (args, code, words) => {
    const { out, exitCode } = await doctor(args);
    expect(exitCode).not.toBe(0);
    expect(out).toContain(`error ${code}`);
    expect(out).toContain(words);
  });
});
