import { ValidationError } from "../domain/errors.ts";
import { createPluginApi } from "./api.ts";
import { createPluginConsole, type PluginLog } from "./plugin-console.ts";
import { createPluginDate } from "./plugin-date.ts";

/** The engine's time and chance, as far as a plugin may reach them. */
export interface PluginClock {
  /** Engine time, epoch ms. */
  now(): number;
  /** Seeded, in [0, 1). */
  random(): number;
  /** Calls back once, as an event at or after now + ms. Handles are never used twice. */
  setTimer(ms: number, callback: () => void): number;
  clearTimer(handle: number): void;
}

/** What a plugin's free names mean; `module` and `exports` come from whoever evaluates it. */
export interface PluginEnvironment {
  readonly bindings: Readonly<Record<string, unknown>>;
}

/**
 * The world a plugin sees: time, timers and chance are the engine's, the API is `require("geosync")`, and what would
 * reach the outside throws. It makes honest strategies repeatable; it is no wall against hostile ones.
 */
export function createEnvironment(clock: PluginClock, log: PluginLog): PluginEnvironment {
  const api = createPluginApi();
  const injected: Record<string, unknown> = {
    require: (name: unknown) => (name === "geosync" ? api : refuse(`require(${JSON.stringify(name)})`)),
    Date: createPluginDate(() => clock.now()),
    Math: seededMath(clock),
    ...timers(clock),
    performance: Object.freeze({ timeOrigin: 0, now: () => clock.now() }),
    process: Object.freeze({ env: Object.freeze({}) }),
    console: createPluginConsole(log),
    crypto: Object.freeze({
      getRandomValues: refusal("crypto.getRandomValues", "ctx.random() and Math.random() are seeded."),
      randomUUID: refusal("crypto.randomUUID", "ctx.random() and Math.random() are seeded."),
    }),
  };
  for (const name of ["fetch", "WebSocket", "EventSource", "XMLHttpRequest"]) injected[name] = refusal(name);
  const world = worldOf(injected);
  for (const name of ["globalThis", "global", "self"]) injected[name] = world;
  return Object.freeze({ bindings: Object.freeze({ ...injected }) });
}

/**
 * The global object: the injected names over the real ones. What a plugin writes stays with its run; a mere prototype
 * would not do, as Node's own setters would write through it.
 */
function worldOf(injected: Record<string, unknown>): object {
  return new Proxy(injected, {
    get: (own, key) => (Reflect.has(own, key) ? Reflect.get(own, key) : Reflect.get(globalThis, key)),
    has: (own, key) => Reflect.has(own, key) || Reflect.has(globalThis, key),
  });
}

function seededMath(clock: PluginClock): Math {
  const random = { value: () => clock.random(), writable: true, configurable: true };
  return Object.freeze(
    Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(Math), random }),
  ) as Math;
}

type Callback = (...args: readonly unknown[]) => void;

function timers(clock: PluginClock): Readonly<Record<string, unknown>> {
  /** An interval keeps its first handle; behind it is the timer that runs now. */
  const running = new Map<number, number>();
  const setTimeout = (callback: Callback, ms?: unknown, ...args: readonly unknown[]): number => {
    requireCallback(callback, "setTimeout");
    return clock.setTimer(delay(ms), () => callback(...args));
  };
  const setInterval = (callback: Callback, ms?: unknown, ...args: readonly unknown[]): number => {
    requireCallback(callback, "setInterval");
    // An interval of 0 would never let its instant end.
    const period = Math.max(1, delay(ms));
    const fire = () => {
      running.set(first, clock.setTimer(period, fire));
      callback(...args);
    };
    const first = clock.setTimer(period, fire);
    running.set(first, first);
    return first;
  };
  const clear = (handle: unknown): void => {
    if (typeof handle !== "number") return;
    clock.clearTimer(running.get(handle) ?? handle);
    running.delete(handle);
  };
  return {
    setTimeout,
    setInterval,
    setImmediate: (callback: Callback, ...args: readonly unknown[]) => setTimeout(callback, 0, ...args),
    queueMicrotask: (callback: Callback) => void setTimeout(callback, 0),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  };
}

function delay(ms: unknown): number {
  return Math.max(0, Number(ms) || 0);
}

function requireCallback(callback: unknown, name: string): void {
  if (typeof callback !== "function")
    throw new TypeError(`${name}: expected a function, found ${typeof callback}`);
}

function refusal(name: string, instead?: string): () => never {
  // Not an arrow: `new WebSocket()` must reach the message as well.
  return function refused(): never {
    return refuse(name, instead);
  };
}

function refuse(
  name: string,
  instead = "Read data with the run's files or feeds; they arrive as events.",
): never {
  throw new ValidationError(
    "GEO-STRATEGY-THREW",
    `${name} is not there for strategies: I/O reaches a strategy only through the engine`,
    { hint: instead },
  );
}
