/** The same operations through each face, on a session of its own: the same answers, refusals and books. */
import type { Metadata, ServiceError } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Listening, startFaces } from "../../src/server/serve.ts";
import { buildWhenStale } from "../e2e/geosync.ts";
import { ask as askGrpc, clientOf } from "../support/grpcDesk.ts";
import { ask as askRest } from "../support/rest.ts";
import { newFolder, removeFolder, type ServedSession, serveSession } from "../support/servedSession.ts";
import { SocketUser } from "../support/sockets.ts";

type Json = Record<string, unknown>;

/** What a client is told, in the words that all faces share. */
type Told = Json & { readonly order_id?: string };

interface Face {
  place(order: object, key?: string): Promise<Told>;
  cancel(id: string): Promise<Told>;
  positions(): Promise<unknown>;
}

interface World extends ServedSession {
  readonly face: Face;
  readonly rest: string;
  readonly grpc: ReturnType<typeof clientOf>;
}

const faces = {
  rest: (url: string): Face => {
    const call = async (
      method: string,
      path: string,
      body?: object,
      headers: Record<string, string> = {},
    ) => {
      const { status, json } = await askRest(`${url}/api/v1${path}`, method, body, headers);
      return status === 200 ? json : { refused: json.code, message: json.detail, hint: json.hint };
    };
    return {
      async place(order, key) {
        const told = await call(
          "POST",
          "/orders",
          order,
          key === undefined ? {} : { "idempotency-key": key },
        );
        return "refused" in told ? told : orderWords({ ...told, reason: told.reason ?? "" });
      },
      async cancel(id) {
        const told = await call("DELETE", `/orders/${id}`);
        return "refused" in told ? told : { success: told.success, status: told.order.status };
      },
      positions: async () => (await call("GET", "/positions")).positions,
    };
  },
  grpc: (_: string, client: World["grpc"]): Face => {
    const call = (method: string, request: object, metadata = {}) =>
      askGrpc(client, method, request, { metadata }).catch(({ details, metadata }: ServiceError) => ({
        refused: told(metadata, "geosync-code"),
        message: details,
        hint: told(metadata, "geosync-hint"),
      }));
    return {
      async place(order, key) {
        const said = await call("PlaceOrder", order, key === undefined ? {} : { "idempotency-key": key });
        return "refused" in said ? said : orderWords(said);
      },
      cancel: (id) => call("CancelOrder", { order_id: id }),
      async positions() {
        const { positions } = (await call("GetPositions", {})) as { positions: readonly Json[] };
        return positions.map((one) =>
          Object.fromEntries(Object.entries(one).filter(([name]) => !name.startsWith("exact_"))),
        );
      },
    };
  },
};

function told(metadata: Metadata, name: string): string | null {
  const [value] = metadata.get(name);
  return value === undefined ? null : decodeURIComponent(String(value));
}

/** Of an order's answer, what each face tells; a price of nothing is 0 in gRPC. */
function orderWords(answer: Json): Told {
  const { order_id, status, filled_quantity, average_price, reason, symbol } = answer;
  return {
    order_id: String(order_id),
    status,
    filled_quantity,
    reason,
    symbol,
    average_price: average_price ?? 0,
  };
}

async function open(name: keyof typeof faces): Promise<World> {
  let where!: Listening;
  const free = { host: "127.0.0.1", port: 0 };
  const folder = newFolder();
  const session = await serveSession({
    folder,
    beside: (handle) =>
      startFaces(handle, {
        ...{ api: free, grpc: free, tls: null, stateDir: folder, requireToken: false },
        ...{ allowHosts: [], allowOrigins: [], onListening: (found) => void (where = found) },
      }),
  });
  const grpc = clientOf(where.grpc!);
  return { ...session, rest: where.api!, grpc, face: faces[name](where.api!, grpc) };
}

const market = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.01 };
const limit = { ...market, order_type: "limit", price: 49_000 };
const far = { symbol: "BTC-USDT", side: "buy", quantity: 0.01 };

/** Each is done after the one before; `as` names its order, `cancel` and the like take it up again. */
const steps: readonly {
  readonly what: string;
  readonly as?: string;
  run(face: Face, ids: Ids): Promise<Told>;
}[] = [
  place("a market order", market, "bought"),
  place("one without a type", { symbol: "btcusdt", side: "buy", quantity: 0.005 }),
  place("one by value", { symbol: "BTC/USDT", side: "buy", notional: 123.45 }),
  place("one of the other side", { ...market, side: "sell", quantity: 0.004 }),
  place("one with exits", { ...market, stop_loss: 45_000, take_profit: 60_000 }),
  place("a limit order that rests", limit, "resting"),
  place("one at a better price", { ...limit, price: 50_500 }),
  place("a stop", { ...far, order_type: "stop", stop_price: 52_000, tag: "mine" }, "stop"),
  place("a stop-limit", { ...far, order_type: "stop_limit", stop_price: 52_000, price: 52_100 }),
  place("one that ends by itself", { ...limit, time_in_force: "GTD", expires_at: "2030-01-01T00:00:00Z" }),
  place("one that is filled at once or not at all", { ...limit, time_in_force: "IOC" }),
  place("one that is filled whole or not at all", { ...limit, time_in_force: "FOK" }),
  place("one that only adds to the book", { ...limit, post_only: true }),
  place("one that would not", { ...limit, price: 50_500, post_only: true }),
  place("one that only reduces", { ...market, side: "sell", quantity: 0.002, reduce_only: true }),
  place("one that reduces nothing", { ...market, reduce_only: true }),
  place("more than there is money for", { ...market, quantity: 1000 }),
  place("less than the venue takes", { ...market, quantity: 1e-9 }),
  place("a key", { ...market, quantity: 0.001 }, "keyed", "key-1"),
  place("the same key, the same order", { ...market, quantity: 0.001 }, undefined, "key-1"),
  place("the same key, another order", { ...market, quantity: 0.002 }, undefined, "key-1"),
  place("a key that is too long", market, undefined, "k".repeat(201)),
  place("an unknown symbol", { ...market, symbol: "DOGEUSD" }),
  place("no symbol", { ...market, symbol: "!" }),
  place("a side that is none", { ...market, side: "long" }),
  place("a type that is none", { ...market, order_type: "iceberg" }),
  place("a quantity below 0", { ...market, quantity: -1 }),
  place("quantity and value", { ...market, notional: 10 }),
  place("a limit order without a price", { ...market, order_type: "limit" }),
  place("a market order with a price", { ...market, price: 1 }),
  place("a time in force that is none", { ...limit, time_in_force: "FOREVER" }),
  place("a time that is none", { ...limit, time_in_force: "GTD", expires_at: "tomorrow" }),
  place("exits on the wrong side", { ...market, stop_loss: 60_000, take_profit: 1 }),
  cancel("what rests", "resting"),
  cancel("it again", "resting"),
  cancel("what is filled", "bought"),
  cancel("what never was", "99999"),
  cancel("what is no number", "abc"),
];

type Ids = Map<string, string>;

function place(what: string, order: object, as?: string, key?: string) {
  return {
    what: `places ${what}`,
    async run(face: Face, ids: Ids) {
      const answer = await face.place(order, key);
      if (as !== undefined) ids.set(as, answer.order_id!);
      return answer;
    },
  };
}

function cancel(what: string, order: string) {
  return { what: `cancels ${what}`, run: (face: Face, ids: Ids) => face.cancel(ids.get(order) ?? order) };
}

let rest: World;
let grpc: World;
beforeAll(async () => {
  buildWhenStale();
  [rest, grpc] = [await open("rest"), await open("grpc")];
});
afterAll(async () => {
  for (const { grpc: client, stop, folder } of [rest, grpc]) {
    client.close();
    await stop();
    removeFolder(folder);
  }
});

describe("REST and gRPC answer alike when one", () => {
  const ids: readonly [Ids, Ids] = [new Map(), new Map()];
  it.each(steps)("$what", async ({ run }) => {
    const [one, other] = [await run(rest.face, ids[0]), await run(grpc.face, ids[1])];
    expect(other).toEqual(one);
    expect("refused" in one || "status" in one).toBe(true);
    // Nothing but what was asked for is refused as a bug of ours.
    expect(one.refused).not.toBe("GEO-INTERNAL");
  });

  it("asks for positions", async () => {
    const positions = await rest.face.positions();
    expect(positions).toHaveLength(1);
    expect(await grpc.face.positions()).toEqual(positions);
  });

  it("trades while it is halted, and again after", async () => {
    for (const { handle } of [rest, grpc]) handle.halt("lunch", false);
    const refused = await rest.face.place(market);
    expect(refused).toMatchObject({ status: "rejected", reason: "refused:halted" });
    expect(await grpc.face.place(market)).toEqual(refused);
    for (const { handle } of [rest, grpc]) handle.lift();
    const filled = await rest.face.place(market);
    expect(filled).toMatchObject({ status: "filled" });
    expect(await grpc.face.place(market)).toEqual(filled);
  });
});

it.each([
  ...["/orders?limit=500", "/trades?limit=500", "/signals", "/positions", "/balance", "/equity"],
  ...["/equity/curve", "/candles", "/metrics", "/risk"],
])("after the same operations both sessions are the same, to the last digit: %s", async (path) => {
  expect(await exactly(grpc, path)).toEqual(await exactly(rest, path));
});

describe("one session is shown alike by REST and by the WebSocket:", () => {
  const channels = {
    ...{ orders: "/orders?status=open", trades: "/trades", signals: "/signals", positions: "/positions" },
    ...{ equity: "/equity", status: "/status" },
  };
  let user: SocketUser;
  beforeAll(async () => {
    await rest.face.place(limit);
    await askRest(`${rest.rest}/api/v1/signals`, "POST", { symbol: "BTCUSD", action: "hold" });
    user = new SocketUser(new WebSocket(`${rest.rest.replace("http", "ws")}/ws`));
    await user.opened;
    await user.subscribe(Object.keys(channels), { decimals: "string" });
  });
  afterAll(() => user.socket.terminate());

  it.each(Object.entries(channels))("%s", async (channel, path) => {
    const { next_cursor: _, ...shown } = await exactly(rest, path);
    const [snapshot] = user.of("snapshot", channel);
    const moving = { uptime_seconds: 0, data_age_ms: 0 };
    expect({ ...snapshot!.data, ...moving }).toEqual({ ...shown, ...moving });
    expect(JSON.stringify(shown).length).toBeGreaterThan(20);
  });
});

async function exactly({ rest: url }: World, path: string) {
  const accept = "application/json; decimals=string";
  const { status, json } = await askRest(`${url}/api/v1${path}`, "GET", undefined, { accept });
  expect(status).toBe(200);
  return json;
}
