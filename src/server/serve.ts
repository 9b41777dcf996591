import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Companion, SessionHandle } from "../run/session/handle.ts";
import { type Address, hostText } from "./address.ts";
import { unbindable } from "./bindable.ts";
import { openAccess } from "./localAccess.ts";
import { TradingService } from "./service.ts";

export interface FacesOptions {
  /** REST, WebSocket and dashboard; null: none of them. */
  readonly api: Address | null;
  readonly grpc: Address | null;
  /** PEM texts, for both addresses. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Where the tokens lie. */
  readonly stateDir: string;
  readonly requireToken: boolean;
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
  /** Requests and gRPC calls a second of one address. @default 100 requests, 1000 calls */
  readonly perSecond?: number | undefined;
  readonly onListening: (where: Listening) => void;
  /** Told of errors that nobody foresaw. */
  readonly onBug?: ((error: unknown) => void) | undefined;
}

/** Where the faces are. */
export interface Listening {
  /** As `http://127.0.0.1:8080`. */
  readonly api: string | null;
  /** As `127.0.0.1:50051`. */
  readonly grpc: string | null;
}

/** Requests under way when it ends have so long. */
const graceMs = 2000;

/**
 * Opens a session to programs and people: every face serves the same service.
 * @throws ConnectionError when an address is taken or can't be; GEO-USAGE, GEO-OUTPUT
 */
export async function startFaces(handle: SessionHandle, options: FacesOptions): Promise<Companion> {
  const { api, grpc, tls, onListening, stateDir, requireToken, allowHosts, allowOrigins, perSecond } =
    options;
  const opened: Companion[] = [];
  const opening = <T extends Companion>(one: T): T => {
    opened.push(one);
    return one;
  };
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  };
  try {
    const access = openAccess({
      ...{ stateDir, requireToken, allowHosts, allowOrigins, hosts: hostsOf(api, grpc) },
      ...{ isSecure: tls !== null, auditPath: join(handle.path, "audit.ndjson") },
    });
    opening({ close: async () => access.close() });
    const service = opening(new TradingService(handle));
    const { Telemetry } = await import("./telemetry.ts");
    const telemetry = new Telemetry(handle, service);
    opening({ close: async () => telemetry.close() });
    const parts = { service, access, telemetry };
    let grpcAt: string | null = null;
    if (grpc !== null) {
      const { openGrpc } = await import("./grpc.ts");
      const address = `${hostText(grpc.host)}:${grpc.port}`;
      const face = await openGrpc({
        ...{ ...parts, address, ...(tls && { tls }) },
        ...(perSecond !== undefined && { callsPerSecond: perSecond }),
      }).catch((error) => unbindable("--grpc", grpc, error));
      grpcAt = `${hostText(grpc.host)}:${opening(face).port}`;
    }
    const apiAt = api === null ? null : await openApi(api, options, parts, opening);
    onListening({ api: apiAt, grpc: grpcAt });
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Parts = Pick<Parameters<typeof import("./rest.ts").openRest>[0], "service" | "access"> & {
  readonly telemetry: InstanceType<typeof import("./telemetry.ts").Telemetry>;
};

async function openApi(
  address: Address,
  { tls, perSecond, onBug }: FacesOptions,
  parts: Parts,
  opening: (one: Companion) => Companion,
): Promise<string> {
  const { openRest } = await import("./rest.ts");
  const { attachWebSocket } = await import("./webSocket.ts");
  const { attachDashboard } = await import("./dashboard.ts");
  const app = await openRest({ ...parts, tls, perSecond, onBug });
  opening({ close: () => closed(app) });
  await attachDashboard(app, parts);
  opening(attachWebSocket(app.server, parts));
  await app.listen({ ...address, exclusive: true }).catch((error) => unbindable("--api", address, error));
  const bound = app.server.address() as { readonly port: number };
  return `${tls === null ? "http" : "https"}://${hostText(address.host)}:${bound.port}`;
}

async function closed(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(timer);
}

function hostsOf(...addresses: readonly (Address | null)[]): readonly string[] {
  return addresses.flatMap((address) => (address === null ? [] : [address.host]));
}
