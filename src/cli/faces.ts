import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { badValue } from "../config/values.ts";
import { ValidationError } from "../domain/errors.ts";
import type { RunnerOptions } from "../run/session/runner.ts";
import { addressOf, isLoopback } from "../server/address.ts";
import type { FacesOptions } from "../server/serve.ts";
import type { FaceFlags } from "./faceFlags.ts";
import type { LiveOutput } from "./liveLines.ts";
import { countOf } from "./liveValues.ts";
import type { Session } from "./session.ts";

const usual = { api: { host: "127.0.0.1", port: 8080 }, grpc: { host: "127.0.0.1", port: 50_051 } };

/**
 * What opens a session to programs and people, as the flags say; undefined when nothing is to listen.
 * @throws ValidationError GEO-USAGE, GEO-OPTION-VALUE before the session begins
 */
export async function facesOf(
  flags: FaceFlags,
  stateDir: string,
  session: Session,
  output: LiveOutput,
): Promise<RunnerOptions["beside"]> {
  const addressFor = (face: "api" | "grpc") => {
    const given = flags[face];
    if (given === undefined) return null;
    return given === true ? usual[face] : addressOf(given, `--${face}`, usual[face]);
  };
  const [api, grpc] = [addressFor("api"), addressFor("grpc")];
  if (api === null && grpc === null) {
    refuseIdle(flags);
    return undefined;
  }
  const options: FacesOptions = {
    ...{ api, grpc, stateDir, tls: tlsOf(flags, session.cwd), requireToken: flags.requireToken === true },
    ...{
      allowHosts: (flags.allowHost ?? []).map(hostOf),
      allowOrigins: (flags.allowOrigin ?? []).map(originOf),
    },
    ...(flags.apiRate !== undefined && { perSecond: countOf(flags.apiRate, "--api-rate") }),
    onListening: (where) => {
      output.show({ event: "listening", time: new Date().toISOString(), ...where });
    },
    onBug: (error) =>
      session.note(`error in an API: ${error instanceof Error ? error.stack : String(error)}`),
  };
  const hosts = [api, grpc].flatMap((address) => (address === null ? [] : [address.host]));
  const { refuseUnguarded } = await import("../server/localAccess.ts");
  refuseUnguarded({ stateDir, hosts });
  const { checkBindable } = await import("../server/bindable.ts");
  for (const [flag, address] of [
    ["--api", api],
    ["--grpc", grpc],
  ] as const)
    if (address !== null) await checkBindable(flag, address);
  if (!hosts.every(isLoopback) && options.tls === null)
    output.tell("warning: other machines can reach the API, and what they send is not encrypted: --tls-cert");
  return async (handle) => (await import("../server/serve.ts")).startFaces(handle, options);
}

/** Flags of faces that are not there would be thought to protect something. */
function refuseIdle({ requireToken, allowHost, allowOrigin, tlsCert, tlsKey, apiRate }: FaceFlags): void {
  const given = Object.entries({
    "--require-token": requireToken,
    "--allow-host": allowHost,
    "--allow-origin": allowOrigin,
    "--tls-cert": tlsCert,
    "--tls-key": tlsKey,
    "--api-rate": apiRate,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (given.length === 0) return;
  throw new ValidationError("GEO-USAGE", `${given[0]}: expected --api or --grpc beside it, found neither`);
}

function tlsOf({ tlsCert, tlsKey }: FaceFlags, cwd: string): FacesOptions["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    const [there, missing] = tlsCert === undefined ? ["key", "cert"] : ["cert", "key"];
    throw new ValidationError("GEO-USAGE", `--tls-${there}: expected --tls-${missing} beside it, found none`);
  }
  const tls = { cert: pemIn(tlsCert, "--tls-cert", cwd), key: pemIn(tlsKey, "--tls-key", cwd) };
  try {
    createSecureContext(tls);
  } catch (cause) {
    const found = (cause as Error).message;
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `--tls-cert, --tls-key: expected a certificate and its key in PEM, found none: ${found}`,
      { cause },
    );
  }
  return tls;
}

function pemIn(name: string, flag: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, name), "utf8");
  } catch (cause) {
    throw new ValidationError(
      "GEO-OPTION-VALUE",
      `${flag}: expected a file that can be read, found "${name}"`,
      {
        hint: (cause as Error).message,
        cause,
      },
    );
  }
}

function hostOf(text: string): string {
  const host = text.trim().replace(/^\[(.+)\]$/, "$1");
  if (/^(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*|[\da-f:]+)$/i.test(host)) return host;
  throw badValue("--allow-host", "a name without port, such as desk.example.com", text);
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "")
    return url.origin;
  throw badValue("--allow-origin", "an origin such as https://desk.example.com", text);
}
