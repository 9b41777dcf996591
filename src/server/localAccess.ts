import { GeoSyncError, ValidationError } from "../domain/errors.ts";
import { TokenFile, tokenScopes } from "../store/tokens.ts";
import type { Access, AuditEntry, Principal, Scope } from "./access.ts";
import { isLoopback } from "./address.ts";
import { AuditLog } from "./auditLog.ts";
import { type SiteOptions, Sites } from "./sites.ts";

export interface AccessOptions extends SiteOptions {
  readonly stateDir: string;
  /** Also on loopback, and before there is any token. */
  readonly requireToken: boolean;
  /** File of the audit log. */
  readonly auditPath: string;
}

export interface LocalAccess extends Access {
  /** Whether a page of that origin may read the answers. */
  allows(host: string, origin: string): boolean;
  close(): void;
}

/** All that a process's own user may do, who could read its files as well. */
const local: Principal = { name: "local", scopes: tokenScopes };

/**
 * Who may do what: by the tokens of `geosync token`; on loopback, as long as there are none, whoever is on the machine.
 * @throws GeoSyncError as `refuseUnguarded`, GEO-OUTPUT
 */
export function openAccess(options: AccessOptions): LocalAccess {
  refuseUnguarded(options);
  const tokens = new TokenFile(options.stateDir);
  const sites = new Sites(options);
  const audit = new AuditLog(options.auditPath);
  let needsToken = options.requireToken || !options.hosts.every(isLoopback);
  return {
    check(token, scope) {
      // Once there are tokens they are asked for, also when the last one has been revoked.
      needsToken ||= tokens.all().length > 0;
      return needsToken ? checked(tokens, token, scope) : local;
    },
    checkSite: (host, origin) => sites.check(host, origin),
    allows: (host, origin) => sites.allows(host, origin),
    audit: (entry: AuditEntry) => audit.write(entry),
    close: () => audit.close(),
  };
}

/** What other machines can reach asks for a token, so there must be one. @throws ValidationError GEO-USAGE */
export function refuseUnguarded({ stateDir, hosts }: Pick<AccessOptions, "stateDir" | "hosts">): void {
  const open = hosts.find((host) => !isLoopback(host));
  if (open === undefined || new TokenFile(stateDir).all().length > 0) return;
  throw new ValidationError(
    "GEO-USAGE",
    `expected a token before listening on ${open}, which other machines can reach, found none`,
    { hint: "Make one: geosync token create <name> --scope trade. Or listen on 127.0.0.1." },
  );
}

function checked(tokens: TokenFile, token: string | null, scope: Scope): Principal {
  const found = token === null ? null : tokens.find(token, Date.now());
  if (found === null) {
    const what = token === null ? "none" : "one that is unknown, revoked or expired";
    throw new GeoSyncError("GEO-UNAUTHENTICATED", `expected a token, found ${what}`, {
      hint: "Send Authorization: Bearer <token>; geosync token create makes one.",
    });
  }
  const scopes = tokenScopes.slice(0, tokenScopes.indexOf(found.scope) + 1);
  if (scopes.includes(scope)) return { name: found.name, scopes };
  throw new GeoSyncError(
    "GEO-FORBIDDEN",
    `expected a token of scope ${scope}, found "${found.name}" of scope ${found.scope}`,
    { hint: `geosync token create <name> --scope ${scope}` },
  );
}
