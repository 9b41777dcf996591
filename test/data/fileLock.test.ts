import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileLock } from "../../src/data/fileLock.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = () => join(folder, `${files++}.csv`);

describe("the lock of a file", () => {
  it("keeps a second writer out until it is released", () => {
    const path = fresh();
    const lock = new FileLock(path);
    expect(readFileSync(`${path}.lock`, "utf8")).toBe(`${process.pid} ${hostname()}\n`);
    expect(() => new FileLock(path)).toThrow(
      `${path}: expected a file that nobody else writes, found a download into it under way (process ${process.pid})`,
    );
    lock.release();
    new FileLock(path).release();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("is that of a process that lives, and taken over from one that is gone", async () => {
    const path = fresh();
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    writeFileSync(`${path}.lock`, `${other.pid} ${hostname()}\n`);
    expect(() => new FileLock(path)).toThrow(`under way (process ${other.pid})`);
    other.kill("SIGKILL");
    await once(other, "exit");
    const lock = new FileLock(path);
    expect(() => new FileLock(path)).toThrow(`(process ${process.pid})`);
    lock.release();
  });

  it.each([
    ["of another machine", "1 elsewhere\n", "(process 1 on elsewhere)"],
    ["that says nothing", "", "(process ? on another machine)"],
  ])("%s is respected, and the hint says how to go on", (_, text, words) => {
    const path = fresh();
    writeFileSync(`${path}.lock`, text);
    const refused = expect.objectContaining({
      code: "GEO-OUTPUT",
      message: expect.stringContaining(words),
      hint: expect.stringContaining(`remove ${path}.lock`),
    });
    expect(() => new FileLock(path)).toThrow(refused);
    expect(readFileSync(`${path}.lock`, "utf8")).toBe(text);
  });

  it("goes with the process", () => {
    const path = fresh();
    const before = process.listeners("exit");
    new FileLock(path);
    const [own] = process.listeners("exit").filter((one) => !before.includes(one));
    own!(0);
    expect([existsSync(`${path}.lock`), process.listeners("exit").length]).toEqual([false, before.length]);
  });

  it("of a folder that is not there is the file's fault", () => {
    const refused = expect.objectContaining({ code: "GEO-FILE" });
    expect(() => new FileLock(join(folder, "none", "x.csv"))).toThrow(refused);
  });
});
