/** All faces of one session together, as `geosync serve` opens them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceClientConstructor, status } from "@grpc/grpc-js";
import { beforeAll, describe, expect, it } from "vitest";
import { type FacesOptions, type Listening, startFaces } from "../../src/server/serve.ts";
import { TokenFile } from "../../src/store/tokens.ts";
import { buildWhenStale } from "../e2e/geosync.ts";
import { market } from "../support/grpcDesk.ts";
import { ask } from "../support/rest.ts";
import { newFolder, removeFolder, serveSession } from "../support/servedSession.ts";

// The dashboard's page is what the build has made of it.
beforeAll(buildWhenStale);

const free = { host: "127.0.0.1", port: 0 };

async function open(options: Partial<FacesOptions> = {}, folder = newFolder()) {
  let where!: Listening;
  const session = await serveSession({
    folder,
    beside: (handle) =>
      startFaces(handle, {
        ...{ api: free, grpc: free, tls: null, stateDir: join(folder, "sessions"), requireToken: false },
        ...{ allowHosts: [], allowOrigins: [], onListening: (found) => void (where = found) },
        ...options,
      }),
  });
  return { ...session, api: where.api!, grpc: where.grpc! };
}

const sample = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.01 } as const;

type Client = InstanceType<ServiceClientConstructor>;
type Call = (request: object, done: (error: Error | null, answer: Record<string, unknown>) => void) => void;

function grpcClient(address: string): {
  client: Client;
  call(name: string, request: object): Promise<Record<string, unknown>>;
} {
  // biome-ignore lint/suspicious/noExplicitAny: made from the definition when it runs.
  const { TradingService } = (loadPackageDefinition(market) as any).market.v1;
  const client = new (TradingService as ServiceClientConstructor)(address, credentials.createInsecure());
  return {
    client,
    call: (name, asked) =>
      new Promise((resolve, reject) => {
        const call = (client[name] as unknown as Call).bind(client);
        call(asked, (error, answer) => (error === null ? resolve(answer) : reject(error)));
      }),
  };
}

describe("the faces", () => {
  it("serve one session: what one does, the others show", async () => {
    const { api, grpc, stop, folder } = await open();
    const { client, call } = grpcClient(grpc);
    const rest = await ask(`${api}/api/v1/orders`, "POST", sample);
    const remote = await call("PlaceOrder", sample);
    // The same order, told by two faces: all but its id is equal.
    expect(remote).toMatchObject({
      status: rest.json.status,
      filled_quantity: rest.json.filled_quantity,
      average_price: rest.json.average_price,
    });
    const { json } = await ask(`${api}/api/v1/positions`, "GET");
    const { positions } = (await call("GetPositions", {})) as { positions: readonly object[] };
    expect(positions).toMatchObject(json.positions.map((one: object) => ({ ...one })));
    expect((await ask(`${api}/api/v1/trades`, "GET")).json.trades).toHaveLength(2);
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(`${api.replace("http", "ws")}/ws`);
    const snapshot = new Promise<{ data: { positions: readonly object[] } }>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("open", () => socket.send('{"action":"subscribe","channels":["positions"]}'));
      socket.on("message", (data) => {
        const frame = JSON.parse(String(data)) as { type: string; data: { positions: readonly object[] } };
        if (frame.type === "snapshot") resolve(frame);
      });
    });
    expect((await snapshot).data.positions).toEqual(json.positions);
    socket.terminate();
    expect((await ask(`${api}/metrics`, "GET")).text).toContain("geosync_orders_total");
    expect((await ask(`${api}/`, "GET")).text).toContain("<title>geosync</title>");
    client.close();
    await stop();
    const audit = readFileSync(join(folder, "sessions/served/audit.ndjson"), "utf8");
    const faces = audit
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { face: string }).face);
    expect(faces).toEqual(["rest", "grpc"]);
    removeFolder(folder);
  });
});

it("holds one address to so many requests, those over gRPC too", async () => {
  const { api, grpc, stop, folder } = await open({ perSecond: 3 });
  const { client, call } = grpcClient(grpc);
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => call("GetPositions", {})));
  const refused = calls.filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThanOrEqual(8);
  expect(refused[0]).toMatchObject({ reason: { code: status.RESOURCE_EXHAUSTED } });
  const asked = Array.from({ length: 40 }, () => ask(`${api}/api/v1/positions`, "GET"));
  expect((await Promise.all(asked)).map((answer) => answer.status)).toContain(429);
  client.close();
  await stop();
  removeFolder(folder);
});

it("says which port is taken", async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
  const { port } = other.address() as { port: number };
  const folder = newFolder();
  await expect(open({ api: { ...free, port } }, folder)).rejects.toMatchObject({
    code: "GEO-CONNECTION",
    message: `--api: expected 127.0.0.1:${port} to be free, found it taken`,
  });
  await new Promise((done) => other.close(done));
  removeFolder(folder);
});

it("other machines are let in by token alone", async () => {
  const folder = newFolder();
  const everywhere = { api: { host: "0.0.0.0", port: 0 }, grpc: null };
  await expect(open(everywhere, folder)).rejects.toMatchObject({
    ...{ code: "GEO-USAGE", exitCode: 2, hint: expect.stringContaining("geosync token create") },
  });
  const { token } = new TokenFile(join(folder, "sessions")).create(
    { name: "desk", scope: "read", expires: null },
    Date.now(),
  );
  const { api, stop } = await open(everywhere, folder);
  const url = api.replace("0.0.0.0", "127.0.0.1");
  expect((await ask(`${url}/api/v1/status`, "GET")).status).toBe(401);
  const headers = { authorization: `Bearer ${token}` };
  expect((await ask(`${url}/api/v1/status`, "GET", undefined, headers)).status).toBe(200);
  await stop();
  removeFolder(folder);
});

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"]);
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasOpenssl)("speaks TLS with a certificate (skipped without openssl)", async () => {
  const folder = newFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-keyout", key, "-out", cert, "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ],
    { stdio: "ignore" },
  );
  const tls = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  const { api, stop } = await open({ tls, grpc: null }, folder);
  expect(api).toMatch(/^https:/);
  const status = await new Promise<number>((resolve, reject) => {
    const sent = request(`${api}/api/v1/status`, { ca: tls.cert, headers: { origin: api } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    sent.on("error", reject).end();
  });
  expect(status).toBe(200);
  await stop();
  removeFolder(folder);
});
