import { GeoSyncError } from "../../domain/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TradingDesk } from "../../engine/tradingDesk.ts";
import type { OrderHistory } from "./orderHistory.ts";
import type { Answer, UserAction, UserCommand, UserOrder, UserSignal } from "./userCommand.ts";
import { checkExits } from "./userExits.ts";

/** Commands that had a key, and their answers: so many are remembered. */
const remembered = 10_000;

export interface AskedBefore {
  readonly action: UserAction;
  readonly answer: Answer;
}

export type UserDeskState = readonly (readonly [string, AskedBefore])[];

/** Does what users ask for, as part of a step: a replay does the same again, and comes to the same answers. */
export class UserDesk {
  readonly #engine: Engine;
  readonly #history: OrderHistory;
  readonly #isCash: boolean;
  readonly #asked = new Map<string, AskedBefore>();
  /** Of the last step, in the order of its commands. */
  readonly answers = new Map<UserCommand, Answer>();

  constructor(engine: Engine, history: OrderHistory, isCash: boolean) {
    this.#engine = engine;
    this.#history = history;
    this.#isCash = isCash;
  }

  save(): UserDeskState {
    return [...this.#asked];
  }

  load(state: UserDeskState): void {
    for (const [key, before] of state) this.#asked.set(key, before);
  }

  /** What was asked under that name, and what came of it. */
  before(key: string): AskedBefore | null {
    return this.#asked.get(key) ?? null;
  }

  /** To be called when the step's prices are known. */
  do(command: UserCommand): void {
    const known = command.key === null ? null : this.before(command.key);
    const answer = known?.answer ?? this.#answer(command);
    this.answers.set(command, answer);
    if (command.key === null || known !== null) return;
    const { key, ...action } = command;
    this.#asked.set(key, { action, answer });
    if (this.#asked.size > remembered) this.#asked.delete(this.#asked.keys().next().value!);
  }

  #answer(command: UserAction): Answer {
    this.#history.origin = "user";
    try {
      const id = this.#do(command);
      return { order: id === null ? null : Number(id), refused: null };
    } catch (error) {
      if (!(error instanceof GeoSyncError)) throw error;
      const { code, message, hint } = error;
      return { order: null, refused: { code, message, hint: hint ?? null } };
    } finally {
      this.#history.origin = "strategy";
    }
  }

  #do(action: UserAction): string | null {
    switch (action.kind) {
      case "order":
        return this.#at(null, (desk) => place(desk, action.order));
      case "amend":
        return this.#at(action.id, (desk) => desk.amend(String(action.id), action.changes));
      case "cancel":
        return this.#at(action.id, (desk) => {
          desk.cancel(String(action.id));
          return String(action.id);
        });
      case "signal":
        return this.#signal(action.signal);
    }
  }

  #at<T>(number: number | null, action: (desk: TradingDesk) => T): T {
    const desk = this.#engine.deskOf(number);
    return desk.byUser(() => action(desk));
  }

  #signal(signal: UserSignal): string | null {
    const { symbol, action, confidence, metadata } = signal;
    const id = this.#at(null, (desk) => this.#follow(desk, signal));
    this.#history.signal({
      ...{ time: this.#engine.time, symbol: this.#engine.deskOf(null).market(symbol).instrument.symbol },
      ...{ action, confidence, metadata, by: "user" },
      reason: typeof metadata.reason === "string" ? metadata.reason : null,
      order: id === null ? null : Number(id),
    });
    return id;
  }

  #follow(desk: TradingDesk, { symbol, action, quantity, price }: UserSignal): string | null {
    const market = desk.market(symbol);
    if (action === "hold") return null;
    if (action === "exit") return desk.close(market, "signal");
    if (quantity !== undefined) {
      const limit = price === undefined ? {} : { limit: price };
      return desk.place(action, market, { quantity, ...limit, tag: "signal" });
    }
    if (action === "sell" && this.#isCash) return desk.close(market, "signal");
    return desk.target(market, { fraction: action === "buy" ? 1 : -1, tag: "signal" });
  }
}

function place(desk: TradingDesk, order: UserOrder): string {
  const { side, symbol, value, ...request } = order;
  const market = desk.market(symbol);
  checkExits(order, market);
  const size = value === undefined ? {} : { notional: value };
  return desk.place(side, market, { ...request, ...size });
}
