import { type ErrorCode, GeoSyncError } from "../domain/errors.ts";

/** How each face says it. */
interface Said {
  readonly http: number;
  /** Number of the gRPC status code. */
  readonly grpc: number;
}

const invalid: Said = { http: 400, grpc: 3 };
const unavailable: Said = { http: 503, grpc: 14 };

/** Whatever is not here is a bug of ours. */
const table: Partial<Record<ErrorCode, Said>> = {
  "GEO-VALUE": invalid,
  "GEO-OPTION-VALUE": invalid,
  "GEO-UNAUTHENTICATED": { http: 401, grpc: 16 },
  "GEO-FORBIDDEN": { http: 403, grpc: 7 },
  "GEO-NOT-FOUND": { http: 404, grpc: 5 },
  "GEO-CONFLICT": { http: 409, grpc: 9 },
  "GEO-ORDER-REQUEST": { http: 422, grpc: 3 },
  "GEO-LIMITED": { http: 429, grpc: 8 },
  "GEO-NOT-READY": unavailable,
  "GEO-CONNECTION": unavailable,
};

export interface Failure extends Said {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
}

/** What a client is told of an error: never a stack, and of a bug of ours nothing but that it is one. */
export function failureOf(error: unknown): Failure {
  if (error instanceof GeoSyncError) {
    const { code, message, hint = null } = error;
    const said = table[code];
    if (said !== undefined) return { ...said, code, message, hint };
  }
  return { http: 500, grpc: 13, code: "GEO-INTERNAL", message: "an error of the server", hint: null };
}
