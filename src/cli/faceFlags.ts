import type { Command } from "commander";

/** As they were typed; `faces.ts` reads them. */
export interface FaceFlags {
  /** True: at the usual address. */
  readonly api?: string | true;
  readonly grpc?: string | true;
  readonly requireToken?: boolean;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly apiRate?: string;
}

/** The flags of every command that opens a session to programs and people. */
export function addFaceFlags(command: Command, usual = "none"): void {
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  command
    .optionsGroup("API:")
    .option(
      "--api [address]",
      `REST, WebSocket and dashboard, at 127.0.0.1:8080 when no address is named (default: ${usual})`,
    )
    .option("--grpc [address]", "gRPC, at 127.0.0.1:50051 when no address is named (default: none)")
    .option("--require-token", "Ask for a token on loopback, too, and before there is any")
    .option("--allow-host <name>", "A name under which clients reach it; repeat the flag for more", several)
    .option("--allow-origin <origin>", "A site whose pages may use it; repeat the flag for more", several)
    .option("--tls-cert <file>", "Certificate chain (PEM): https, wss and gRPC over TLS")
    .option("--tls-key <file>", "Its private key (PEM)")
    .option(
      "--api-rate <n>",
      "Requests a second of one address, on average over 10 s, and gRPC calls within a second (default: 100; gRPC 1000)",
    );
}
