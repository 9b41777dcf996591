import { AsyncLocalStorage } from "node:async_hooks";

/** What became known of one try of a call while it ran. */
export interface CallScope {
  /** Requests that may have reached the venue; one that was refused a connection never did. */
  requests: number;
  /** Messages given to a WebSocket, or about to be. */
  messages: number;
  /** Status of the last answer. */
  status?: number;
  /** Of the last answer that was an error: the venue's number for it. */
  venueCode?: number;
  /** Whether ccxt's error was made of what the venue said, rather than of what we made of an answer. */
  saidNo: boolean;
  /** Aborted once nobody waits for it: what has not left by then must not leave. */
  readonly signal: AbortSignal;
}

const scopes = new AsyncLocalStorage<CallScope>();

/** Ties the requests that ccxt makes to the call they belong to; its own bookkeeping mixes those of parallel calls. */
export function inScope<T>(scope: CallScope, run: () => Promise<T>): Promise<T> {
  return scopes.run(scope, run);
}

/** None: ccxt asks on its own account, as its streams do for snapshots. */
export function currentScope(): CallScope | undefined {
  return scopes.getStore();
}

export function newScope(signal: AbortSignal): CallScope {
  return { requests: 0, messages: 0, saidNo: false, signal };
}
