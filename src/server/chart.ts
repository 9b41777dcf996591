import { fixedAt } from "../domain/columns.ts";
import { instrumentAt } from "../domain/market.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import type { SessionHandle } from "../run/session/handle.ts";
import { Recent } from "../run/session/recent.ts";
import type { SessionEngine } from "../run/session/sessionEngine.ts";
import type { Step } from "../run/session/step.ts";
import type { CandleView, EquityPointView } from "./contract.ts";
import { exactly } from "./views.ts";

/** Bars of a symbol, also of before a restart, and points of equity since this process began. */
const kept = 2000;

interface Bar extends Omit<CandleView, "timestamp"> {
  readonly openTime: Millis;
}

/** What a chart of the session shows. */
export class Chart {
  readonly #core: SessionEngine;
  readonly #bars = new Map<string, Recent<Bar>>();
  readonly #equity = new Recent<EquityPointView>(kept);

  constructor({ core, past }: Pick<SessionHandle, "core" | "past">) {
    this.#core = core;
    for (const step of past()) this.#addBars(step);
  }

  /** After each step. */
  add(step: Step): void {
    if (!this.#addBars(step)) return;
    const { account, recorder } = this.#core;
    const equity = exactly(account.exactEquity());
    this.#equity.push({ timestamp: isoTime(step.time), equity, drawdown: recorder.drawdown });
  }

  #addBars({ events }: Step): boolean {
    let shown = false;
    for (const { chunk, row } of events) {
      if (chunk.kind !== "bar" || chunk.hidden === true) continue;
      shown = true;
      const { symbol } = instrumentAt(chunk, row);
      const [open, high, low, close, volume] = [
        chunk.open,
        chunk.high,
        chunk.low,
        chunk.close,
        chunk.volume,
      ].map((column) => exactly(fixedAt(column, row)));
      this.#of(symbol).push({
        ...{ symbol, openTime: chunk.openTimes[row]! },
        ...{ open: open!, high: high!, low: low!, close: close!, volume: volume! },
      });
    }
    return shown;
  }

  /** Oldest first. */
  candles(symbol: string, limit: number): readonly CandleView[] {
    return this.#of(symbol)
      .all()
      .slice(-limit)
      .map(({ openTime, ...bar }) => ({ ...bar, timestamp: isoTime(openTime) }));
  }

  equity(limit: number): readonly EquityPointView[] {
    return this.#equity.all().slice(-limit);
  }

  #of(symbol: string): Recent<Bar> {
    let bars = this.#bars.get(symbol);
    if (bars === undefined) this.#bars.set(symbol, (bars = new Recent(kept)));
    return bars;
  }
}
