/** A download from a provider that is killed goes on where it was. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bin, buildWhenStale } from "./geosync.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-killed-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(buildWhenStale);

it("killed in the middle, twice, it has every bar once, and nobody ever saw half of the file", async () => {
  const hung: (() => void)[] = [];
  let answersLeft = Number.POSITIVE_INFINITY;
  let onHang = (): void => {};
  const server = createServer((request, response) => {
    const [, year, month, day] = /(\d{4})(\d\d)(\d\d)\?/.exec(request.url ?? "") ?? [];
    if (answersLeft-- <= 0) {
      hung.push(() => response.destroy());
      onHang();
      return;
    }
    const rows = Array.from({ length: 30 }, (_, i) => {
      const price = 100 + Number(day) + i / 100;
      const prices = { open: price, high: price + 1, low: price - 1, close: price + 0.5, volume: i };
      return { date: `${year}-${month}-${day}`, minute: `10:${String(i).padStart(2, "0")}`, ...prices };
    });
    response.writeHead(200).end(JSON.stringify(rows));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const download = (out: string) =>
    execa(
      process.execPath,
      [
        ...[bin, "data", "download", "--provider", "iex", "--provider-url", url, "--symbol", "ACME"],
        ...["--from", "2024-01-01", "--to", "2024-01-13", "--out", out, "--rate", "1000/s", "--json"],
      ],
      { cwd: folder, extendEnv: false, env: { IEX_TOKEN: "pk_of_the_tests" }, reject: false },
    );
  const path = join(folder, "killed.csv");
  for (const answers of [3, 4]) {
    answersLeft = answers;
    const hanging = new Promise<void>((resolve) => {
      onHang = resolve;
    });
    const child = download("killed.csv");
    await hanging;
    child.kill("SIGKILL");
    await child;
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(`${path}.partial`, "utf8").split("\n").length).toBeGreaterThan(30);
  }
  answersLeft = Number.POSITIVE_INFINITY;
  const { stdout } = await download("killed.csv");
  expect(JSON.parse(String(stdout))).toMatchObject({ resumed: true, last: "2024-01-12T15:29:00Z" });
  await download("whole.csv");
  const whole = readFileSync(join(folder, "whole.csv"), "utf8");
  expect(readFileSync(path, "utf8")).toBe(whole);
  // Ten weekdays of thirty minutes.
  expect(whole.trimEnd().split("\n")).toHaveLength(301);
  expect(existsSync(`${path}.partial`) || existsSync(`${path}.partial.json`)).toBe(false);
  for (const end of hung) end();
  server.closeAllConnections();
  server.close();
});
