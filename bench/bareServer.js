/**
 * What an order's round trip takes without geosync: a bare server, over HTTP or gRPC, that writes 8 KiB to the disk for
 * each order, as a journal's commit does, and answers. `node bench/bareServer.js http|grpc FOLDER` prints its port.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(import.meta.url);

/** Starts one in a process of its own, for as long as `work` takes. */
export async function withBareServer(kind, folder, work) {
  const server = spawn(process.execPath, [file, kind, folder], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = await once(server.stdout, "data");
    return await work(Number(port));
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

/** As a line of the results has it. */
export function bareWords({ p50, p99 }) {
  return `a bare server that writes as much: median ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
}

const answer = { order_id: "1", status: "filled", filled_quantity: 0.01, average_price: 50000 };

function serve(kind, folder) {
  const disk = openSync(join(folder, "bare"), "w");
  process.on("exit", () => closeSync(disk));
  const page = Buffer.alloc(8192, "x");
  const write = () => {
    writeSync(disk, page);
    fdatasyncSync(disk);
  };
  return kind === "http" ? serveHttp(write) : serveGrpc(write);
}

async function serveHttp(write) {
  const body = JSON.stringify(answer);
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      write();
      response.setHeader("content-type", "application/json").end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

async function serveGrpc(write) {
  const [{ loadPackageDefinition, Server, ServerCredentials }, { loadSync }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@grpc/proto-loader"),
  ]);
  const proto = fileURLToPath(new URL("../src/server/market/v1/market.proto", import.meta.url));
  const { market } = loadPackageDefinition(loadSync(proto, { keepCase: true, defaults: true }));
  const server = new Server();
  server.addService(market.v1.TradingService.service, {
    PlaceOrder(_, done) {
      write();
      done(null, answer);
    },
  });
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

if (process.argv[1] === file) {
  const [kind, folder] = process.argv.slice(2);
  process.stdout.write(`${await serve(kind, folder)}\n`);
}
