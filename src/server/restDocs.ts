import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifySchema } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import { version } from "../run/version.ts";
import type { Route } from "./restRoutes.ts";

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    code: z.string().meta({ description: "GEO-…: see the errors of geosync" }),
    detail: z.string(),
    hint: z.string().nullable().meta({ description: "How to go on" }),
  })
  .meta({ id: "Problem", description: "RFC 9457" });

const acceptHeader = z.object({
  accept: z
    .string()
    .optional()
    .meta({ description: "application/json; decimals=string gives amounts as exact text, not as numbers" }),
});
const writeHeaders = acceptHeader.extend({
  "idempotency-key": z.string().max(200).optional().meta({
    description: "A name for the request: asked a second time, also after a restart, it is not done again",
  }),
});

const description = `Steer and watch a session. Symbols are echoed as the caller spells them. An answer to an order
waits up to a second for its end. Errors are problem documents (RFC 9457) with a code of geosync.`;

/** `/openapi.json`, made of the schemas that requests are read by, and a page of it at `/docs`. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "geosync", version, description, license: { name: "MIT", identifier: "MIT" } },
      tags: ["session", "orders", "signals", "account"].map((name) => ({ name })),
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { validatorUrl: null },
    // No request leaves for anywhere else.
    staticCSP: pageRules,
  });
  app.get("/openapi.json", { schema: { hide: true } as object }, async () => app.swagger());
}

const pageRules =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; " +
  "base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/** What the documentation says of a route; queries are read by it as well. */
export function schemaOf({ method, url, tag, summary, scope, query, body, answer }: Route): FastifySchema {
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name]) => [name!, z.string()] as const);
  const refusals = ["400", "401", "403", "429", "503", ...(names.length > 0 ? ["404"] : [])];
  const changes = method === "GET" ? [] : ["404", "409", "413", "415", "422"];
  const responses = [...new Set([...refusals, ...changes])].sort();
  const refused = { description: "Refused", content: { "application/problem+json": { schema: problem } } };
  const about = { tags: [tag], summary, description: `Scope: ${scope}`, operationId: nameOf(method, url) };
  return {
    ...about,
    headers: method === "GET" ? acceptHeader : writeHeaders,
    ...(names.length > 0 && { params: z.object(Object.fromEntries(names)) }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    response: { 200: answer, ...Object.fromEntries(responses.map((status) => [status, refused])) },
  } as FastifySchema;
}

/** `GET /orders/:order_id` → `getOrdersByOrderId`. */
function nameOf(method: string, url: string): string {
  const words = url.replace(":", "by_").split(/[/_]/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}
