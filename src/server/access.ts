/** What a token allows: to look; to trade, too; to halt, resume and all the rest, too. */
export type Scope = "read" | "trade" | "admin";

/** Who asks, for the audit log: never a token itself. */
export interface Principal {
  /** Name of the token; "local" where none is needed. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** A call that changed something, or was to. */
export interface AuditEntry {
  readonly face: "rest" | "ws" | "grpc";
  readonly who: string;
  /** Address of the other end. */
  readonly from: string;
  readonly action: string;
  /** What was asked, without secrets. */
  readonly request: unknown;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
}

/** Decides who may do what, on every face alike. */
export interface Access {
  /** @throws GeoSyncError GEO-UNAUTHENTICATED without a token that is known, GEO-FORBIDDEN when its scope is too small */
  check(token: string | null, scope: Scope): Principal;
  /**
   * Refuses pages of other sites, and names that were made to point here (DNS rebinding).
   * @param host the Host header; @param origin the Origin header, null when there is none
   * @throws GeoSyncError GEO-FORBIDDEN
   */
  checkSite(host: string | undefined, origin: string | null): void;
  /** Written before the answer is given. */
  audit(entry: AuditEntry): void;
}

/** The token of `Authorization: Bearer …`; null without one. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer\s+([\x21-\x7e]{1,500})$/i.exec(header ?? "")?.[1] ?? null;
}
