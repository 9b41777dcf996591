import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { formatFixed, parseFixed } from "../../domain/fixed.ts";
import type { KeyRing } from "../auth/keys.ts";
import { VenueError } from "../contract.ts";
import type { LocalExchange } from "../exchange.ts";
import type { Faults } from "../faults/faults.ts";
import { type FaultPlan, faultPlanSchema } from "../faults/schema.ts";
import type { Desk } from "../http/desk.ts";
import { orderJson } from "../http/orderJson.ts";
import type { Audit } from "./audit.ts";

export interface AdminOptions {
  readonly desk: Desk;
  readonly exchange: LocalExchange;
  readonly keys: KeyRing;
  readonly faults: Faults;
  readonly audit: Audit;
  readonly controls: AdminControls;
}

/** What only the server itself can do. */
export interface AdminControls {
  arm(plan: FaultPlan): void;
  /** Cuts every connection and is away for `downMs`; without memory, orders and balances are those of the start. */
  restart(options: { readonly memory: boolean; readonly downMs: number }): void;
  /** Cuts every stream and WebSocket API connection. */
  disconnect(): void;
  stop(): void;
}

const amount = z.string().regex(/^\d{1,20}(\.\d{1,20})?$/, 'a decimal such as "0.5"');
const account = z.string().min(1).default("main");
const transfer = z.strictObject({ account, asset: z.string().regex(/^[A-Z0-9]{1,20}$/), amount });
const price = z.strictObject({ symbol: z.string(), price: amount });
const key = z.strictObject({
  key: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  secret: z.string().min(1).optional(),
  publicKey: z.string().optional(),
  account,
  canTrade: z.boolean().default(true),
});
const restart = z.strictObject({
  memory: z.boolean().default(true),
  downMs: z.number().min(0).max(3_600_000).default(0),
});

/** Levers for tests, for this machine alone. */
export function addAdmin(
  app: FastifyInstance,
  { desk, exchange, keys, faults, audit, controls }: AdminOptions,
): void {
  const route = (
    method: "GET" | "POST" | "DELETE",
    path: string,
    work: (body: unknown, request: FastifyRequest) => unknown,
  ) =>
    app.route({
      method,
      url: `/admin/${path}`,
      handler: (request, reply) => answer(request, reply, () => work(bodyOf(request), request)),
    });

  route("GET", "faults", () => ({ plan: faults.plan, counts: faults.counts }));
  route("POST", "faults", (body) => {
    controls.arm(faultPlanSchema.parse(body ?? {}));
    return { plan: faults.plan };
  });
  route("DELETE", "faults", () => {
    controls.arm(faultPlanSchema.parse({}));
    return { plan: faults.plan };
  });
  for (const sign of ["deposit", "withdraw"] as const) {
    route("POST", sign, (body) => {
      const { account, asset, amount } = transfer.parse(body);
      const { units, scale } = parseFixed(amount);
      desk.change(() =>
        exchange.deposit(account, asset, { units: sign === "deposit" ? units : -units, scale }),
      );
      return { balances: balancesOf(account) };
    });
  }
  route("POST", "price", (body) => {
    const { symbol, price: to } = price.parse(body);
    desk.change(() => exchange.setPrice(symbol, parseFixed(to)));
    return { symbol, price: formatFixed(exchange.lastPrice(symbol)) };
  });
  route("POST", "freeze", () => {
    desk.change(() => exchange.freeze());
    return {};
  });
  route("GET", "keys", () =>
    keys.all.map(({ key, kind, account, canTrade }) => ({ key, kind, account, canTrade })),
  );
  route("POST", "keys", (body) => {
    const { kind, account, canTrade } = keys.add(keyOf(body));
    return { kind, account, canTrade };
  });
  route("GET", "state", (_, { query }) => stateOf((query as { account?: string }).account ?? "main"));
  route("POST", "disconnect", () => {
    controls.disconnect();
    return {};
  });
  route("POST", "restart", (body) => {
    const options = restart.parse(body ?? {});
    setImmediate(() => controls.restart(options));
    return options;
  });
  route("POST", "stop", () => {
    setImmediate(() => controls.stop());
    return {};
  });
  route("DELETE", "audit", () => {
    audit.clear();
    return {};
  });
  app.get("/admin/audit", (request, reply) => {
    if (!isLocal(request)) return refuseStranger(reply);
    const since = Number(new URLSearchParams(request.raw.url?.split("?")[1]).get("since") ?? 0);
    return reply.type("application/x-ndjson").send(Readable.from(audit.lines(since)));
  });

  function balancesOf(account: string) {
    return exchange.balances(account).map(({ asset, free, locked }) => ({
      asset,
      free: formatFixed(free),
      locked: formatFixed(locked),
    }));
  }

  function stateOf(account: string) {
    return {
      time: exchange.time(),
      account,
      balances: balancesOf(account),
      openOrders: exchange.openOrders(account, null).map((order): unknown => JSON.parse(orderJson(order))),
      prices: Object.fromEntries(
        exchange.symbols.map(({ symbol }) => [symbol, formatFixed(exchange.lastPrice(symbol))]),
      ),
    };
  }
}

function keyOf(body: unknown) {
  const given = key.parse(body);
  if ((given.secret === undefined) !== (given.publicKey === undefined)) return given;
  throw new VenueError(-1130, "expected either a secret or a publicKey");
}

/** JSON of what `work` gives, 400 and words for what it will not take. */
function answer(request: FastifyRequest, reply: FastifyReply, work: () => unknown): FastifyReply {
  if (!isLocal(request)) return refuseStranger(reply);
  reply.type("application/json");
  try {
    return reply.send(JSON.stringify(work()));
  } catch (error) {
    const message =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : String(error);
    return reply.code(400).send(JSON.stringify({ error: message }));
  }
}

function isLocal({ ip }: FastifyRequest): boolean {
  return ip === "::1" || ip.replace("::ffff:", "").startsWith("127.");
}

function refuseStranger(reply: FastifyReply): FastifyReply {
  return reply.code(403).send('{"error":"admin calls are taken from this machine only"}');
}

function bodyOf({ body }: FastifyRequest): unknown {
  return typeof body === "string" && body.trim() !== "" ? JSON.parse(body) : undefined;
}
