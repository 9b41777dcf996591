import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GeoSyncError, ValidationError } from "../domain/errors.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import { makeFolder, sessionFolder } from "./sessionFolder.ts";

/** Each allows what the ones before it allow, too. */
export const tokenScopes = ["read", "trade", "admin"] as const;
export type TokenScope = (typeof tokenScopes)[number];

const stored = z.object({
  name: z.string().min(1),
  scope: z.enum(tokenScopes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.string(),
  expires: z.string().nullable(),
});
const shape = z.object({ tokens: z.array(stored) });

/** What is kept of a token: never the token. */
export type StoredToken = Readonly<z.infer<typeof stored>>;

export interface NewToken {
  readonly name: string;
  readonly scope: TokenScope;
  /** Null: it lasts until it is revoked. */
  readonly expires: Millis | null;
}

/**
 * The tokens for the APIs of the sessions in a folder: hashes, in one file that its owner alone may read. A token is
 * 256 random bits, so that one round of SHA-256 is as good as many.
 */
export class TokenFile {
  readonly path: string;
  readonly #stateDir: string;
  #read: { readonly stamp: string; readonly tokens: readonly StoredToken[] } | null = null;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.path = join(stateDir, "tokens.json");
  }

  /** As they are now: another process may have changed them. @throws GeoSyncError GEO-FILE: nobody gets in */
  all(): readonly StoredToken[] {
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const stamp = `${found.ino} ${found.mtimeMs} ${found.size}`;
    if (this.#read?.stamp !== stamp) this.#read = { stamp, tokens: this.#load() };
    return this.#read.tokens;
  }

  /** The token itself: shown once, and kept nowhere. @throws ValidationError GEO-OPTION-VALUE, GEO-OUTPUT */
  create(
    { name, scope, expires }: NewToken,
    now: Millis,
  ): { readonly token: string; readonly kept: StoredToken } {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
      throw new ValidationError(
        "GEO-OPTION-VALUE",
        `token: expected a name of 1 to 64 letters, digits, ".", "_" and "-", found "${name.slice(0, 80)}"`,
      );
    }
    const others = this.all();
    if (others.some((other) => other.name === name)) {
      throw new ValidationError("GEO-OPTION-VALUE", `token: expected a new name, found "${name}" in use`, {
        hint: `geosync token revoke ${name} takes the old one away.`,
      });
    }
    const token = `geosync_${randomBytes(32).toString("base64url")}`;
    const kept: StoredToken = {
      ...{ name, scope, sha256: digestOf(token).toString("hex"), created: isoTime(now) },
      expires: expires === null ? null : isoTime(expires),
    };
    this.#write([...others, kept]);
    return { token, kept };
  }

  /** @throws ValidationError GEO-OPTION-VALUE when there is none of that name */
  revoke(name: string): StoredToken {
    const tokens = this.all();
    const found = tokens.find((token) => token.name === name);
    if (found === undefined) {
      throw new ValidationError("GEO-OPTION-VALUE", `token: no token has the name "${name}"`, {
        hint: "geosync token list shows them.",
      });
    }
    this.#write(tokens.filter((token) => token !== found));
    return found;
  }

  /** The one that was given out as this text; null when it is none, or has expired. */
  find(token: string, now: Millis): StoredToken | null {
    const digest = digestOf(token);
    let found: StoredToken | null = null;
    // All of them each time: how long it takes says nothing of how near a guess came.
    for (const one of this.all()) {
      if (timingSafeEqual(Buffer.from(one.sha256, "hex"), digest)) found = one;
    }
    return found === null || isExpired(found, now) ? null : found;
  }

  #load(): readonly StoredToken[] {
    try {
      return shape.parse(JSON.parse(readFileSync(this.path, "utf8"))).tokens;
    } catch (cause) {
      throw new GeoSyncError(
        "GEO-FILE",
        `${this.path}: expected the tokens of geosync, found something else`,
        {
          hint: "Restore the file, or remove it and make new tokens with geosync token create.",
          cause,
        },
      );
    }
  }

  #write(tokens: readonly StoredToken[]): void {
    // Any name will do: what is made is the folder around it.
    makeFolder({ ...sessionFolder(this.#stateDir, "any"), path: this.#stateDir });
    const draft = `${this.path}.${process.pid}`;
    try {
      writeFileSync(draft, `${JSON.stringify({ tokens }, null, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(draft, this.path);
    } catch (cause) {
      throw new GeoSyncError("GEO-OUTPUT", `${this.path}: cannot be written: ${(cause as Error).message}`, {
        hint: "Choose a place that you may write to with --state-dir.",
        cause,
      });
    }
  }
}

export function isExpired({ expires }: StoredToken, now: Millis): boolean {
  return expires !== null && Date.parse(expires) <= now;
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
