/** Only what lies within the allowed folders is read, whatever a path looks like. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DataRoots } from "../../../src/run/orchestrator/dataRoots.ts";
import { dataFolder } from "./support.ts";

const folder = dataFolder();
const at = (name: string) => join(folder.path, name);
const roots = (names: readonly string[] = ["data"], maxBytes = 1000) =>
  new DataRoots(names, folder.path, maxBytes);

beforeAll(() => {
  for (const name of ["data", "data/deep", "data2", "secret", "data/..odd"]) mkdirSync(at(name));
  for (const name of ["data/a.csv", "data/deep/b.csv", "data2/c.csv", "secret/d.csv", "data/..odd/e.csv"])
    writeFileSync(at(name), "x".repeat(10));
  symlinkSync(at("secret/d.csv"), at("data/leak.csv"));
  symlinkSync(at("secret"), at("data/leaks"));
  symlinkSync(at("data/deep/b.csv"), at("data/link.csv"));
  symlinkSync(at("data"), at("alias"));
  symlinkSync(at("nowhere.csv"), at("data/dangling.csv"));
});

describe("admitted is", () => {
  it.each([
    ["a file in a root", "data/a.csv", "data/a.csv"],
    ["a file below it", "data/deep/b.csv", "data/deep/b.csv"],
    ["a way through .. that ends within", "data/deep/../a.csv", "data/a.csv"],
    ["a link that leads to another file within", "data/link.csv", "data/deep/b.csv"],
    ["a folder whose name only begins with ..", "data/..odd/e.csv", "data/..odd/e.csv"],
  ])("%s", async (_, asked, real) => {
    expect(await roots().admit(asked)).toBe(at(real));
    expect(await roots().admit(at(asked))).toBe(at(real));
  });

  it("a file of a root that is itself a link", async () => {
    expect(await roots(["alias"]).admit("alias/a.csv")).toBe(at("data/a.csv"));
  });

  it("a file of any of several roots", async () => {
    expect(await roots(["data", "data2"]).admit("data2/c.csv")).toBe(at("data2/c.csv"));
  });
});

describe("refused is", () => {
  it.each([
    ["a way out through ..", "data/../secret/d.csv"],
    ["an absolute path elsewhere", "/etc/passwd"],
    ["a link that leads out", "data/leak.csv"],
    ["a folder that is a link out", "data/leaks/d.csv"],
    ["a folder whose name only begins with the root's", "data2/c.csv"],
    ["the root itself", "data"],
    ["the folder above it", "data/.."],
  ])("%s", async (_, path) => {
    const refused = roots().admit(path);
    await expect(refused).rejects.toThrow(/expected a file within data, found one outside/);
    await expect(refused).rejects.toMatchObject({
      code: "GEO-FILE",
      hint: expect.stringContaining("allowedDataRoots"),
    });
  });

  it.each([
    ["a file that is not there", "data/none.csv", /data\/none\.csv: expected a file, found none/],
    ["a link to nothing", "data/dangling.csv", /expected a file, found none/],
    ["a folder", "data/deep", /data\/deep: expected a file, found no plain one/],
  ])("%s", async (_, path, message) => {
    await expect(roots().admit(path)).rejects.toThrow(message);
  });

  it.each(["", "data/a.csv\0.txt", undefined, 5])("the path %j", async (path) => {
    await expect(roots().admit(path as string)).rejects.toThrow(
      /MarketDataSource\.path: expected the path of a file/,
    );
  });

  it("a file larger than the limit", async () => {
    await expect(roots(["data"], 9).admit("data/a.csv")).rejects.toThrow(
      /expected at most 9 bytes, found 10/,
    );
    expect(await roots(["data"], 10).admit("data/a.csv")).toBe(at("data/a.csv"));
  });

  it("a root that is not there, or is a file", async () => {
    await expect(roots(["none"]).admit("data/a.csv")).rejects.toThrow(
      /allowedDataRoots: none: expected a folder/,
    );
    await expect(roots(["data/a.csv"]).admit("data/a.csv")).rejects.toThrow(
      /expected a folder, found a file/,
    );
  });

  it("a system without roots", () => {
    expect(() => roots([])).toThrow("allowedDataRoots: expected at least one folder, found none");
  });
});
