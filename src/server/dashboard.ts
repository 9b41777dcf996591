import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "./access.ts";

/** Made by the build from dashboard/, next to this: a page runs what a bundler has made of it. */
const built = new URL("../../dist/dashboard/", import.meta.url);

/** Address → file and type. */
const files = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/dashboard/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/dashboard/app.css": ["app.css", "text/css; charset=utf-8"],
  "/dashboard/favicon.svg": ["favicon.svg", "image/svg+xml"],
} as const;

/** The page talks to nobody but this server, runs no text as code, and stands in no frame of another page. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  // Asked anew each time, and answered in a few bytes when nothing has changed.
  "cache-control": "no-cache",
} as const;

export interface DashboardOptions {
  readonly access: Pick<Access, "checkSite">;
}

/**
 * Serves the dashboard at `/`: a page and what it loads, all from this package. It is no secret, hence asks for no
 * token; all that it shows comes through REST and the WebSocket, which do.
 * @throws Error from `ready()` when the package was not built
 */
export async function attachDashboard(app: FastifyInstance, { access }: DashboardOptions): Promise<void> {
  for (const [url, [name, type]] of Object.entries(files)) {
    const body = await readFile(fileURLToPath(new URL(name, built)));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
    app.get(url, { schema: { hide: true } as object }, (request: FastifyRequest, reply: FastifyReply) => {
      access.checkSite(request.headers.host, null);
      reply.headers(headers).header("etag", etag);
      if (request.headers["if-none-match"] === etag) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}
