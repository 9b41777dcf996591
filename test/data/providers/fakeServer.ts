/** A provider's server on loopback: answers by what is asked, and notes it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** A value is answered as JSON; `status` and `body` as they are. */
export type Answer = {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
};

export interface FakeServer {
  readonly url: string;
  readonly asked: readonly Asked[];
}

export async function fakeServer(answer: (asked: Asked, index: number) => unknown): Promise<FakeServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const one = { path: pathname, query: Object.fromEntries(searchParams) };
    asked.push(one);
    const given = answer(one, asked.length - 1);
    if (given === hangUp) response.destroy();
    else if (isRaw(given)) response.writeHead(given.status, given.headers ?? {}).end(given.body ?? "");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(given));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Cuts the line instead of answering. */
export const hangUp = Symbol("hang up");

function isRaw(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "status" in value;
}
