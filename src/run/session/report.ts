import { addFixed, formatFixed, zero } from "../../domain/fixed.ts";
import { isoTime, type Millis } from "../../domain/time.ts";
import { orderView } from "../../engine/orderBook.ts";
import { computePanel, type Metrics } from "../../metrics/panel.ts";
import type { TradeRecord } from "../../report/document.ts";
import type { OpenOrderRecord, SessionDocument, SessionFacts } from "../../report/sessionDocument.ts";
import { attributionOf } from "../attribution.ts";
import { buyAndHold, equityRow, positionsOf, tradeRecord } from "../outcome.ts";
import type { SessionSettings } from "./plan.ts";
import type { SessionEngine } from "./sessionEngine.ts";

export interface Reported {
  readonly core: SessionEngine;
  readonly settings: SessionSettings;
  /** Names of the strategies, in the order of their seats. */
  readonly strategies: readonly string[];
  readonly barMs: number | null;
  readonly facts: Omit<
    SessionFacts,
    "currency" | "cash" | "feesBeside" | "from" | "to" | "bars" | "fills" | "halted" | "finished"
  >;
}

/** The measures of a session, as far as it has come. */
export function metricsOf({ strategies, ...session }: Measured & Pick<Reported, "strategies">): Metrics {
  return measure(session, tradesOf(session.core, strategies));
}

type Measured = Pick<Reported, "core" | "settings" | "barMs">;

function measure({ core, settings, barMs }: Measured, trades: readonly TradeRecord[]): Metrics {
  const { account, recorder, engine } = core;
  const { riskFreeRate, periodsPerYear } = settings;
  return computePanel({
    initialEquity: formatFixed(account.initialEquity),
    finalEquity: formatFixed(account.exactEquity()),
    fees: formatFixed(account.everyHolding.reduce((sum, { paidFees }) => addFixed(sum, paidFees), zero)),
    daily: recorder.sampled().map(({ time, equity }) => [time, formatFixed(equity)]),
    barMs,
    maxDrawdown: recorder.maxDrawdown,
    maxDrawdownDuration: recorder.maxDrawdownDuration / 1000,
    exposure: recorder.bars === 0 ? null : recorder.exposedBars / recorder.bars,
    buyAndHoldReturn: buyAndHold([...engine.markets.values()]),
    trades,
    options: { riskFreeRate, periodsPerYear, returns: "day" },
  });
}

function tradesOf({ account }: SessionEngine, strategies: readonly string[]): readonly TradeRecord[] {
  return account.trades
    .all()
    .map((trade) => tradeRecord(trade, strategies.length > 1 ? strategies[trade.owner]! : null));
}

/** A session in numbers, as far as it has come. */
export function describeSession({ core, settings, strategies, barMs, facts }: Reported): SessionDocument {
  const { account, recorder, engine, orders, risk } = core;
  const trades = tradesOf(core, strategies);
  const halted = risk.haltedBecause(engine.time);
  return {
    schema: "geosync.session/1",
    session: {
      ...facts,
      currency: account.currency,
      cash: formatFixed(account.initialEquity),
      from: momentOf(recorder.from),
      to: momentOf(recorder.to),
      bars: recorder.bars,
      fills: core.fills,
      feesBeside: Object.fromEntries([...core.feesBeside].map(([name, fee]) => [name, formatFixed(fee)])),
      halted,
      finished: core.isFinished,
    },
    metrics: measure({ core, settings, barMs }, trades),
    equity: recorder.sampled().map(equityRow),
    trades,
    positions: positionsOf(account),
    attribution: attributionOf(account, account.trades.all(), strategies),
    openOrders: orders.open.map((record): OpenOrderRecord => {
      const { id, symbol, side, type, quantity, price, stopPrice, filledQuantity } = orderView(record);
      return {
        id,
        symbol,
        side,
        type,
        quantity: quantity?.toFixed() ?? null,
        price: price?.toFixed() ?? null,
        stopPrice: stopPrice?.toFixed() ?? null,
        filledQuantity: filledQuantity.toFixed(),
      };
    }),
    reasons: Object.fromEntries([...orders.counts()].sort(([a], [b]) => (a < b ? -1 : 1))),
    warnings: warningsOf(core, halted),
  };
}

function warningsOf({ feesBeside }: SessionEngine, halted: string | null): SessionDocument["warnings"] {
  const beside = [...feesBeside].map(([currency, fee]) => {
    const message = `The venue took ${formatFixed(fee)} ${currency} of fees from what the account has beside the session: they are not in its results.`;
    return { code: "fees-beside", message };
  });
  const stopped = halted === null ? [] : [{ code: "halted", message: `Nothing is opened: ${halted}.` }];
  return [...stopped, ...beside];
}

function momentOf(time: Millis): string | null {
  return Number.isFinite(time) ? isoTime(time) : null;
}
