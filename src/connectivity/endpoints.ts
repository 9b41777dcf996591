import type { Exchange } from "ccxt";
import { ValidationError } from "../domain/errors.ts";
import type { Endpoints } from "./session.ts";

type UrlTree = string | { readonly [name: string]: UrlTree | undefined };

/**
 * The endpoints of an exchange that is reached at one address, as the local one is.
 * @throws ValidationError GEO-OPTION-VALUE when it is no http address
 */
export function endpointsOf(address: string, flag = "--venue-url"): Endpoints {
  const rest = checked(address, flag, ["http:", "https:"]).replace(/\/api\/v3$/, "");
  const streams = rest.replace(/^http/, "ws");
  return { rest, streams, wsApi: `${streams}/ws-api/v3` };
}

/**
 * Takes addresses as exchanges announce them, too: with `/api/v3`, `/stream` or `/ws` at their end.
 * @throws ValidationError GEO-OPTION-VALUE naming the flag when one is no address of its kind
 */
export function checkedEndpoints(endpoints: Endpoints, flag = "--endpoint"): Endpoints {
  const wsApi = checked(endpoints.wsApi, `${flag} ws-api`, ["ws:", "wss:"]);
  return {
    rest: checked(endpoints.rest, `${flag} rest`, ["http:", "https:"]).replace(/\/api\/v3$/, ""),
    streams: checked(endpoints.streams, `${flag} streams`, ["ws:", "wss:"]).replace(/\/(?:stream|ws)$/, ""),
    wsApi: new URL(wsApi).pathname === "/" ? `${wsApi}/ws-api/v3` : wsApi,
  };
}

/** Points every address that ccxt has of a venue at the endpoints. Merging would leave unlisted ones at production. */
export function redirect(exchange: Exchange, endpoints: Endpoints): void {
  const urls = exchange.urls as { api: UrlTree };
  urls.api = mapUrls(urls.api, (url) => redirected(url.replaceAll("{hostname}", "venue"), endpoints));
  if (exchange.id !== "binance") return;
  const ws = (urls.api as { ws: Record<string, UrlTree> }).ws;
  // ccxt tells spot streams from those of futures by "/stream" in their address.
  ws.spot = ws.margin = `${endpoints.streams}/stream`;
  (ws["ws-api"] as Record<string, string>).spot = endpoints.wsApi;
}

/** Host and port of every address that ccxt has of a venue. */
export function hostsOf(exchange: Exchange): ReadonlySet<string> {
  const hosts = new Set<string>();
  mapUrls(exchange.urls.api as UrlTree, (url) => {
    const filled = url.replaceAll("{hostname}", String(exchange.hostname));
    if (URL.canParse(filled)) hosts.add(new URL(filled).host);
    return url;
  });
  return hosts;
}

function redirected(url: string, endpoints: Endpoints): string {
  const { protocol, pathname } = new URL(url);
  const path = pathname === "/" ? "" : pathname;
  return `${protocol.startsWith("ws") ? endpoints.streams : endpoints.rest}${path}`;
}

function mapUrls(tree: UrlTree, change: (url: string) => string): UrlTree {
  if (typeof tree === "string") return change(tree);
  return Object.fromEntries(
    Object.entries(tree).map(([name, branch]) => [
      name,
      branch === undefined ? undefined : mapUrls(branch, change),
    ]),
  );
}

function checked(address: string, name: string, protocols: readonly string[]): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const plain = url !== undefined && url.search === "" && url.hash === "" && url.username === "";
  if (url === undefined || !plain || !protocols.includes(url.protocol)) {
    const example = protocols.includes("http:") ? "http://127.0.0.1:9000" : "ws://127.0.0.1:9000";
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `${name}: expected an address such as ${example}, found "${address}".`,
    );
  }
  return url.href.replace(/\/+$/, "");
}
