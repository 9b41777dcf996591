import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** Why a connection was not made into a WebSocket. */
export interface Refusal {
  readonly status: number;
  /** Of our errors. */
  readonly code: string;
  readonly detail: string;
}

/** Answers as REST does, with problem details, and hangs up. */
export function refuseUpgrade(socket: Duplex, { status, code, detail }: Refusal): void {
  const title = STATUS_CODES[status] ?? "Error";
  const body = JSON.stringify({ type: "about:blank", title, status, detail, code });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ["www-authenticate: Bearer"] : []),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // A client that keeps its side open is not waited for.
  socket.once("finish", () => socket.destroy());
}
