import type { Server, ServerDuplexStream } from "@grpc/grpc-js";
import type { PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { fail, type OpenStreams } from "./openStreams.ts";

type Call = ServerDuplexStream<object, object>;

/** grpc.reflection.v1 and v1alpha: what there is to call, for clients that have no proto file. */
export function addReflection(
  server: Pick<Server, "addService">,
  definition: PackageDefinition,
  streams: OpenStreams,
): void {
  new ReflectionService(definition).addToServer({
    addService(service, { ServerReflectionInfo: answer }) {
      server.addService(service, {
        ServerReflectionInfo(call: Call) {
          try {
            streams.add(call);
          } catch (error) {
            return fail(call, error);
          }
          readOnlyAsAnswersLeave(call);
          (answer as (call: Call) => void)(call);
        },
      });
    },
  });
}

/** The package answers whether or not anybody reads: a client that does not would fill the memory. */
function readOnlyAsAnswersLeave(call: Call): void {
  const write = call.write.bind(call) as (message: object) => boolean;
  const resume = () => call.resume();
  call.write = (message: object) => {
    if (write(message)) return true;
    call.pause();
    call.off("drain", resume).once("drain", resume);
    return false;
  };
}
