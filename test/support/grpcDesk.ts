import {
  type CallOptions,
  type ChannelCredentials,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { GeoSyncError } from "../../src/domain/errors.ts";
import type { Access, AuditEntry, Scope } from "../../src/server/access.ts";
import { type GrpcOptions, openGrpc, protoPath } from "../../src/server/grpc.ts";
import type { ServedOptions } from "./servedSession.ts";
import { startService } from "./service.ts";

type ServiceClient = InstanceType<ServiceClientConstructor>;

export const market = loadSync(protoPath, { keepCase: true, longs: Number, defaults: true });

/** Lets everybody in, or those with a token of the table; remembers the audit. */
export class Doorman implements Access {
  readonly audited: AuditEntry[] = [];
  readonly #tokens: Readonly<Record<string, readonly Scope[]>> | null;
  /** Called at each check. */
  onCheck: () => void = () => {};

  constructor(tokens: Readonly<Record<string, readonly Scope[]>> | null = null) {
    this.#tokens = tokens;
  }

  check(token: string | null, scope: Scope) {
    this.onCheck();
    if (this.#tokens === null) return { name: "local", scopes: ["read", "trade", "admin"] as const };
    const scopes = this.#tokens[token ?? ""];
    if (scopes === undefined) throw new GeoSyncError("GEO-UNAUTHENTICATED", "no token that is known");
    if (!scopes.includes(scope)) throw new GeoSyncError("GEO-FORBIDDEN", `it takes the scope ${scope}`);
    return { name: `owner of ${token}`, scopes };
  }

  checkSite(_: string | undefined, origin: string | null): void {
    if (origin !== null) throw new GeoSyncError("GEO-FORBIDDEN", `pages of ${origin} may not`);
  }

  audit(entry: AuditEntry): void {
    this.audited.push(entry);
  }
}

/** Counts what the server tells of its calls. */
export class Meter {
  readonly calls: string[] = [];
  readonly errors: string[] = [];

  apiCall(_: string, action: string, seconds: number): void {
    if (!(seconds >= 0)) throw new Error(`expected seconds, found ${seconds}`);
    this.calls.push(action);
  }

  apiError(_: string, code: string): void {
    this.errors.push(code);
  }
}

export interface GrpcDeskOptions extends Partial<Pick<GrpcOptions, "tls" | "callsPerSecond" | "streams">> {
  readonly access?: Doorman;
  readonly session?: ServedOptions;
}

/** A paper session with its service, served to gRPC clients. */
export async function startGrpc({ access = new Doorman(), session = {}, ...rest }: GrpcDeskOptions = {}) {
  const served = await startService(session);
  const telemetry = new Meter();
  const { service } = served;
  const server = await openGrpc({ service, access, telemetry, address: "127.0.0.1:0", ...rest });
  const address = `127.0.0.1:${server.port}`;
  return { ...served, server, address, access, telemetry };
}

/** A client that knows nothing but a definition. */
export function clientOf(
  address: string,
  options: { definition?: PackageDefinition; channel?: ChannelCredentials } = {},
): ServiceClient {
  const { definition = market, channel = credentials.createInsecure() } = options;
  const name = "market.v1.TradingService";
  const Client = name
    .split(".")
    .reduce<unknown>(
      (inside, part) => (inside as Record<string, unknown>)[part],
      loadPackageDefinition(definition as never),
    ) as ServiceClientConstructor;
  // A connection of its own: the library shares them between clients otherwise.
  return new Client(address, channel, { "grpc.use_local_subchannel_pool": 1 });
}

export function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  return Metadata.fromHttp2Headers(entries);
}

/** The answer, or the ServiceError, of a unary call. */
export function ask(
  client: ServiceClient,
  method: string,
  request: object,
  { metadata = {}, options = {} }: { metadata?: Record<string, string>; options?: CallOptions } = {},
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer: Record<string, unknown>) =>
      error === null ? resolve(answer) : reject(error);
    client[method]!(request, metadataOf(metadata), options, done);
  });
}

/** How a call ended that was to fail. */
export async function failureOfCall(call: Promise<unknown>) {
  const error = await call.then(
    (answer) => {
      throw new Error(`expected a failure, found ${JSON.stringify(answer)}`);
    },
    (reason: ServiceError) => reason,
  );
  const { code, details, metadata } = error;
  return { code, details, geosync: metadata?.get("geosync-code")[0], hint: metadata?.get("geosync-hint")[0] };
}
