import { ValidationError } from "../../domain/errors.ts";
import type { OrderNumber } from "../../domain/execution.ts";

/** Which order of the session a client id names, and which of the orders at the venue that it has taken. */
export interface NamedOrder {
  readonly number: OrderNumber;
  /** 1 for the first; an order that is moved takes another one at the venue. */
  readonly generation: number;
}

/**
 * Names of our orders at the venue: `gs-<session>-<number>`, from the second generation on with `-<generation>` behind.
 * Nothing in them is random, so that after a restart the venue can be asked for any order that may have been sent.
 */
export class ClientIds {
  readonly #prefix: string;

  /** @param session short id of the session: 6 to 12 of a-z and 0-9 @throws ValidationError GEO-VALUE */
  constructor(session: string) {
    if (!/^[a-z0-9]{6,12}$/.test(session)) {
      throw new ValidationError(
        "GEO-VALUE",
        `session: expected an id of 6 to 12 characters a-z and 0-9, found "${session}"`,
      );
    }
    this.#prefix = `gs-${session}-`;
  }

  of({ number, generation }: NamedOrder): string {
    return `${this.#prefix}${number}${generation === 1 ? "" : `-${generation}`}`;
  }

  /** Null for names that are not of this session. */
  parse(clientId: string | null | undefined): NamedOrder | null {
    if (clientId == null || !clientId.startsWith(this.#prefix)) return null;
    const match = /^([1-9]\d*)(?:-([2-9]|[1-9]\d+))?$/.exec(clientId.slice(this.#prefix.length));
    return match === null ? null : { number: Number(match[1]), generation: Number(match[2] ?? 1) };
  }
}
