import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { GeoSyncError } from "../domain/errors.ts";

const windowMs = 10_000;
/** Addresses whose requests are counted. */
const addresses = 5000;
const connections = 1000;

/** So many requests a second of one address, on average over 10 s; what is more is answered 429, with Retry-After. */
export async function addLimits(app: FastifyInstance, perSecond: number): Promise<void> {
  app.server.maxConnections = connections;
  const max = Math.ceil((perSecond * windowMs) / 1000);
  await app.register(rateLimit, {
    ...{ max, timeWindow: windowMs, cache: addresses },
    errorResponseBuilder: (_, { after }) =>
      new GeoSyncError(
        "GEO-LIMITED",
        `expected at most ${max} requests in ${windowMs / 1000} s, found more`,
        {
          hint: `Ask again in ${after}.`,
        },
      ),
  });
}
