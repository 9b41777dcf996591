import { Decimal } from "../domain/decimal.ts";
import {
  addFixed,
  approximate,
  type Fixed,
  formatFixed,
  multiplyFixed,
  negateFixed,
  zero,
} from "../domain/fixed.ts";
import { isFinal } from "../domain/order.ts";
import { statusOf } from "../domain/reasons.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import { positionsOf } from "../run/outcome.ts";
import type { SessionHandle } from "../run/session/handle.ts";
import type { HistoricFill, HistoricOrder, HistoricSignal } from "../run/session/orderHistory.ts";
import type { SessionEngine } from "../run/session/sessionEngine.ts";
import type {
  BalanceView,
  EquityView,
  OrderView,
  PositionView,
  RiskView,
  SignalView,
  TradeView,
} from "./contract.ts";

/** Digits of what only division gives, such as an average price. */
const digits = 20;

/** What a session says of itself, in the words of the contract. Symbols are the session's own spelling. */

export function orderView(core: SessionEngine, order: HistoricOrder): OrderView {
  const record = order.reason === null ? core.orders.find(order.id) : null;
  const { filled, cost, quantity } = order;
  const exact = exactly(filled);
  return {
    order_id: String(order.id),
    symbol: order.symbol,
    side: order.side,
    order_type: order.type,
    status: record?.status ?? (order.reason === null ? "pending" : statusOf(order.reason)),
    quantity: decimalOrNull(quantity),
    notional: decimalOrNull(order.value),
    price: decimalOrNull(order.price),
    stop_price: decimalOrNull(order.stopPrice),
    filled_quantity: exact,
    average_price: exact.isZero() ? null : exactly(cost).dividedBy(exact).toSignificantDigits(digits),
    time_in_force: order.timeInForce,
    post_only: order.postOnly,
    reduce_only: order.reduceOnly,
    in_doubt: record?.inDoubt ?? false,
    reason: order.reason,
    tag: order.tag,
    source: order.by,
    entry_order_id: idOrNull(order.entry),
    replaces_order_id: idOrNull(order.replaces),
    created_at: isoTime(order.placed),
    updated_at: isoTime(order.updated),
  };
}

/** Nothing more is to be waited for: it has ended, or the venue has it and it waits for its price, maybe for days. */
export function isSettled({ order_type, status, time_in_force }: OrderView): boolean {
  const waits = order_type !== "market" && time_in_force !== "IOC" && time_in_force !== "FOK";
  return isFinal(status) || (waits && status !== "pending");
}

export function tradeView(fill: HistoricFill): TradeView {
  return {
    trade_id: fill.trade ?? String(fill.seq),
    order_id: String(fill.order),
    symbol: fill.symbol,
    side: fill.side,
    quantity: new Decimal(fill.quantity),
    price: new Decimal(fill.price),
    fee: new Decimal(fill.fee),
    fee_currency: fill.feeCurrency,
    liquidity: fill.maker ? "maker" : "taker",
    timestamp: isoTime(fill.time),
  };
}

export function signalView(signal: HistoricSignal): SignalView {
  return {
    signal_id: String(signal.seq),
    symbol: signal.symbol,
    action: signal.action,
    confidence: signal.confidence,
    reason: signal.reason,
    metadata: signal.metadata as SignalView["metadata"],
    source: signal.by,
    order_id: idOrNull(signal.order),
    timestamp: isoTime(signal.time),
  };
}

export function positionViews({ account }: SessionEngine): readonly PositionView[] {
  const open = account.everyHolding.filter(({ isFlat }) => !isFlat);
  return positionsOf(account).map((position, index) => ({
    symbol: position.symbol,
    quantity: new Decimal(position.quantity),
    entry_price: entryPriceOf(open[index]!),
    current_price: new Decimal(position.currentPrice),
    unrealized_pnl: new Decimal(position.unrealizedPnl),
    realized_pnl: new Decimal(position.realizedPnl),
  }));
}

/** What the open lots cost by what they are: a quotient of exact amounts, to 20 digits. */
function entryPriceOf(holding: SessionEngine["account"]["everyHolding"][number]): Decimal {
  const { instrument, inverse, quantity, openCost, notionalScale } = holding;
  const cost = exactly({ units: openCost, scale: notionalScale });
  const size = exactly({ units: quantity, scale: instrument.lot.scale }).times(
    exactly(instrument.multiplier),
  );
  const price = inverse ? size.negated().dividedBy(cost) : cost.dividedBy(size);
  return price.toSignificantDigits(digits);
}

export function balanceView({ account }: SessionEngine): BalanceView {
  return {
    currency: account.currency,
    equity: exactly(account.exactEquity()),
    cash: exactly(account.cash),
    free: exactly(account.free()),
    balances: [...account.balances].map(([currency, total]) => ({ currency, total: exactly(total) })),
  };
}

export function equityView({ account, recorder, engine }: SessionEngine): EquityView {
  const equity = account.exactEquity();
  const unrealized = positionsOf(account).reduce(
    (sum, { unrealizedPnl }) => sum.plus(unrealizedPnl),
    new Decimal(0),
  );
  const earned = exactly(addFixed(equity, negateFixed(account.initialEquity)));
  return {
    currency: account.currency,
    equity: exactly(equity),
    initial_equity: exactly(account.initialEquity),
    realized_pnl: earned.minus(unrealized),
    unrealized_pnl: unrealized,
    drawdown: recorder.drawdown,
    max_drawdown: recorder.maxDrawdown,
    timestamp: momentOf(engine.time),
  };
}

export function riskView({ core, settings }: SessionHandle): RiskView {
  const { account, risk, orders, engine } = core;
  const because = risk.haltedBecause(engine.time);
  const gross = account.everyHolding.reduce((sum, holding) => {
    const size: Fixed = { units: holding.quantity, scale: holding.instrument.lot.scale };
    if (holding.isFlat) return sum;
    const value = multiplyFixed(multiplyFixed(size, holding.exactMark()), holding.instrument.multiplier);
    return addFixed(sum, value.units < 0n ? negateFixed(value) : value);
  }, zero);
  const equity = account.equity();
  return {
    halted: because !== null,
    halted_because: because,
    kill_switch: risk.killedBecause !== null,
    limits: plainLimits(settings.risk ?? {}),
    open_orders: orders.open.length,
    gross_exposure: exactly(gross),
    leverage: equity > 0 ? approximate(gross.units, gross.scale) / equity : null,
  };
}

/** Limits as they may stand in JSON: exact amounts as text. */
function plainLimits(limits: object): RiskView["limits"] {
  return JSON.parse(
    JSON.stringify(limits, (_, value: unknown) => {
      if (value instanceof Map) return Object.fromEntries(value);
      return isFixed(value) ? formatFixed(value) : value;
    }),
  ) as RiskView["limits"];
}

function isFixed(value: unknown): value is Fixed {
  return typeof value === "object" && value !== null && "units" in value && "scale" in value;
}

export function momentOf(time: Millis): string | null {
  return Number.isFinite(time) ? isoTime(time) : null;
}

export function exactly(value: Fixed): Decimal {
  return new Decimal(formatFixed(value));
}

function decimalOrNull(text: string | null): Decimal | null {
  return text === null ? null : new Decimal(text);
}

function idOrNull(id: number | null): string | null {
  return id === null ? null : String(id);
}
