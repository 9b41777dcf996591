import { isIP } from "node:net";
import { GeoSyncError } from "../domain/errors.ts";
import { isLoopback } from "./address.ts";

export interface SiteOptions {
  /** What the faces listen on. */
  readonly hosts: readonly string[];
  readonly isSecure: boolean;
  /** More names under which clients may reach us. */
  readonly allowHosts: readonly string[];
  /** Pages of other sites that may talk to us, such as `https://desk.example.com`. */
  readonly allowOrigins: readonly string[];
}

const wildcards = new Set(["0.0.0.0", "::"]);

/** Refuses names that were made to point here (DNS rebinding), and pages of other sites. */
export class Sites {
  readonly #options: SiteOptions;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  /** Who listens to all addresses is reached by any of them; a name that was made to point here is none. */
  readonly #anyAddress: boolean;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.#hosts = new Set([...options.hosts, ...options.allowHosts].map((host) => host.toLowerCase()));
    this.#origins = new Set(options.allowOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
    this.#anyAddress = options.hosts.some((host) => wildcards.has(host));
  }

  /** @throws GeoSyncError GEO-FORBIDDEN */
  check(host: string | undefined, origin: string | null): void {
    const name = /^(?:\[([\da-f:.]+)\]|([a-z\d._-]+))(?::\d{1,5})?$/i.exec(host ?? "");
    const bare = (name?.[1] ?? name?.[2])?.toLowerCase();
    if (bare === undefined || !this.#isOurs(bare)) {
      throw new GeoSyncError("GEO-FORBIDDEN", `Host: expected a name of this server, found ${shown(host)}`, {
        hint: "Start it with --allow-host <name> when that is how it is reached.",
      });
    }
    if (origin !== null && !this.allows(host!, origin)) {
      throw new GeoSyncError(
        "GEO-FORBIDDEN",
        `Origin: expected no page of another site, found ${shown(origin)}`,
        {
          hint: "Start it with --allow-origin <origin> when that page may trade.",
        },
      );
    }
  }

  allows(host: string, origin: string): boolean {
    const own = `${this.#options.isSecure ? "https" : "http"}://${host}`;
    return origin.toLowerCase() === own.toLowerCase() || this.#origins.has(origin.toLowerCase());
  }

  #isOurs(name: string): boolean {
    return isLoopback(name) || this.#hosts.has(name) || (this.#anyAddress && isIP(name) !== 0);
  }
}

function shown(text: string | undefined): string {
  return text === undefined ? "none" : `"${text.slice(0, 80)}"`;
}
