import { join } from "node:path";
import { type Listening, startFaces } from "../../src/server/serve.ts";
import { newFolder, type ServedOptions, type ServedSession, serveSession } from "./servedSession.ts";

export interface DashboardSession extends ServedSession {
  /** As `http://127.0.0.1:12345`. */
  readonly url: string;
  readonly port: number;
  /** For its tokens. */
  readonly stateDir: string;
}

export interface DashboardOptions extends Omit<ServedOptions, "beside"> {
  /** @default a free one */
  readonly port?: number;
  readonly requireToken?: boolean;
}

/** A paper session on a short file, left open, with REST, WebSocket and dashboard on one port. */
export async function serveDashboard(options: DashboardOptions = {}): Promise<DashboardSession> {
  const { port = 0, requireToken = false, folder = newFolder() } = options;
  const stateDir = join(folder, "sessions");
  let where: Listening = { api: null, grpc: null };
  const session = await serveSession({
    ...options,
    folder,
    beside: (handle) =>
      startFaces(handle, {
        ...{ api: { host: "127.0.0.1", port }, grpc: null, tls: null, stateDir, requireToken },
        ...{ allowHosts: [], allowOrigins: [], onListening: (found) => (where = found) },
      }),
  });
  const url = where.api ?? "";
  return { ...session, url, port: Number(new URL(url).port), stateDir };
}

/** Asks a session as a program would. Rejects when it says no. */
export async function call<T>(
  { url }: DashboardSession,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer as T;
}
