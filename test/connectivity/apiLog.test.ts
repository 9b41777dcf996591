import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openApiLog } from "../../src/connectivity/apiLog.ts";

it("the API log has one JSON object a line, with the fields of a record and no others", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "geosync-api-log-")), "api.ndjson");
  const log = await openApiLog(path);
  const before = Date.now();
  const record = { venue: "binance", call: "createOrder", ms: 1.25, attempt: 1, outcome: "ok", status: 200 };
  log.record(Object.assign({ apiKey: "secret" }, record));
  log.record({ venue: "binance", call: "fetchBalance", ms: 3, attempt: 2, outcome: "GEO-CONNECTION" });
  await log.close();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const [first, second] = lines.map((line) => JSON.parse(line));
  const { time, ...rest } = first;
  expect(rest).toEqual({ level: "info", ...record });
  expect(Math.abs(Date.parse(time) - before)).toBeLessThan(60_000);
  expect(second).toMatchObject({
    level: "warn",
    call: "fetchBalance",
    attempt: 2,
    outcome: "GEO-CONNECTION",
  });
  expect(lines).toHaveLength(2);
});

it("the API log appends to what is there", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "geosync-api-log-")), "api.ndjson");
  for (const call of ["one", "two"]) {
    const log = await openApiLog(path);
    log.record({ venue: "binance", call, ms: 1, attempt: 1, outcome: "ok" });
    await log.close();
  }
  expect(readFileSync(path, "utf8").match(/"call":"(\w+)"/g)).toEqual(['"call":"one"', '"call":"two"']);
});

it("an API log that cannot be written is refused", async () => {
  await expect(openApiLog(join(tmpdir(), "no such folder", "api.ndjson"))).rejects.toMatchObject({
    code: "GEO-OUTPUT",
    message: expect.stringContaining("--api-log"),
  });
});
