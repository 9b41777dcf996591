import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type CredentialsRequest,
  credentialNames,
  readCredentials,
  requireCredentials,
} from "../../src/config/credentials.ts";
import type { GeoSyncError } from "../../src/domain/errors.ts";
import { scrubCredentials } from "../../src/strategy/loader.ts";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "geosync-credentials-"));
});

function request(env: Record<string, string>, more: Partial<CredentialsRequest> = {}): CredentialsRequest {
  return { venue: "binance", testnet: false, env, cwd, ...more };
}

/** Key and secret of each set of names, telling where they came from. */
function set(prefix: string): Record<string, string> {
  return { [`${prefix}_API_KEY`]: `key-${prefix}`, [`${prefix}_API_SECRET`]: `secret-${prefix}` };
}

const everything = { ...set("BINANCE_TESTNET"), ...set("BINANCE"), ...set("EXCHANGE"), ...set("OKX") };

const pem = (type: "ed25519" | "rsa"): string =>
  (type === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : generateKeyPairSync("ed25519")
  ).privateKey
    .export({ type: "pkcs8", format: "pem" })
    .toString();

describe("credentials", () => {
  it.each([
    ["the venue's own names first", everything, false, "BINANCE"],
    ["those of its testnet before them", everything, true, "BINANCE_TESTNET"],
    ["no testnet key in production", set("BINANCE_TESTNET"), false, undefined],
    ["the venue's where its testnet has none", { ...set("BINANCE"), ...set("EXCHANGE") }, true, "BINANCE"],
    ["the common names where the venue has none", { ...set("EXCHANGE"), ...set("OKX") }, false, "EXCHANGE"],
    ["nothing of another venue", set("OKX"), false, undefined],
    ["nothing for empty variables", { BINANCE_API_KEY: "", BINANCE_API_SECRET: " " }, false, undefined],
  ])("come from %s", async (_, env, testnet, prefix) => {
    const credentials = await readCredentials(request(env, { testnet }));
    expect([credentials?.apiKey, credentials?.apiSecret]).toEqual(
      prefix === undefined ? [undefined, undefined] : [`key-${prefix}`, `secret-${prefix}`],
    );
  });

  it("come from .env, unless the environment has them", async () => {
    writeFileSync(
      join(cwd, ".env"),
      "# mine\nBINANCE_API_KEY=in-file\nexport BINANCE_API_SECRET='quoted-secret'\n",
    );
    expect(await readCredentials(request({}))).toMatchObject({
      apiKey: "in-file",
      apiSecret: "quoted-secret",
      source: "BINANCE_API_KEY in .env",
    });
    expect(await readCredentials(request({ BINANCE_API_KEY: "in-shell" }))).toMatchObject({
      apiKey: "in-shell",
      source: "BINANCE_API_KEY in the environment",
    });
  });

  it("leave the environment as it was, and out of what a strategy sees", async () => {
    writeFileSync(join(cwd, ".env"), "BINANCE_API_KEY=in-file\nBINANCE_API_SECRET=in-file-too\n");
    const env = {
      ...everything,
      BINANCE_API_SECRET_FILE: "key.pem",
      EXCHANGE_API_PASSPHRASE: "phrase",
      HOME: "/",
    };
    const before = { ...env };
    await readCredentials(request(env));
    expect(env).toEqual(before);
    scrubCredentials(env);
    expect(Object.keys(env)).toEqual(["HOME"]);
  });

  it.each(["ed25519", "rsa"] as const)(
    "may be a private key (%s) on one line, or in a file",
    async (type) => {
      const key = pem(type);
      const oneLine = await readCredentials(
        request({ BINANCE_API_KEY: "key", BINANCE_API_SECRET: key.replaceAll("\n", "\\n") }),
      );
      expect(oneLine?.apiSecret).toBe(key.trim());
      writeFileSync(join(cwd, "key.pem"), key.replaceAll("\n", "\r\n"));
      const inFile = await readCredentials(
        request({ BINANCE_API_KEY: "key", BINANCE_API_SECRET_FILE: "key.pem" }),
      );
      expect(inFile?.apiSecret).toBe(key.trim());
    },
  );

  it.each<[string, Record<string, string>, Partial<CredentialsRequest>, RegExp]>([
    ["no secret", { BINANCE_API_KEY: "qK7pZ" }, {}, /found no BINANCE_API_SECRET/],
    ["no key", { BINANCE_API_SECRET: "qS7pZ", ...set("EXCHANGE") }, {}, /found no BINANCE_API_KEY/],
    ["no passphrase", set("OKX"), { venue: "okx", passphrase: true }, /found no OKX_API_PASSPHRASE/],
    [
      "a placeholder",
      { ...set("BINANCE"), BINANCE_API_KEY: "<your key>" },
      {},
      /BINANCE_API_KEY in the environment/,
    ],
    [
      "two words",
      { ...set("BINANCE"), BINANCE_API_SECRET: "top secret" },
      {},
      /BINANCE_API_SECRET in the env/,
    ],
    [
      "half a private key",
      { ...set("BINANCE"), BINANCE_API_SECRET: pem("rsa").slice(0, 300) },
      {},
      /private key/,
    ],
    ["no such file", { BINANCE_API_KEY: "qK7pZ", BINANCE_API_SECRET_FILE: "no.pem" }, {}, /no\.pem/],
  ])("are refused with %s, and the error does not quote them", async (_, env, more, words) => {
    const error = (await readCredentials(request(env, more)).catch((thrown) => thrown)) as GeoSyncError;
    expect(error).toMatchObject({ code: "GEO-CREDENTIALS", message: expect.stringMatching(words) });
    for (const value of Object.values(env)) {
      if (!value.endsWith(".pem")) expect(inspect(error, { depth: 9 })).not.toContain(value);
    }
  });

  it.each([
    [false, false, "BINANCE_API_KEY=… BINANCE_API_SECRET=…"],
    [true, true, "BINANCE_TESTNET_API_KEY=… BINANCE_TESTNET_API_SECRET=… BINANCE_TESTNET_API_PASSPHRASE=…"],
  ])("that are needed and not there: it says what to write where", async (testnet, passphrase, names) => {
    await expect(requireCredentials(request({}, { testnet, passphrase }))).rejects.toMatchObject({
      code: "GEO-CREDENTIALS",
      exitCode: 5,
      hint: expect.stringContaining(`.env, and keep that file out of version control: ${names}`),
    });
  });

  it("do not show when printed, copied or written as JSON", async () => {
    const credentials = (await readCredentials(
      request({ ...set("OKX"), OKX_API_PASSPHRASE: "phrase-OKX" }, { venue: "okx" }),
    ))!;
    const shown = [
      inspect(credentials, { depth: 9, showHidden: true }),
      JSON.stringify({ credentials }),
      JSON.stringify({ ...credentials }),
      `${credentials}`,
      inspect({ ...credentials }),
    ].join("\n");
    expect(shown).toContain("OKX_API_KEY in the environment");
    for (const value of ["key-OKX", "secret-OKX", "phrase-OKX"]) expect(shown).not.toContain(value);
    expect(credentials.passphrase).toBe("phrase-OKX");
  });

  it("are listed by their names, never their values", async () => {
    writeFileSync(join(cwd, ".env"), "OKX_API_PASSPHRASE=phrase\nOTHER=1\n");
    expect(await credentialNames({ env: set("BINANCE"), cwd })).toEqual([
      { name: "OKX_API_PASSPHRASE", from: ".env" },
      { name: "BINANCE_API_KEY", from: "the environment" },
      { name: "BINANCE_API_SECRET", from: "the environment" },
    ]);
  });
});
