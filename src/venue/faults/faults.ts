import { type Random, seededRandom } from "../../domain/random.ts";
import type { FaultPlan, RequestFault, StreamFault } from "./schema.ts";

interface Picked {
  readonly nth?: readonly number[] | undefined;
  readonly every?: number | undefined;
  readonly probability?: number | undefined;
  readonly times?: number | undefined;
}

interface Armed<F> {
  readonly method: string | undefined;
  readonly pattern: RegExp;
  readonly picked: Picked;
  readonly fault: F;
  matched: number;
  struck: number;
}

const noFaults: FaultPlan = {
  seed: 1,
  requests: [],
  streams: [],
  clock: { offsetMs: 0, driftPpm: 0 },
};

/** A plan at work: counts what matches, and says what shall go wrong. The same seed and requests fail the same way. */
export class Faults {
  #plan = noFaults;
  #random: Random = seededRandom(1);
  #requests: Armed<RequestFault>[] = [];
  #streams: Armed<StreamFault>[] = [];

  get plan(): FaultPlan {
    return this.#plan;
  }

  /** How often each rule has matched and struck. */
  get counts() {
    const count = ({ matched, struck }: Armed<unknown>) => ({ matched, struck });
    return { requests: this.#requests.map(count), streams: this.#streams.map(count) };
  }

  arm(plan: FaultPlan): void {
    this.#plan = plan;
    this.#random = seededRandom(plan.seed);
    this.#requests = plan.requests.map(({ method, path = "*", fault, ...picked }) =>
      armed(method, path, picked, fault),
    );
    this.#streams = plan.streams.map(({ stream, fault, ...picked }) =>
      armed(undefined, stream, picked, fault),
    );
  }

  /** All that strike, in the order of the plan. @param method `WS` for the WebSocket API */
  ofRequest(method: string, path: string): readonly RequestFault[] {
    if (this.#requests.length === 0) return none;
    return this.#requests
      .filter((rule) => (rule.method ?? method) === method && rule.pattern.test(path) && this.#strikes(rule))
      .map(({ fault }) => fault);
  }

  /** The first that strikes. */
  ofEvent = (stream: string): StreamFault | null => {
    for (const rule of this.#streams) {
      if (rule.pattern.test(stream) && this.#strikes(rule)) return rule.fault;
    }
    return null;
  };

  #strikes(rule: Armed<unknown>): boolean {
    const { nth, every, probability, times } = rule.picked;
    rule.matched++;
    if (times !== undefined && rule.struck >= times) return false;
    if (nth !== undefined && !nth.includes(rule.matched)) return false;
    if (every !== undefined && rule.matched % every !== 0) return false;
    if (probability !== undefined && this.#random() >= probability) return false;
    rule.struck++;
    return true;
  }
}

const none: readonly RequestFault[] = [];

function armed<F>(method: string | undefined, glob: string, picked: Picked, fault: F): Armed<F> {
  const source = glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return { method, pattern: new RegExp(`^${source}$`), picked, fault, matched: 0, struck: 0 };
}
