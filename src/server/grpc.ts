import { setTimeout as delay } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import { fileURLToPath } from "node:url";
import { Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { load, type PackageDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";
import { GeoSyncError, ValidationError } from "../domain/errors.ts";
import type { Companion } from "../run/session/handle.ts";
import type { Access } from "./access.ts";
import { CallBudget } from "./grpc/callBudget.ts";
import { addHealth } from "./grpc/health.ts";
import { listen } from "./grpc/listener.ts";
import { OpenStreams } from "./grpc/openStreams.ts";
import { addReflection } from "./grpc/reflection.ts";
import { type CallMeter, TradingCalls } from "./grpc/trading.ts";
import type { TradingService } from "./service.ts";

export interface GrpcOptions {
  readonly service: TradingService;
  readonly access: Access;
  readonly telemetry: CallMeter;
  /** As in 127.0.0.1:50051 or [::1]:50051; port 0 picks a free one. */
  readonly address: string;
  /** In PEM. @default no TLS */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer } | undefined;
  /** From one address; more are RESOURCE_EXHAUSTED. @default 1000 */
  readonly callsPerSecond?: number;
  /** Of all clients, at a time. @default 256 */
  readonly streams?: number;
}

/** market/v1/market.proto, from the sources as from dist, where every chunk lies one folder deep. */
export const protoPath = fileURLToPath(new URL("../server/market/v1/market.proto", import.meta.url));

const tradingService = "market.v1.TradingService";

/** Answers take a second at most; then connections are cut. */
const patienceMs = 2000;
/** From Node 24 on, a connection that is told to close drops what it has not handed to the system yet. */
const lastWordsMs = 20;

const limits: ServerOptions = {
  "grpc.max_receive_message_length": 64 << 10,
  "grpc.max_concurrent_streams": 100,
  // MB of a connection's buffers.
  "grpc-node.max_session_memory": 10,
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.max_connection_idle_ms": 600_000,
  "grpc.enable_channelz": 0,
};

/**
 * Serves a session to gRPC clients, with health and reflection.
 * @throws ValidationError GEO-OPTION-VALUE for address, key or certificate; ConnectionError when the port is taken
 */
export async function openGrpc(options: GrpcOptions): Promise<Companion & { readonly port: number }> {
  const { service, access, telemetry, address, tls, callsPerSecond = 1000, streams: most = 256 } = options;
  const definition = await loadDefinition();
  const server = new Server(limits);
  const streams = new OpenStreams(most);
  const budget = new CallBudget(callsPerSecond);
  const calls = new TradingCalls({ service, access, telemetry, streams, budget });
  server.addService(definition[tradingService] as ServiceDefinition, calls.implementation());
  addReflection(server, definition, streams);
  const listener = await listen(server, address, credentialsOf(tls));
  const health = addHealth(server, { names: [tradingService], isReady: () => service.isReady, streams });
  return {
    port: listener.port,
    async close() {
      health.stop();
      listener.refuse();
      const told = streams.endAll(new GeoSyncError("GEO-NOT-READY", "the session is stopping"));
      await inTime(told.then(() => delay(lastWordsMs)));
      await inTime(shutDown(server));
      server.forceShutdown();
      await listener.cut();
    },
  };
}

function loadDefinition(): Promise<PackageDefinition> {
  return load([protoPath, healthProto], { keepCase: true, longs: Number, enums: String, defaults: true });
}

function credentialsOf(tls: GrpcOptions["tls"]): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const [key, cert] = [Buffer.from(tls.key as string), Buffer.from(tls.cert as string)];
  try {
    createSecureContext({ key, cert });
  } catch (cause) {
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `gRPC: expected a key and its certificate in PEM, found ${(cause as Error).message}`,
      { cause },
    );
  }
  return ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: cert }]);
}

/** Calls that are being answered have their time. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => server.tryShutdown(() => resolve()));
}

async function inTime(work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const timeout = delay(patienceMs, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work, timeout]);
  over.abort();
}
