import type { AccountState } from "../account/account.ts";
import { GeoSyncError, ValidationError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import { decodePicture, encodePicture } from "../domain/picture.ts";
import type { Millis } from "../domain/time.ts";
import type { EngineOptions } from "./options.ts";
import type { OrderBookState } from "./orderBook.ts";
import type { RecorderState } from "./recorder.ts";
import type { RiskPolicyState } from "./riskPolicy.ts";
import type { RiskWatch, RiskWatchState } from "./riskWatch.ts";
import type { Seat, SeatState } from "./seat.ts";
import type { TimersState } from "./timers.ts";

/** A picture of a run between two steps, or why there is none now; then an older one goes on to serve. */
export type Picture =
  | { readonly text: string; readonly because: null }
  | { readonly text: null; readonly because: string };

/** What the engine itself keeps from step to step. */
export interface StepState {
  readonly time: Millis;
  readonly decided: boolean;
  readonly quiet: boolean;
  readonly liquidations: number;
}

export interface RunState {
  readonly format: typeof format;
  /** The settings that nothing else makes sense without. */
  readonly made: { readonly account: string; readonly currency: string; readonly seats: number };
  readonly step: StepState;
  readonly account: AccountState;
  readonly orders: OrderBookState;
  readonly recorder: RecorderState;
  readonly risk: RiskPolicyState | null;
  readonly watch: RiskWatchState | null;
  readonly gateway: unknown;
  readonly also: Readonly<Record<string, unknown>>;
  readonly timers: TimersState;
  readonly seats: readonly SeatState[];
}

const format = "geosync.checkpoint/1";

/** The parts of an engine that a checkpoint is made of. */
export interface RunParts {
  readonly options: EngineOptions;
  readonly seats: readonly Seat[];
  readonly watch: RiskWatch | null;
}

/** @throws ValidationError GEO-VALUE when a strategy saves what is not plain data */
export function saveRun({ options, seats, watch }: RunParts, step: StepState): Picture {
  const timers = options.timers.save();
  if (timers === null) return none("a strategy has timers of its own (setTimeout); ctx.after can be saved");
  const states: SeatState[] = [];
  for (const [owner, seat] of seats.entries()) {
    const state = seat.save();
    if (state === null) return none(`strategy ${owner + 1} of ${seats.length} has no save()`);
    states.push(state);
  }
  const { account, orders, recorder, risk, gateway, alsoSaved = {} } = options;
  const also = Object.entries(alsoSaved).map(([name, part]) => [name, part.save()] as const);
  const state: RunState = {
    format,
    made: madeOf(options),
    step,
    account: account.save(),
    orders: orders.save(),
    recorder: recorder.save(),
    risk: risk?.save() ?? null,
    watch: watch?.save() ?? null,
    gateway: gateway.save?.() ?? null,
    also: Object.fromEntries(also),
    timers,
    seats: states,
  };
  return { text: encodePicture(state, known(options, seats)), because: null };
}

/** @throws ValidationError GEO-SESSION for a text that is no picture, or one of other settings */
export function readRun(text: string, options: EngineOptions): RunState {
  const state = decodePicture(text, options.instruments) as Partial<RunState> | null;
  check(state, options);
  return state;
}

/** Brings fresh parts of the same settings to a state. */
export function loadRun({ options, seats, watch }: RunParts, state: RunState): void {
  const { account, orders, recorder, risk, gateway, timers, alsoSaved = {} } = options;
  account.load(state.account);
  orders.load(state.orders);
  recorder.load(state.recorder);
  if (state.risk !== null) risk?.load(state.risk);
  if (state.watch !== null) watch?.load(state.watch);
  gateway.load?.(state.gateway);
  for (const [name, part] of Object.entries(alsoSaved)) part.load(state.also[name]);
  const { issued } = orders;
  for (const [owner, seat] of seats.entries()) {
    seat.load(state.seats[owner]!);
    if (orders.issued !== issued) throw ordersInCreate();
  }
  // Last, in place of whatever the strategies have just set once more.
  timers.load(state.timers);
}

function none(because: string): Picture {
  return { text: null, because };
}

function known({ instruments }: EngineOptions, seats: readonly Seat[]): ReadonlySet<Instrument> {
  return new Set([...instruments, ...seats.flatMap(({ markets }) => [...markets.all.keys()])]);
}

function madeOf({ account, strategies }: EngineOptions): RunState["made"] {
  return { account: account.kind, currency: account.currency, seats: strategies.length };
}

function check(state: Partial<RunState> | null, options: EngineOptions): asserts state is RunState {
  const [expected, found] = [madeOf(options), state?.made];
  const same = JSON.stringify(expected) === JSON.stringify(found);
  if (state?.format === format && same && (state.risk === null) === (options.risk === null)) return;
  const wanted = JSON.stringify({ format, ...expected, risk: options.risk !== null });
  const risk = state?.risk !== null && state?.risk !== undefined;
  const was = JSON.stringify({ format: state?.format, ...found, risk });
  throw new ValidationError("GEO-SESSION", `checkpoint: expected ${wanted}, found ${was}`, {
    hint: "A session goes on with the settings it was begun with.",
  });
}

function ordersInCreate(): GeoSyncError {
  return new GeoSyncError(
    "GEO-STRATEGY-THREW",
    "create placed an order although it was given its saved state",
    {
      hint: "Place first orders in onStart: it is not called again after a restart.",
    },
  );
}
