import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TokenFile } from "../../src/store/tokens.ts";
import { newFolder, removeFolder } from "../support/servedSession.ts";

let folder = "";
let tokens: TokenFile;
beforeEach(() => {
  folder = newFolder();
  tokens = new TokenFile(`${folder}/sessions`);
});
afterEach(() => removeFolder(folder));

const now = Date.UTC(2024, 0, 1);
const made = (name: string, expires: number | null = null) =>
  tokens.create({ name, scope: "trade", expires }, now).token;

describe("tokens", () => {
  it("are kept as hashes, in a file for its owner alone", () => {
    const token = made("desk");
    expect(token).toMatch(/^geosync_[\w-]{43}$/);
    expect(readFileSync(tokens.path, "utf8")).not.toContain(token.slice(8));
    if (process.platform !== "win32") expect(statSync(tokens.path).mode & 0o777).toBe(0o600);
    expect(tokens.find(token, now)).toMatchObject({ name: "desk", scope: "trade" });
    expect(tokens.find(`${token}x`, now)).toBeNull();
    expect(tokens.find("", now)).toBeNull();
  });

  it("of two processes are seen by both", () => {
    const other = new TokenFile(`${folder}/sessions`);
    expect(other.all()).toEqual([]);
    const token = made("desk");
    expect(other.find(token, now)).not.toBeNull();
    tokens.revoke("desk");
    expect(other.find(token, now)).toBeNull();
  });

  it("expire", () => {
    const token = made("desk", now + 1000);
    expect(tokens.find(token, now + 999)).not.toBeNull();
    expect(tokens.find(token, now + 1000)).toBeNull();
  });

  it.each(["", "a b", "../x", "x".repeat(65)])('have names: "%s" is none', (name) => {
    expect(() => made(name)).toThrow(expect.objectContaining({ code: "GEO-OPTION-VALUE" }));
  });

  it("have names of their own, and only what is there is revoked", () => {
    made("desk");
    expect(() => made("desk")).toThrow(/in use/);
    expect(() => tokens.revoke("other")).toThrow(/no token has the name/);
  });

  it("let nobody in when their file is damaged", () => {
    const token = made("desk");
    writeFileSync(tokens.path, "{}");
    expect(() => tokens.find(token, now)).toThrow(expect.objectContaining({ code: "GEO-FILE" }));
    rmSync(tokens.path);
    expect(tokens.find(token, now)).toBeNull();
  });
});
