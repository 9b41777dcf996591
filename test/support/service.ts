import type { SessionHandle } from "../../src/run/session/handle.ts";
import { TradingService } from "../../src/server/service.ts";
import { newFolder, type ServedOptions, type ServedSession, serveSession } from "./servedSession.ts";

export interface ServiceOptions extends ServedOptions {
  /** Begins to watch before the first data, too. */
  readonly alsoBeside?: (handle: SessionHandle, service: TradingService) => void;
}

/** A paper session on a short file, left open, with its application service. */
export async function startService({
  alsoBeside,
  ...options
}: ServiceOptions = {}): Promise<ServedSession & { readonly service: TradingService }> {
  let service!: TradingService;
  const session = await serveSession({
    folder: newFolder(),
    ...options,
    beside: async (handle) => {
      service = new TradingService(handle);
      alsoBeside?.(handle, service);
      return service;
    },
  });
  return { ...session, service };
}
