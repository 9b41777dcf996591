import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inspect } from "node:util";
import { ConnectionError } from "../domain/errors.ts";
import type { Credentials } from "../domain/ports.ts";

export interface CredentialsRequest {
  /** As the venue is called: `binance` reads BINANCE_API_KEY. */
  readonly venue: string;
  readonly testnet: boolean;
  /** Whether the venue's keys come with a passphrase. */
  readonly passphrase?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for. */
  readonly cwd: string;
}

/** Credentials that printing, inspecting, copying and JSON do not show; only their three names give them out. */
export class VenueCredentials implements Credentials {
  readonly #values: { readonly apiKey: string; readonly apiSecret: string; readonly passphrase?: string };
  /** Where the key was found: `BINANCE_API_KEY in .env`. */
  readonly source: string;

  constructor(values: Credentials, source: string) {
    this.#values = values;
    this.source = source;
  }

  get apiKey(): string {
    return this.#values.apiKey;
  }

  get apiSecret(): string {
    return this.#values.apiSecret;
  }

  // Absent, not undefined, where the port says so.
  get passphrase(): string {
    return this.#values.passphrase as string;
  }

  toJSON(): string {
    return `credentials of ${this.source}`;
  }

  toString(): string {
    return this.toJSON();
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

/**
 * The credentials of the environment, else of `.env` in the working folder; undefined when neither has any. Names of
 * the venue go first, and those of its testnet before them; key and secret always come from the same set of names.
 * Read them before a strategy is loaded: whatever looks like credentials is deleted from the environment then.
 * @throws ConnectionError GEO-CREDENTIALS when a set is incomplete or cannot be right
 */
export async function readCredentials(request: CredentialsRequest): Promise<VenueCredentials | undefined> {
  const found = await variablesOf(request);
  const prefix = prefixesOf(request).find((name) => [...found.keys()].some((key) => belongs(key, name)));
  if (prefix === undefined) return undefined;
  const { apiKey, apiSecret, apiSecretFile, passphrase } = namesOf(prefix);
  const key = found.get(apiKey) ?? missing(apiKey, prefix, request);
  const secret = found.get(apiSecret) ?? fileOf(found.get(apiSecretFile), apiSecretFile, request.cwd);
  if (secret === undefined) return missing(apiSecret, prefix, request);
  const phrase = found.get(passphrase);
  if (request.passphrase && phrase === undefined) missing(passphrase, prefix, request);
  const values = { apiKey: plain(key, apiKey), apiSecret: secretOf(secret, apiSecret) };
  return new VenueCredentials(
    phrase === undefined ? values : { ...values, passphrase: phrase.text },
    `${apiKey} in ${key.from}`,
  );
}

/** @throws ConnectionError GEO-CREDENTIALS, saying what to put where, when there are none */
export async function requireCredentials(request: CredentialsRequest): Promise<VenueCredentials> {
  const credentials = await readCredentials(request);
  if (credentials !== undefined) return credentials;
  const [first] = prefixesOf(request);
  const names = wanted(first!, request);
  throw credentialsError(
    `Expected an API key of ${request.venue}${request.testnet ? "'s testnet" : ""}, found none: neither the environment nor .env in ${request.cwd} has ${names[0]} or EXCHANGE_API_KEY.`,
    `Write these lines into .env, and keep that file out of version control: ${names.map((name) => `${name}=…`).join(" ")}`,
  );
}

/**
 * The key of that very name, as data providers give them out; undefined when neither the environment nor `.env` has it.
 * @throws ConnectionError GEO-CREDENTIALS when it cannot be right
 */
export async function readKey(
  name: string,
  request: Pick<CredentialsRequest, "env" | "cwd">,
): Promise<string | undefined> {
  const key = (await variablesOf(request)).get(name);
  return key === undefined ? undefined : plain(key, name);
}

/** Names, never values, of the credentials that are there, and where. */
export async function credentialNames(
  request: Pick<CredentialsRequest, "env" | "cwd">,
): Promise<readonly { readonly name: string; readonly from: string }[]> {
  const found = await variablesOf(request);
  return [...found].filter(([name]) => isCredential.test(name)).map(([name, { from }]) => ({ name, from }));
}

const isCredential = /_API_(?:KEY|SECRET|SECRET_FILE|PASSPHRASE)$/;

interface Variable {
  readonly text: string;
  readonly from: "the environment" | ".env";
}

async function variablesOf({
  env,
  cwd,
}: Pick<CredentialsRequest, "env" | "cwd">): Promise<ReadonlyMap<string, Variable>> {
  const variables = new Map<string, Variable>();
  const add = (from: Variable["from"], texts: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, text] of Object.entries(texts)) {
      // An empty variable is how shells and CI systems write "not set".
      if (text !== undefined && text.trim() !== "") variables.set(name, { text: text.trim(), from });
    }
  };
  add(".env", await dotenv(cwd));
  add("the environment", env);
  return variables;
}

async function dotenv(cwd: string): Promise<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, ".env"), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw credentialsError(
      `.env: expected a readable file: ${(cause as Error).message}`,
      "Mend its rights, or remove it.",
    );
  }
  const { parse } = await import("dotenv");
  return parse(text);
}

function prefixesOf({ venue, testnet }: CredentialsRequest): readonly string[] {
  const own = venue.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  return [...(testnet ? [`${own}_TESTNET`] : []), own, "EXCHANGE"];
}

function namesOf(prefix: string) {
  return {
    apiKey: `${prefix}_API_KEY`,
    apiSecret: `${prefix}_API_SECRET`,
    apiSecretFile: `${prefix}_API_SECRET_FILE`,
    passphrase: `${prefix}_API_PASSPHRASE`,
  } as const;
}

function belongs(name: string, prefix: string): boolean {
  return (Object.values(namesOf(prefix)) as readonly string[]).includes(name);
}

function wanted(prefix: string, { passphrase }: CredentialsRequest): readonly string[] {
  const names = namesOf(prefix);
  return [names.apiKey, names.apiSecret, ...(passphrase ? [names.passphrase] : [])];
}

function missing(name: string, prefix: string, request: CredentialsRequest): never {
  throw credentialsError(
    `Expected ${wanted(prefix, request).join(", ")} together, found no ${name}.`,
    "Put it beside the others, in .env or in the environment.",
  );
}

function fileOf(path: Variable | undefined, name: string, cwd: string): Variable | undefined {
  if (path === undefined) return undefined;
  try {
    return { text: readFileSync(resolve(cwd, path.text), "utf8"), from: path.from };
  } catch (cause) {
    throw credentialsError(
      `${name} in ${path.from}: expected the path of a private key's file: ${(cause as Error).message}`,
      "Name a file that can be read.",
    );
  }
}

/** A key as venues give them out: one word of printable characters, and not the one of an example. */
function plain({ text, from }: Variable, name: string): string {
  if (/^[\x21-\x7e]+$/.test(text) && !/^<.*>$|^your[-_ ]|^changeme$|^x{3,}$|^\*+$/i.test(text)) return text;
  throw credentialsError(
    `${name} in ${from}: expected a key as the venue gave it out, found ${text.length} characters that are none.`,
    "Copy it again, without quotes inside, spaces or placeholders.",
  );
}

function secretOf(secret: Variable, name: string): string {
  if (!secret.text.includes("-----BEGIN")) return plain(secret, name);
  const pem = secret.text.replaceAll("\\n", "\n").replaceAll("\r", "").trim();
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    // The reason that the library gives may quote the key.
    throw credentialsError(
      `${name} in ${secret.from}: expected a private key that is not encrypted, in PEM form, found one that cannot be read.`,
      `Write it on one line with \\n for its line breaks, in quotes, or name its file in ${name}_FILE.`,
    );
  }
}

function credentialsError(message: string, hint: string): ConnectionError {
  return new ConnectionError(message, { code: "GEO-CREDENTIALS", hint });
}
