import type { Server, ServerWritableStream } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { fail, type OpenStreams } from "./openStreams.ts";

export interface Health {
  /** From now on it serves no more. */
  stop(): void;
}

/** Watchers hear so soon of a change; who asks hears at once. */
const watchedMs = 100;

/** grpc.health.v1.Health: serving while the session has market data and is not about to end. */
export function addHealth(
  server: Pick<Server, "addService">,
  { names, isReady, streams }: { names: readonly string[]; isReady: () => boolean; streams: OpenStreams },
): Health {
  const known = ["", ...names];
  const health = new HealthImplementation(Object.fromEntries(known.map((name) => [name, "NOT_SERVING"])));
  let [isServing, isStopped] = [false, false];
  const refresh = () => {
    const serves = !isStopped && isReady();
    if (serves === isServing) return;
    isServing = serves;
    for (const name of known) health.setStatus(name, serves ? "SERVING" : "NOT_SERVING");
  };
  const timer = setInterval(refresh, watchedMs).unref();
  health.addToServer({
    addService(definition, { check, watch, list }) {
      server.addService(definition, {
        check: refreshed(check!),
        list: refreshed(list!),
        watch(call: ServerWritableStream<{ service: string }, object>) {
          try {
            streams.add(call);
          } catch (error) {
            return fail(call, error);
          }
          // The package would remember every name that was ever asked for.
          if (known.includes(call.request.service)) refreshed(watch!)(call);
          else call.write({ status: "SERVICE_UNKNOWN" });
        },
      });
    },
  });
  // biome-ignore lint/suspicious/noExplicitAny: as the library types calls of unknown messages
  function refreshed(handle: (...args: any[]) => unknown) {
    // biome-ignore lint/suspicious/noExplicitAny: the same
    return (...args: any[]): void => {
      refresh();
      handle(...args);
    };
  }
  return {
    stop() {
      isStopped = true;
      clearInterval(timer);
      refresh();
    },
  };
}
