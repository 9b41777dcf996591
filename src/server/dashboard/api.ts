import type { Candle, EquityPoint, Order, Status } from "./wire.ts";

/** What the server said no with: one of its codes, and words for people. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface OrderRequest {
  readonly symbol: string;
  readonly side: string;
  readonly order_type: string;
  readonly quantity?: string;
  readonly notional?: string;
  readonly price?: string;
  readonly stop_price?: string;
  readonly reduce_only?: boolean;
}

const tokenKey = "geosync-token";
/** An answer that takes longer will not come: orders wait a second for their end. */
const patienceMs = 10_000;

/** REST, as far as this page needs it. All methods throw ApiError, or TypeError when nobody answers. */
export class Api {
  /** For the session of this tab alone. */
  get token(): string | null {
    return sessionStorage.getItem(tokenKey);
  }

  set token(token: string | null) {
    if (token === null) sessionStorage.removeItem(tokenKey);
    else sessionStorage.setItem(tokenKey, token);
  }

  status(): Promise<Status> {
    return this.#call("GET", "status");
  }

  /** Oldest first. */
  async candles(symbol: string, limit: number): Promise<readonly Candle[]> {
    const query = new URLSearchParams({ symbol, limit: String(limit) });
    return (await this.#call<{ candles: readonly Candle[] }>("GET", `candles?${query}`)).candles;
  }

  /** Oldest first. */
  async equityCurve(limit: number): Promise<readonly EquityPoint[]> {
    const path = `equity/curve?limit=${limit}`;
    return (await this.#call<{ points: readonly EquityPoint[] }>("GET", path)).points;
  }

  /** @param key the same for every attempt at the same order: the server does it once */
  placeOrder(order: OrderRequest, key: string): Promise<Order> {
    return this.#call("POST", "orders", order, key);
  }

  cancelOrder(id: string): Promise<{ readonly success: boolean; readonly order: Order }> {
    return this.#call("DELETE", `orders/${encodeURIComponent(id)}`, undefined, newKey());
  }

  cancelAll(): Promise<unknown> {
    return this.#call("DELETE", "orders", undefined, newKey());
  }

  /** @param flatten close every position, too */
  halt(reason: string, flatten: boolean): Promise<Status> {
    return this.#call("POST", flatten ? "kill" : "halt", reason === "" ? {} : { reason }, newKey());
  }

  resume(): Promise<Status> {
    return this.#call("POST", "resume", {}, newKey());
  }

  async #call<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
    const { token } = this;
    const response = await fetch(`/api/v1/${path}`, {
      method,
      headers: {
        accept: "application/json; decimals=string",
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key !== undefined && { "idempotency-key": key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(patienceMs),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer as T;
    throw new ApiError(response.status, problemText(response, answer));
  }
}

/** Name of one request. (`randomUUID` is missing on plain http beyond this machine.) */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** For people: whatever failed. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return "No answer from the session. Try again when the connection is back.";
}

function problemText({ status }: Response, problem: unknown): string {
  const { detail, title, hint } = (problem ?? {}) as Readonly<Record<string, unknown>>;
  const said = [detail ?? title, hint].filter((text) => typeof text === "string" && text !== "");
  return said.length > 0 ? said.join(" ") : `The server answered ${status}.`;
}
