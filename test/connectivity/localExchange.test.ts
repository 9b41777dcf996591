import { generateKeyPairSync } from "node:crypto";
import dns from "node:dns";
import net from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endpointsOf } from "../../src/connectivity/endpoints.ts";
import { type OpenSessionOptions, openSession } from "../../src/connectivity/openSession.ts";
import type { ApiCall, VenueSession } from "../../src/connectivity/session.ts";
import type { NewKey } from "../../src/venue/auth/keys.ts";
import { createExchange } from "../../src/venue/exchange.ts";
import { faultPlanSchema } from "../../src/venue/faults/schema.ts";
import { startVenue, type Venue } from "../../src/venue/server.ts";

const hmac = { key: "key-of-the-demo-account", secret: "secret-of-the-demo-account" };

let venue: Venue;
let session: VenueSession | undefined;

async function listening(...keys: readonly NewKey[]): Promise<void> {
  venue = await startVenue({ createExchange: (clock) => createExchange({ clock }), keys });
}

beforeEach(() => {
  session = undefined;
});

afterEach(async () => {
  await session?.close();
  await venue.close();
});

async function opened(
  apiSecret = hmac.secret,
  more: Partial<OpenSessionOptions> = {},
): Promise<VenueSession> {
  session = await openSession({
    venue: "binance",
    testnet: true,
    endpoints: endpointsOf(venue.url),
    credentials: { apiKey: hmac.key, apiSecret },
    retry: { initialMs: 5, maxMs: 20 },
    ...more,
  });
  return session;
}

function order(clientOrderId: string): ApiCall<string> {
  return {
    name: "createOrder",
    send: (exchange) =>
      exchange.createOrder("BTC/USDT", "limit", "buy", "0.001" as never, "20000" as never, { clientOrderId }),
    read: (answer) => (answer as { status: string }).status,
    repeatable: false,
    deadlineMs: 2_000,
  };
}

/** Everything that the venue was asked, as it noted it. */
const asked = (): { method: string; path: string }[] =>
  [...venue.audit.lines()].map((line) => JSON.parse(line));

const orders = () => asked().filter(({ method, path }) => method === "POST" && path.endsWith("/order"));

describe("a session with the local exchange", () => {
  it.each(["hmac", "ed25519", "rsa"] as const)("signs with a key of the kind %s", async (kind) => {
    if (kind === "hmac") {
      await listening(hmac);
      expect(await (await opened()).call(order("mine-1"))).toBe("open");
      return;
    }
    const pair =
      kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
    const pem = { format: "pem" } as const;
    await listening({ key: hmac.key, publicKey: pair.publicKey.export({ type: "spki", ...pem }).toString() });
    const secret = pair.privateKey
      .export({ type: "pkcs8", ...pem })
      .toString()
      .trim();
    expect(await (await opened(secret)).call(order("mine-1"))).toBe("open");
  });

  it.each(["status", "cut"] as const)(
    "never sends an order again that was accepted before a %s",
    async (kind) => {
      await listening(hmac);
      await opened();
      const fault = kind === "status" ? { kind, status: 502, when: "after" } : { kind, when: "after" };
      venue.faults.arm(
        faultPlanSchema.parse({ requests: [{ method: "POST", path: "*/order", fault, times: 1 }] }),
      );
      await expect(session!.call(order("mine-1"))).rejects.toMatchObject({ code: "GEO-ORDER-UNKNOWN" });
      expect(orders()).toHaveLength(1);
      const found = await session!.call({
        name: "fetchOrder",
        send: (exchange) => exchange.fetchOrder("", "BTC/USDT", { origClientOrderId: "mine-1" }),
        read: (answer) => (answer as { clientOrderId: string }).clientOrderId,
        repeatable: true,
      });
      expect(found).toBe("mine-1");
    },
  );

  it("hears trades and news of orders over plain WebSockets, at no other host", async () => {
    await listening(hmac);
    const connects = vi.spyOn(net.Socket.prototype, "connect");
    const lookups = vi.spyOn(dns, "lookup");
    const { exchange } = await opened();
    const [trade] = await exchange.watchTrades("BTC/USDT");
    expect(typeof trade?.price).toBe("string");
    const news = exchange.watchOrders("BTC/USDT");
    await vi.waitUntil(() => asked().some(({ path }) => path.includes("userDataStream")), 10_000);
    await session!.call(order("mine-2"));
    expect((await news)[0]?.clientOrderId).toBe("mine-2");
    const hosts = connects.mock.calls.map(([first]) => {
      const { host, port } = (Array.isArray(first) ? first[0] : first) as net.TcpNetConnectOpts;
      return `${host}:${port}`;
    });
    expect(hosts.length).toBeGreaterThan(2);
    expect(new Set(hosts)).toEqual(new Set([venue.url.slice("http://".length)]));
    expect(lookups.mock.calls.filter(([host]) => host !== "127.0.0.1")).toEqual([]);
    connects.mockRestore();
    lookups.mockRestore();
  });
});
