import type { ApiKey, KeyRing } from "../auth/keys.ts";
import { knownKey } from "../auth/signature.ts";
import { VenueError } from "../contract.ts";
import type { Desk } from "../http/desk.ts";
import type { Call, Operation } from "../http/operation.ts";
import type { Params } from "../http/params.ts";
import { mandatory } from "../http/refusal.ts";
import type { Outlet } from "../stream/outlet.ts";
import { userEvent } from "../stream/userEvents.ts";

const mostSubscriptions = 1000;

/** What a WebSocket API connection knows of its client: who logged on, and whose events it listens to. */
export class WsSession {
  readonly #desk: Desk;
  readonly #keys: KeyRing;
  readonly #outlet: Outlet;
  readonly #connectedSince: number;
  readonly #subscriptions = new Map<number, { readonly account: string; readonly stop: () => void }>();
  readonly operations: ReadonlyMap<string, Operation>;
  #owner: { readonly key: ApiKey; readonly since: number } | null = null;
  #nextSubscription = 0;

  constructor(desk: Desk, keys: KeyRing, outlet: Outlet) {
    this.#desk = desk;
    this.#keys = keys;
    this.#outlet = outlet;
    this.#connectedSince = Math.floor(desk.clock.said());
    this.operations = this.#makeOperations();
  }

  /** The key that logged on; requests that name none are its. */
  get owner(): ApiKey | null {
    return this.#owner?.key ?? null;
  }

  /** @throws VenueError -1102 for a request that needs a key in a session without one, -2014, -2015 */
  keyOf(params: Params): ApiKey {
    if (params.has("apiKey")) return knownKey(this.#keys, params.text("apiKey"));
    if (this.#owner === null) throw mandatory("apiKey");
    return this.#owner.key;
  }

  close(): void {
    for (const { stop } of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }

  #makeOperations(): ReadonlyMap<string, Operation> {
    const none = { params: [], weight: 2 } as const;
    const table: readonly Operation[] = [
      { ...none, ws: "session.logon", security: "SIGNED", run: (call) => this.#logon(call) },
      { ...none, ws: "session.status", security: "NONE", run: () => this.#status() },
      { ...none, ws: "session.logout", security: "NONE", run: () => this.#logout() },
      {
        ...none,
        ws: "session.subscriptions",
        security: "NONE",
        run: () => `[${[...this.#subscriptions.keys()].map((id) => `{"subscriptionId":${id}}`).join(",")}]`,
      },
      {
        ...none,
        ws: "userDataStream.subscribe",
        security: "NONE",
        run: () => this.#subscribe(this.#needOwner().account),
      },
      {
        ...none,
        ws: "userDataStream.subscribe.signature",
        security: "SIGNED",
        run: ({ account }) => this.#subscribe(account),
      },
      {
        ws: "userDataStream.unsubscribe",
        security: "NONE",
        weight: 2,
        params: ["subscriptionId"],
        run: ({ params }) => this.#unsubscribe(params.integer("subscriptionId")),
      },
    ];
    return new Map(table.map((one) => [one.ws!, one]));
  }

  #logon({ params, serverTime }: Call): string {
    const key = knownKey(this.#keys, params.need("apiKey"));
    // Binance logs on Ed25519 keys only.
    if (key.kind !== "ED25519") {
      throw new VenueError(-4056, `${key.kind === "RSA" ? "RSA" : "HMAC_SHA256"} API key is not supported.`);
    }
    this.#owner = { key, since: Math.floor(serverTime) };
    return this.#status();
  }

  #logout(): string {
    this.#owner = null;
    return this.#status();
  }

  #status(): string {
    const time = Math.floor(this.#desk.clock.said());
    const key = this.#owner === null ? "null" : JSON.stringify(this.#owner.key.key);
    return `{"apiKey":${key},"authorizedSince":${this.#owner?.since ?? null},"connectedSince":${this.#connectedSince},"returnRateLimits":true,"serverTime":${time},"userDataStream":${this.#subscriptions.size > 0}}`;
  }

  #needOwner(): ApiKey {
    if (this.#owner !== null) return this.#owner.key;
    throw new VenueError(-2015, "Invalid API-key, IP, or permissions for action.");
  }

  #subscribe(account: string): string {
    const known = [...this.#subscriptions.values()].some((one) => one.account === account);
    if (known) throw new VenueError(-2035, "User Data Stream subscription already active.");
    if (this.#subscriptions.size >= mostSubscriptions) {
      throw new VenueError(-1130, "Maximum subscription ID reached for this connection.");
    }
    const id = this.#nextSubscription++;
    const stop = this.#desk.exchange.onAccount(account, (news) => {
      const text = `{"subscriptionId":${id},"event":${userEvent(news)}}`;
      this.#desk.afterwards(() => this.#outlet.event("user", text));
    });
    this.#subscriptions.set(id, { account, stop });
    return `{"subscriptionId":${id}}`;
  }

  /** Without an id: all of them. */
  #unsubscribe(id: number | null): string {
    if (id !== null && !this.#subscriptions.has(id)) {
      throw new VenueError(-2036, "User Data Stream subscription not active.");
    }
    for (const [one, { stop }] of this.#subscriptions) {
      if (id !== null && one !== id) continue;
      stop();
      this.#subscriptions.delete(one);
    }
    return "{}";
  }
}
