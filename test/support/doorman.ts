import { GeoSyncError } from "../../src/domain/errors.ts";
import type { Access, AuditEntry, Scope } from "../../src/server/access.ts";

/** Lets in who has one of `tokens` (null: everybody), from pages of this site only. */
export class Doorman implements Access {
  readonly tokens: Map<string, readonly Scope[]> | null;
  readonly audited: AuditEntry[] = [];

  constructor(tokens: Readonly<Record<string, readonly Scope[]>> | null = null) {
    this.tokens = tokens === null ? null : new Map(Object.entries(tokens));
  }

  check(token: string | null, scope: Scope) {
    if (this.tokens === null) return { name: "local", scopes: ["read", "trade", "admin"] as const };
    const scopes = token === null ? undefined : this.tokens.get(token);
    if (scopes === undefined) throw new GeoSyncError("GEO-UNAUTHENTICATED", "expected a token, found none");
    if (scopes.includes(scope)) return { name: "somebody", scopes };
    throw new GeoSyncError("GEO-FORBIDDEN", `expected the scope ${scope}, found ${scopes.join(", ")}`);
  }

  checkSite(host: string | undefined, origin: string | null): void {
    const isOurs = host !== undefined && /^(?:127\.0\.0\.1|localhost):\d+$/.test(host);
    if (!isOurs) throw new GeoSyncError("GEO-FORBIDDEN", `Host: expected this machine, found ${host}`);
    if (origin !== null && origin !== `http://${host}`)
      throw new GeoSyncError("GEO-FORBIDDEN", `Origin: expected http://${host}, found ${origin}`);
  }

  audit(entry: AuditEntry): void {
    this.audited.push(entry);
  }
}
