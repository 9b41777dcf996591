import { once } from "node:events";
import { createServer } from "node:net";
import { ConnectionError, GeoSyncError } from "../domain/errors.ts";
import { type Address, hostText } from "./address.ts";

/**
 * Listens there for a moment: what can't be served is found before a session is made.
 * @throws ConnectionError GEO-CONNECTION when the address is taken or can't be had
 */
export async function checkBindable(flag: string, { host, port }: Address): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
  } catch (cause) {
    unbindable(flag, { host, port }, cause);
  }
  server.close();
  await once(server, "close");
}

/** The error of whoever could not listen, in our words. */
export function unbindable(flag: string, { host, port }: Address, cause: unknown): never {
  if (cause instanceof GeoSyncError) throw cause;
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const at = `${hostText(host)}:${port}`;
  const isTaken = code === "EADDRINUSE" || /EADDRINUSE|address already in use/i.test(message);
  if (!isTaken) throw new ConnectionError(`${flag}: cannot listen on ${at}: ${message}`, { cause });
  throw new ConnectionError(`${flag}: expected ${at} to be free, found it taken`, {
    hint: `Another session may be served there; ${flag} ${hostText(host)}:0 picks a free port.`,
    cause,
  });
}
