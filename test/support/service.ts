import { TradingService } from "../../src/server/service.ts";
import { newFolder, type ServedOptions, type ServedSession, serveSession } from "./servedSession.ts";

/** A paper session on a short file, left open, with its application service. */
export async function startService(
  options: ServedOptions = {},
): Promise<ServedSession & { readonly service: TradingService }> {
  let service!: TradingService;
  const session = await serveSession({
    folder: newFolder(),
    ...options,
    beside: async (handle) => (service = new TradingService(handle)),
  });
  return { ...session, service };
}
