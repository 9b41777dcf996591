import { badValue } from "../config/values.ts";
import type { TokenDocument } from "../report/tokenSchema.ts";
import { resolveStateDir } from "../store/sessionFolder.ts";
import { isExpired, type StoredToken, TokenFile, type TokenScope, tokenScopes } from "../store/tokens.ts";
import { durationOf } from "./liveValues.ts";
import type { Session } from "./session.ts";
import type { TokenAction, TokenFlags } from "./token.ts";

type Shown = TokenDocument["tokens"][number];

/** @throws GeoSyncError GEO-OPTION-VALUE, GEO-FILE, GEO-OUTPUT */
export async function runToken(action: TokenAction, flags: TokenFlags, session: Session): Promise<void> {
  const stateDir = resolveStateDir(flags.stateDir, session.env, session.cwd);
  const now = Date.now();
  const file = new TokenFile(stateDir);
  let [created, revoked]: [TokenDocument["created"], Shown | null] = [null, null];
  if (action.kind === "create") {
    const scope = scopeOf(flags.scope ?? "read");
    const expires = flags.expires === undefined ? null : now + durationOf(flags.expires, "--expires");
    const { token, kept } = file.create({ name: action.name, scope, expires }, now);
    created = { ...shownOf(kept, now), token };
  } else if (action.kind === "revoke") {
    revoked = shownOf(file.revoke(action.name), now);
  }
  const tokens = file.all().map((token) => shownOf(token, now));
  const document: TokenDocument = { schema: "geosync.token/1", stateDir, created, revoked, tokens };
  if (flags.json === true) return session.print([JSON.stringify(document, null, 2), "\n"]);
  if (created !== null) {
    // The token alone on stdout: a script takes it as it is.
    session.note(`${textOf(created)}; shown this once:`);
    return session.print([created.token, "\n"]);
  }
  if (revoked !== null) return session.print([`revoked ${revoked.name}\n`]);
  const lines = tokens.map(textOf);
  await session.print([lines.length === 0 ? `no tokens in ${stateDir}\n` : `${lines.join("\n")}\n`]);
}

function scopeOf(text: string): TokenScope {
  const scope = tokenScopes.find((one) => one === text.trim().toLowerCase());
  if (scope !== undefined) return scope;
  throw badValue("--scope", tokenScopes.join(", "), text);
}

/** Without the hash. */
function shownOf({ sha256: _, ...token }: StoredToken, now: number): Shown {
  return { ...token, expired: isExpired({ sha256: "", ...token }, now) };
}

function textOf({ name, scope, created, expires, expired }: Shown): string {
  const end = expires === null ? "" : `, ${expired ? "expired" : "expires"} ${expires}`;
  return `${name}: ${scope}, made ${created}${end}`;
}
