import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkAssertions, parseAssertion } from "../../src/report/assertions.ts";
import { canonicalHash } from "../../src/report/canonical.ts";
import { downloadSchema, providerDownloadSchema } from "../../src/report/downloadSchema.ts";
import { driftSchema } from "../../src/report/driftSchema.ts";
import * as schemas from "../../src/report/schema.ts";
import * as ofSessions from "../../src/report/sessionSchema.ts";
import { sessionsSchema } from "../../src/report/sessionsSchema.ts";
import { tokenSchema } from "../../src/report/tokenSchema.ts";
import { gambler } from "../support/gambler.ts";
import { bars, minute, run, start, walk } from "../support/market.ts";
import { document, metrics } from "./documents.ts";

const published = {
  "geosync.backtest-1": schemas.backtestSchema,
  "geosync.metrics-1": schemas.metricsSchema,
  "geosync.strategies-1": schemas.strategiesSchema,
  "geosync.sessions-1": sessionsSchema,
  "geosync.session-1": ofSessions.sessionSchema,
  "geosync.session-event-1": ofSessions.sessionEventSchema,
  "geosync.replay-1": ofSessions.replaySchema,
  "geosync.halt-1": ofSessions.haltSchema,
  "geosync.drift-1": driftSchema,
  "geosync.token-1": tokenSchema,
  "geosync.download-1": downloadSchema,
  "geosync.provider-download-1": providerDownloadSchema,
  "geosync.doctor-1": schemas.doctorSchema,
  "geosync.config-1": schemas.configSchema,
  "geosync.error-1": schemas.errorSchema,
};

describe("docs/schema", () => {
  // As input: a reader of version 1 must not stumble over members that are added later.
  it.each(Object.entries(published))("%s.json is current (vitest -u writes it)", async (name, schema) => {
    const text = `${JSON.stringify(z.toJSONSchema(schema, { io: "input" }), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../docs/schema/${name}.json`);
  });
});

describe("a document", () => {
  it("with an explanation is what the schema says, too", async () => {
    for (const at of [20, 60, 130]) {
      const { explanation } = await run(gambler, bars(walk(2, 150)), { explain: start + at * minute });
      const written = { ...document, explain: explanation! };
      expect(JSON.stringify(schemas.backtestSchema.parse(written))).toBe(JSON.stringify(written));
      expect(canonicalHash(written)).toBe(canonicalHash(document));
    }
  });

  const assertions = checkAssertions([parseAssertion("profitFactor>1"), parseAssertion("fees<9")], metrics);
  it("is what the schema says, no more and in its order", () => {
    for (const written of [document, { ...document, assertions }]) {
      expect(JSON.stringify(schemas.backtestSchema.parse(written))).toBe(JSON.stringify(written));
    }
  });
  it.each([
    ["a number for money", { ...document, run: { ...document.run, cash: 10_000 } }],
    ["NaN", { ...document, metrics: { ...metrics, sharpe: Number.NaN } }],
    ["an exponent", { ...document, run: { ...document.run, cash: "1e4" } }],
    ["a local time", { ...document, equity: [["2024-01-01 00:00", "1"]] }],
    ["another version", { ...document, schema: "geosync.backtest/2" }],
  ])("with %s is refused", (_, wrong) => {
    expect(schemas.backtestSchema.safeParse(wrong).success).toBe(false);
  });
});
