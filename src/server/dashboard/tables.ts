import { byId, make, mark, say } from "./dom.ts";
import {
  amountText,
  averageText,
  directionOf,
  gainText,
  signedShareText,
  timeText,
  wordsOf,
} from "./format.ts";
import { type Column, Table } from "./table.ts";
import type { Order, Position, Signal, Trade } from "./wire.ts";

/** Column after column, what the page's lists say of a row. */

export function positionsTable(): Table<Position> {
  return new Table<Position>(byId("positions"), {
    caption: "Positions",
    empty: "No open position.",
    keyOf: ({ symbol }) => symbol,
    columns: [
      text("Symbol", ({ symbol }) => symbol),
      {
        ...number("Quantity", ({ quantity }) => amountText(quantity)),
        fill: (cell, { quantity }) => {
          say(cell, amountText(quantity), directionOf(quantity) === "down" ? "short" : "long");
        },
      },
      number(
        "Entry",
        ({ entry_price }) => averageText(entry_price),
        ({ entry_price }) => entry_price,
      ),
      number("Price", ({ current_price }) => amountText(current_price)),
      gain("Unrealized", ({ unrealized_pnl }) => unrealized_pnl, shareOfEntry),
      gain("Realized", ({ realized_pnl }) => realized_pnl),
    ],
  });
}

export function ordersTable(onCancel: (order: Order) => void): Table<Order> {
  return new Table<Order>(byId("orders"), {
    caption: "Open orders",
    empty: "No open order.",
    keyOf: ({ order_id }) => order_id,
    columns: [
      text("Symbol", ({ symbol }) => symbol),
      side(({ side }) => side),
      text("Type", ({ order_type }) => wordsOf(order_type)),
      number("Quantity", ({ quantity, notional }) => amountText(quantity ?? notional ?? "0")),
      number("Filled", ({ filled_quantity }) => amountText(filled_quantity)),
      number(
        "Price",
        ({ price, stop_price }) => [stop_price, price].flatMap(amountOrNone).join(" → ") || "–",
      ),
      text(
        "State",
        ({ status, in_doubt }) => (in_doubt ? "in doubt" : wordsOf(status)),
        ({ tag, source }) => [source, tag].filter((word) => word !== null).join(": "),
      ),
      {
        label: "",
        fill: (cell, order) => {
          if (cell.firstElementChild !== null) return;
          const label = `Cancel order ${order.order_id}: ${order.side} ${order.symbol}`;
          const button = { type: "button", "aria-label": label, onclick: () => onCancel(order) };
          cell.append(make("button", button, "Cancel"));
        },
      },
    ],
  });
}

export function tradesTable(): Table<Trade> {
  return new Table<Trade>(byId("trades"), {
    caption: "Recent trades, newest first",
    empty: "No trade yet.",
    keyOf: ({ trade_id, order_id, symbol }) => `${symbol} ${order_id} ${trade_id}`,
    columns: [
      moment(({ timestamp }) => timestamp),
      text("Symbol", ({ symbol }) => symbol),
      side(({ side }) => side),
      number("Quantity", ({ quantity }) => amountText(quantity)),
      number(
        "Price",
        ({ price }) => amountText(price),
        ({ fee, fee_currency, liquidity }) => `fee ${fee} ${fee_currency}, ${liquidity}`,
      ),
    ],
  });
}

export function signalsTable(): Table<Signal> {
  return new Table<Signal>(byId("signals"), {
    caption: "Recent signals, newest first",
    empty: "No signal yet.",
    keyOf: ({ signal_id }) => signal_id,
    columns: [
      moment(({ timestamp }) => timestamp),
      text("Symbol", ({ symbol }) => symbol),
      side(({ action }) => action),
      text("Reason", reasonText, ({ source, order_id }) => {
        return order_id === null ? `${source}, no order` : `${source}, order ${order_id}`;
      }),
    ],
  });
}

/** Why: in the words of whoever gave it. */
function reasonText({ reason, confidence, metadata }: Signal): string {
  const facts = Object.entries(metadata)
    .filter(([name]) => name !== "reason")
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const given = reason ?? (typeof metadata.reason === "string" ? metadata.reason : null);
  const sure = confidence === null || confidence === 1 ? null : `${Math.round(confidence * 100)}% sure`;
  return [given, sure, ...facts].filter((part) => part !== null && part !== "").join(" · ") || "–";
}

type Say<Row> = (row: Row) => string;

function text<Row>(label: string, say_: Say<Row>, title?: Say<Row>): Column<Row> {
  return { label, fill: (cell, row) => say(cell, say_(row), title?.(row)) };
}

function number<Row>(label: string, say_: Say<Row>, title?: Say<Row>): Column<Row> {
  return { ...text(label, say_, title), isNumber: true };
}

/** The sign says it too, for those who see no colours. */
function gain<Row>(label: string, amountOf: Say<Row>, detail?: Say<Row>): Column<Row> {
  return {
    label,
    isNumber: true,
    fill: (cell, row) => {
      const amount = amountOf(row);
      mark(cell, "direction", directionOf(amount));
      say(cell, [gainText(amount), detail?.(row)].filter(Boolean).join(" "));
    },
  };
}

function side<Row>(sideOf: Say<Row>): Column<Row> {
  return {
    label: "Side",
    fill: (cell, row) => {
      mark(cell, "side", sideOf(row));
      say(cell, sideOf(row));
    },
  };
}

/** Local; with the mouse on it, exactly and in UTC. */
function moment<Row>(isoOf: Say<Row>): Column<Row> {
  return {
    label: "Time",
    fill: (cell, row) => {
      const iso = isoOf(row);
      if (cell.dataset.iso === iso) return;
      cell.dataset.iso = iso;
      cell.replaceChildren(make("time", { datetime: iso, title: iso }, timeText(iso)));
    },
  };
}

function shareOfEntry({ quantity, entry_price, unrealized_pnl }: Position): string {
  const cost = Math.abs(Number(quantity) * Number(entry_price));
  return cost > 0 ? `(${signedShareText(Number(unrealized_pnl) / cost)})` : "";
}

function amountOrNone(amount: string | null): string[] {
  return amount === null ? [] : [amountText(amount)];
}
