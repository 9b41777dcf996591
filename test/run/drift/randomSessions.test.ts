import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { parseFixed } from "../../../src/domain/fixed.ts";
import type { SessionCommand } from "../../../src/run/session/step.ts";
import { driftOfPlayed, playSession, type Told, ToldVenue } from "./sessions.ts";

const bars = 240;
const folder = mkdtempSync(join(tmpdir(), "geosync-drift-random-"));
const lines = readFileSync("data/BTCUSDT_1m_synthetic.csv", "utf8").split("\n").slice(0, bars);
const official = join(folder, "official", "BTCUSDT_1m.csv");
const seen = join(folder, "BTCUSDT_1m.csv");
mkdirSync(join(folder, "official"));
writeFileSync(official, lines.join("\n"));
afterAll(() => rmSync(folder, { recursive: true }));

const bar = fc.integer({ min: 20, max: bars - 2 });
const fraction = (most: number, least = 0) =>
  fc.integer({ min: least, max: most }).map((n) => (n / 100_000).toFixed(5));
const side = fc.constantFrom("buy" as const, "sell" as const);
const hand = fc.record({ side, quantity: fraction(20_000, 1) });

const told: fc.Arbitrary<Told> = fc.record({
  slip: fraction(300),
  fee: fraction(200),
  delay: fc.integer({ min: 0, max: 3 }),
  refuses: fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 3 }),
  byHand: fc.dictionary(bar.map(String), hand, { maxKeys: 2 }),
});

const command: fc.Arbitrary<SessionCommand> = fc.oneof(
  fc.constant<SessionCommand>({ kind: "halt", because: "a test" }),
  fc.constant<SessionCommand>({ kind: "resume" }),
  fc.constant<SessionCommand>({ kind: "flatten" }),
  hand.map((one): SessionCommand => ({ kind: "order", key: null, order: { symbol: "BTC/USDT", ...one } })),
);

const world = fc.record({
  venue: fc.option(told),
  commands: fc.dictionary(bar.map(String), command, { maxKeys: 4 }),
  untilBars: bar,
  lookback: fc.integer({ min: 3, max: 30 }),
  account: fc.constantFrom("cash" as const, "margin" as const),
  takerFee: fraction(200),
  /** Of every so many bars one had another close than the official one; 0: none had. */
  wrongEvery: fc.constantFrom(0, 0, 7, 40),
});

/** The session's own data. */
function writeSeen(wrongEvery: number): void {
  const rows = lines.map((line, i) => {
    if (i === 0 || wrongEvery === 0 || i % wrongEvery > 0) return line;
    const [time, open, high, low, , volume] = line.split(",");
    return [time, open, high, low, i % 2 === 0 ? low : high, volume].join(",");
  });
  writeFileSync(seen, rows.join("\n"));
}

it("whatever happens to a session, its causes add up to its drift, to the last digit", {
  timeout: 120_000,
}, async () => {
  let drifted = 0;
  await fc.assert(
    fc.asyncProperty(world, async ({ venue, commands, untilBars, wrongEvery, ...given }) => {
      writeSeen(wrongEvery);
      const played = await playSession({
        options: {
          ...{ files: [seen], strategy: "momentum", params: { lookback: given.lookback } },
          ...{ account: given.account, takerFee: parseFixed(given.takerFee), volumeLimit: null as never },
        },
        ...{ venue: venue && new ToldVenue(venue), commands, untilBars },
      });
      const { document, amounts } = await driftOfPlayed(played, wrongEvery === 0 ? [] : [official]);
      const sum = Object.values(amounts).reduce((total, amount) => total.plus(amount), new Decimal(0));
      expect(sum.toFixed()).toBe(document.drift);
      const { result, backtest } = document;
      expect(new Decimal(result.profit).minus(backtest.profit).toFixed()).toBe(document.drift);
      // What did not happen is no cause.
      const byHand = Object.keys(venue?.byHand ?? {}).length + Object.values(commands).filter(isOrder).length;
      if (byHand === 0) expect(amounts.manual).toBe("0");
      if (wrongEvery === 0) expect(amounts.data).toBe("0");
      if (venue === null && Object.keys(commands).length === 0)
        expect(amounts).toEqual({ ...none, data: document.drift });
      if (document.drift !== "0") drifted++;
    }),
    { numRuns: 40 },
  );
  expect(drifted).toBeGreaterThan(20);
});

function isOrder({ kind }: SessionCommand): boolean {
  return kind === "order";
}

const none = { data: "0", rejects: "0", manual: "0", timing: "0", price: "0", fees: "0", other: "0" };
