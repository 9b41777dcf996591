import { VenueError } from "../contract.ts";

/** A refusal whose HTTP status or further content is not the usual one of its code. */
export class Refusal extends VenueError {
  constructor(
    code: number,
    message: string,
    readonly status: number,
    /** JSON text beside code and message. */
    readonly data: string | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(code, message);
  }
}

/** HTTP statuses of Binance's codes; everything else that a client did wrong is a 400. */
const statuses: Readonly<Record<number, number>> = {
  [-1000]: 500,
  [-1003]: 429,
  [-1007]: 408,
  [-1015]: 429,
  [-2014]: 401,
  [-2015]: 401,
};

export function statusOf(error: VenueError): number {
  return error instanceof Refusal ? error.status : (statuses[error.code] ?? 400);
}

/** As in the body of a REST answer, and as `error` of a WebSocket API answer. */
export function refusalJson(error: VenueError): string {
  const data = error instanceof Refusal && error.data !== null ? `,"data":${error.data}` : "";
  return `{"code":${error.code},"msg":${JSON.stringify(error.message)}${data}}`;
}

export const mandatory = (name: string): VenueError =>
  new VenueError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

export const oneOf = (a: string, b: string): VenueError =>
  new VenueError(-1102, `Param '${a}' or '${b}' must be sent, but both were empty/null!`);

export const illegal = (name: string, range: string): VenueError =>
  new VenueError(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);

export const notRequired = (name: string): VenueError =>
  new VenueError(-1106, `Parameter '${name}' sent when not required.`);

export const invalidData = (name: string): VenueError =>
  new VenueError(-1130, `Data sent for parameter '${name}' is not valid.`);

export const badCombination = (): VenueError =>
  new VenueError(-1128, "Combination of optional parameters invalid.");
