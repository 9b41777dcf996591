import type { ChalkInstance } from "chalk";
import type {
  AccountRecord,
  ExplainedEvent,
  ExplainedMoment,
  Explanation,
  OrderEvent,
  OrderRecord,
  SeenRecord,
} from "./explanation.ts";
import { shownFact } from "./explanationRules.ts";
import { formatMoney, wrap } from "./format.ts";

const lineWidth = 80;
/** Of the column that says what kind of thing happened. */
const labelWidth = 12;

/** The moments around a time, for a terminal of 80 columns. */
export function explanationText(explanation: Explanation, currency: string, paint: ChalkInstance): string {
  const { asked, at, moments, leftOut, open } = explanation;
  const place = asked === at ? "" : `, the next instant after ${shownFact(asked)}`;
  const heading = `Around ${shownFact(at)} UTC${place}`;
  const blocks = moments.flatMap((moment, index) => [
    ...(index === 1 && leftOut > 0 ? [` … ${leftOut} more moments, left out here …`] : []),
    momentText(moment, moment.time === at, currency, paint),
  ]);
  const names = wrap(`Not ended by then: ${orderNames(open)}.`, lineWidth - 2).map((line) => ` ${line}`);
  const rest = open.length === 0 ? [] : [names.join("\n")];
  return [paint.bold(` ${heading}`), ...blocks, ...rest].join("\n\n");
}

function momentText(
  { time, seen, moreSeen, account, events }: ExplainedMoment,
  isAsked: boolean,
  currency: string,
  paint: ChalkInstance,
): string {
  const sights = seen.length === 0 ? ["no market data"] : seen.map(sightText);
  const more = moreSeen === 0 ? [] : [`and ${moreSeen} more`];
  const decided = new Set(events.map((event) => (event.kind === "decided" ? event.order.id : null)));
  const isAnswer = (event: ExplainedEvent): boolean =>
    event.kind === "logged" ||
    event.kind === "cancelling" ||
    decided.has(event.order.id) ||
    (event.order.exitOf !== null && decided.has(event.order.exitOf));
  const isIdle = !events.some(({ kind }) => kind === "decided" || kind === "cancelling");
  return [
    paint.bold(` ${shownFact(time)}${isAsked ? "  <- asked for" : ""}`),
    ...[...sights, ...more].map((text) => labelled("seen", text)),
    // Fills come before the strategy is asked: the account stands between them and what it decided.
    ...events.filter((event) => !isAnswer(event)).map(eventText),
    labelled("account", accountText(account, currency)),
    ...events.filter(isAnswer).map(eventText),
    ...(isIdle ? [labelled("decided", "nothing")] : []),
  ].join("\n");
}

function sightText({ kind, symbol, index, timeframe, openTime, values }: SeenRecord): string {
  const prices = Object.entries(values).map(([name, value]) => `${name} ${shownFact(value)}`);
  const number = index === null ? "" : ` ${index}`;
  const span = openTime === null ? "" : `, ${timeframe} from ${shownFact(openTime)}`;
  return `${symbol} ${kind}${number}${span}: ${prices.join(", ")}`;
}

function accountText({ cash, equity, positions }: AccountRecord, currency: string): string {
  const held = positions.map(({ symbol, quantity }) => `${shownFact(quantity)} ${symbol}`);
  const position = held.length === 0 ? "no position" : `holds ${held.join(", ")}`;
  return `cash ${formatMoney(cash)}, equity ${formatMoney(equity)} ${currency}, ${position}`;
}

const labels: Readonly<Record<ExplainedEvent["kind"], string>> = {
  decided: "decided",
  cancelling: "decided",
  refused: "refused",
  filled: "filled",
  waited: "not filled",
  ended: "ended",
  logged: "logged",
};

function eventText(event: ExplainedEvent): string {
  if (event.kind !== "logged") return labelled(labels[event.kind], orderEventText(event));
  const fields = Object.entries(event.fields ?? {}).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return labelled(labels.logged, `${event.message}${fields.join("")}`);
}

function orderEventText({ kind, order, rule, because, facts }: OrderEvent): string {
  const name = `order ${order.id}`;
  switch (kind) {
    case "decided": {
      const reference =
        facts.reference === undefined ? "" : `, reference price ${shownFact(facts.reference)}`;
      return `${name}: ${orderText(order)}${reference}${exitsText(facts)}; ${because}`;
    }
    case "cancelling":
      return `to cancel ${name} (${orderText(order)}): ${because}`;
    case "filled":
      return `${name}, ${fillText(order, facts)}, because ${because}`;
    case "waited":
      return `${name} (${orderText(order)}): ${because}`;
    default:
      return `${name} (${orderText(order)}): ${rule}, because ${because}`;
  }
}

function exitsText({ stopLoss, takeProfit }: OrderEvent["facts"]): string {
  const loss = stopLoss === undefined ? "" : `, stop loss ${shownFact(stopLoss)}`;
  return `${loss}${takeProfit === undefined ? "" : `, take profit ${shownFact(takeProfit)}`}`;
}

function fillText({ side, symbol, exitOf }: OrderRecord, facts: OrderEvent["facts"]): string {
  const { time, bar, price, base, slippage, quantity, fee, feeCurrency, remaining, clipped } = facts;
  const on = bar === undefined ? "" : `, bar ${bar}`;
  const sign = side === "buy" ? "+" : "-";
  const sum =
    base === undefined
      ? shownFact(price!)
      : `${shownFact(base)} ${sign} slippage ${shownFact(slippage!)} = ${shownFact(price!)}`;
  const cut = clipped === undefined ? "" : ", cut to what could be paid or closed";
  const rest = remaining === undefined ? "" : `, ${shownFact(remaining)} still open`;
  const exit = exitOf === null ? "" : `, exit of order ${exitOf}`;
  return `at ${shownFact(time!)}${on}: ${side} ${quantity} ${symbol} at ${sum}${exit}, fee ${shownFact(fee!)} ${feeCurrency}${cut}${rest}`;
}

function orderText({
  side,
  symbol,
  quantity,
  value,
  limit,
  stop,
  trail,
  type,
  exitOf,
  replaces,
}: OrderRecord): string {
  const size = quantity === null ? "" : ` ${quantity}`;
  const worth = value === null ? "" : ` for ${formatMoney(value)}`;
  const prices = [
    ...(type === "market" ? ["market"] : []),
    ...(trail === null ? [] : [`${trail} behind the market`]),
    ...(stop === null || trail !== null ? [] : [`stop ${shownFact(stop)}`]),
    ...(limit === null ? [] : [`limit ${shownFact(limit)}`]),
  ];
  const exit = exitOf === null ? "" : `, exit of order ${exitOf}`;
  const place = replaces === null ? "" : `, in place of order ${replaces}`;
  return `${side}${size} ${symbol}${worth} at ${prices.join(", ")}${exit}${place}`;
}

function orderNames(numbers: readonly string[]): string {
  return `${numbers.length === 1 ? "order" : "orders"} ${numbers.join(", ")}`;
}

function labelled(label: string, text: string): string {
  const [first, ...rest] = wrap(text, lineWidth - labelWidth - 1);
  const pad = " ".repeat(labelWidth + 1);
  return [` ${label.padEnd(labelWidth)}${first}`, ...rest.map((line) => pad + line)].join("\n");
}
