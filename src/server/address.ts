import { isIP } from "node:net";
import { ValidationError } from "../domain/errors.ts";

/** Where a face listens. */
export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/**
 * `127.0.0.1:8080`, `[::1]:8080`, `8080` or `:8080` (on loopback), `localhost` (at the usual port).
 * @throws ValidationError GEO-OPTION-VALUE
 */
export function addressOf(text: string, flag: string, usual: Address): Address {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([A-Za-z\d.-]+(?=:|$)))?(?::?(\d{1,5}))?$/.exec(text.trim());
  const onlyPort = /^:?(\d{1,5})$/.exec(text.trim());
  const host = onlyPort === null ? (match?.[1] ?? match?.[2]) : usual.host;
  const port = Number((onlyPort === null ? match?.[3] : onlyPort[1]) ?? usual.port);
  if (host === undefined || !(port <= 65_535) || (match?.[1] !== undefined && isIP(host) !== 6)) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `${flag}: expected an address such as 127.0.0.1:${usual.port}, found "${shown}"`,
    );
  }
  // By name it would be two addresses, and two servers.
  return { host: host.toLowerCase() === "localhost" ? "127.0.0.1" : host, port };
}

/** No other machine can reach it. */
export function isLoopback(host: string): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(host) || host === "::1" || /^(?:.+\.)?localhost$/i.test(host);
}

/** As a URL has it. */
export function hostText(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
