import { OrderError } from "../../domain/errors.ts";
import type { Order } from "../../domain/order.ts";
import type { Admission } from "./riskGate.ts";

interface Keyed {
  /** What was asked for under the key. */
  readonly terms: string;
  answer: Promise<Order>;
  /** Of an order that may or may not be at the venue. */
  doubt: Admission | null;
}

/** Thrown by a sender whose order may be there all the same. */
export class InDoubt extends Error {
  readonly admission: Admission;

  constructor(admission: Admission, cause: unknown) {
    super("the order may be there", { cause });
    this.admission = admission;
  }
}

/**
 * One order a key. A repetition, also one while the first is on its way, gets the first one's answer. The key of an order
 * that surely is not there is free again; that of one in doubt only ever asks what became of it.
 */
export class KeyedOrders {
  readonly #keys = new Map<string, Keyed>();

  /**
   * @param settle finds out about an order in doubt; throws InDoubt while that cannot be told
   * @throws OrderError GEO-ORDER-REQUEST when the key was used for other terms; what `send` and `settle` throw
   */
  submit(
    key: string,
    terms: string,
    send: () => Promise<Order>,
    settle: (admission: Admission) => Promise<Order>,
  ): Promise<Order> {
    const known = this.#keys.get(key);
    if (known === undefined) {
      const keyed: Keyed = { terms, answer: send(), doubt: null };
      this.#keys.set(key, keyed);
      keyed.answer = this.#watched(key, keyed);
      return keyed.answer;
    }
    if (known.terms !== terms) throw reused(key);
    const { doubt } = known;
    if (doubt !== null) {
      known.doubt = null;
      known.answer = settle(doubt);
      known.answer = this.#watched(key, known);
    }
    return known.answer;
  }

  async #watched(key: string, keyed: Keyed): Promise<Order> {
    try {
      return await keyed.answer;
    } catch (error) {
      if (!(error instanceof InDoubt)) {
        this.#keys.delete(key);
        throw error;
      }
      keyed.doubt = error.admission;
      throw error.cause;
    }
  }
}

function reused(key: string): OrderError {
  return new OrderError(
    "GEO-ORDER-REQUEST",
    `idempotencyKey "${key}": expected the order it was first used for, found other terms`,
    { hint: "Give each order a key of its own." },
  );
}
