import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Server, ServerCredentials } from "@grpc/grpc-js";
import { ConnectionError, ValidationError } from "../../domain/errors.ts";

export interface Listener {
  readonly port: number;
  /** No new connections. */
  refuse(): void;
  /** Cuts those that are left. Resolves when there are none. */
  cut(): Promise<void>;
}

/** More at a time are turned away. */
const mostConnections = 256;

/**
 * Listens for a server. The sockets are ours, so that their number is bounded and none outlives the server.
 * @throws ValidationError GEO-OPTION-VALUE for the address; ConnectionError when it cannot be had
 */
export async function listen(
  server: Server,
  address: string,
  credentials: ServerCredentials,
): Promise<Listener> {
  const { host, port } = parse(address);
  const injector = server.createConnectionInjector(credentials);
  const open = new Set<Socket>();
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => open.delete(socket));
    injector.injectConnection(socket);
  });
  listener.maxConnections = mostConnections;
  try {
    await once(listener.listen({ host, port }), "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const hint =
      code === "EADDRINUSE" ? "Another session may be running; port 0 picks a free one." : undefined;
    throw new ConnectionError(`gRPC: cannot listen on ${address} (${code})`, { hint, cause });
  }
  return {
    port: (listener.address() as AddressInfo).port,
    refuse: () => listener.close(),
    async cut() {
      const gone = [...open].map((socket) => once(socket, "close"));
      for (const socket of open) socket.destroy();
      await Promise.all(gone);
    },
  };
}

function parse(address: string): { readonly host: string; readonly port: number } {
  const [, v6, name, port] = /^(?:\[([\da-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(address) ?? [];
  if (port !== undefined && Number(port) < 65_536) return { host: v6 ?? name!, port: Number(port) };
  throw new ValidationError(
    "GEO-OPTION-VALUE",
    `gRPC: expected an address such as 127.0.0.1:50051, found "${address}"`,
  );
}
