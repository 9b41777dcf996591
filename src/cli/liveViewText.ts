import type { ChalkInstance } from "chalk";
import { formatMoney, formatPercent } from "../report/format.ts";
import type { AccountPicture } from "../run/session/events.ts";
import type { ViewLine, ViewState } from "./liveViewState.ts";

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Real time, ms. */
  readonly now: number;
  readonly onExit: string;
  readonly paint: ChalkInstance;
}

/** The view as lines that fit the frame, whatever its size. */
export function viewText(state: ViewState, frame: Frame): readonly string[] {
  const { width, height, paint } = frame;
  const room = Math.max(20, width - 1);
  const rule = paint.dim("─".repeat(room));
  const top = [...title(state, frame, room), rule, ...figures(state, frame, room)];
  const bottom = [rule, paint.dim(cut(` ${footer(state, frame)}`, room))];
  const orders = openOrders(state.account, Math.max(2, Math.floor((height - top.length) / 3)), room, paint);
  const left = height - top.length - orders.length - bottom.length - 1;
  const latest =
    left < 1 ? [] : [rule, ...state.lines.slice(-left).map((line) => lineText(line, room, paint))];
  return [...top, ...orders, ...latest, ...bottom].slice(0, height);
}

function title({ started, halted, stopping, begun }: ViewState, { now, paint }: Frame, room: number) {
  const state = stopping !== null ? "STOPPING" : halted !== null ? "HALTED" : "trading";
  const right = `${started === null ? "starting" : state} ${clockText(now - begun)}`;
  const name = started?.session ?? "geosync live";
  const first = sides(` ${name}`, right, room);
  if (started === null) return [paint.bold(first)];
  const color = halted !== null ? paint.bold.red : started.mode === "live" ? paint.bold.yellow : paint.bold;
  const money = started.mode === "live" ? "REAL MONEY" : started.mode;
  const what = `${started.strategy} on ${started.symbols.join(", ")}`;
  const lines = [color(first), cut(sides(` ${what}`, `${money} at ${started.venue}`, room), room)];
  return halted === null ? lines : [...lines, paint.bold.red(cut(` nothing is opened: ${halted}`, room))];
}

function figures(state: ViewState, frame: Frame, room: number): readonly string[] {
  const { account, bars, fills } = state;
  const { paint } = frame;
  if (account === null) return [paint.dim(" waiting for the first data")];
  // Side by side where there is room for both.
  const columns = room < 70 ? 1 : 2;
  const first = columns === 1 ? room : Math.floor(room / 2);
  const { equity, realised, unrealised, drawdown, maxDrawdown, currency } = account;
  const worst = maxDrawdown === 0 ? "" : `, worst ${formatPercent(maxDrawdown)}`;
  const dataSign = state.data?.level === "warning" ? -1 : 0;
  const left: readonly Figure[] = [
    ["Equity", `${formatMoney(equity)} ${currency}`],
    ["Drawdown", drawdown === null ? "–" : `${formatPercent(drawdown)}${worst}`],
    ["Data", dataText(state, frame), dataSign],
    ["So far", `${bars} bars, ${fills} fills`],
  ];
  const right: readonly Figure[] = [
    ["Realised", signed(realised), signOf(realised)],
    ["Unrealised", signed(unrealised), signOf(unrealised)],
    ["Order sent", latency(state.sent)],
    ["Answered", latency(state.answered)],
  ];
  const shown = left.map((one, row) => {
    const second = columns === 1 ? "" : figure(right[row]!, room - first, paint);
    return figure(one, first, paint) + second;
  });
  const below = columns === 1 ? right.map((one) => figure(one, room, paint)) : [];
  return [...holdings(account, room, paint), ...shown, ...below];
}

type Figure = readonly [name: string, value: string, sign?: number];

function figure([name, value, sign = 0]: Figure, width: number, paint: ChalkInstance): string {
  const text = cut(value, width - 13).padEnd(width - 13);
  const color = sign > 0 ? paint.green : sign < 0 ? paint.red : paint.bold;
  return ` ${paint.dim(name.padEnd(11))} ${color(text)}`;
}

/** A line a symbol: its price, and what is held of it. */
function holdings(
  { prices, positions }: AccountPicture,
  room: number,
  paint: ChalkInstance,
): readonly string[] {
  return Object.entries(prices).map(([symbol, price]) => {
    const held = positions.find((one) => one.symbol === symbol);
    const position =
      held === undefined
        ? "no position"
        : `${held.quantity} entered at ${formatMoney(String(held.entryPrice))}, ${signed(held.unrealised)}`;
    return cut(` ${symbol.padEnd(11)} ${formatMoney(price).padEnd(16)}${position}`, room).replace(
      symbol,
      (found) => paint.bold(found),
    );
  });
}

function openOrders(account: AccountPicture | null, most: number, room: number, paint: ChalkInstance) {
  const orders = account?.openOrders ?? [];
  if (orders.length === 0) return [];
  const shown = orders.slice(0, orders.length > most ? most - 1 : most);
  const lines = shown.map(
    ({ id, side, quantity, symbol, type, price, stopPrice, filledQuantity, inDoubt }) => {
      const at = [stopPrice, price].map((level) => (level === null ? "" : ` at ${level}`)).join("");
      const size = quantity === null ? symbol : `${quantity} ${symbol}`;
      const filled = Number(filledQuantity) === 0 ? "" : `, ${filledQuantity} filled`;
      const doubt = inDoubt ? ", the venue has not said whether it has it" : "";
      return cut(`  ${id.padStart(4)}  ${side} ${size} ${type}${at}${filled}${doubt}`, room);
    },
  );
  if (shown.length < orders.length) lines.push(cut(`        and ${orders.length - shown.length} more`, room));
  return ["", paint.dim(` Open orders (${orders.length})`), ...lines];
}

function lineText({ time, level, text }: ViewLine, room: number, paint: ChalkInstance): string {
  const line = cut(` ${time.slice(11, 19)}  ${text}`, room);
  return level === "error" ? paint.red(line) : level === "warning" ? paint.yellow(line) : line;
}

function dataText({ data, dataAt }: ViewState, { now }: Frame): string {
  const age = dataAt === null ? "none yet" : `${((now - dataAt) / 1000).toFixed(1)} s old`;
  return data === null ? age : `${age}, ${data.text}`;
}

function footer({ stopping }: ViewState, { onExit }: Frame): string {
  if (stopping !== null) return "stopping in order; Ctrl-C again stops at once";
  const exit = {
    keep: "orders and positions stay",
    cancel: "open orders are cancelled",
    flatten: "all is cancelled and closed",
  }[onExit];
  return `Ctrl-C stops in order${exit === undefined ? "" : ` (${exit})`}, a second one at once`;
}

/** The median and the worst of the latest. */
function latency(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const sorted = [...values].sort((a, b) => a - b);
  return `${ms(sorted[(sorted.length - 1) >> 1]!)}, at most ${ms(sorted.at(-1)!)}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function signed(money: string): string {
  const text = formatMoney(money);
  return Number(money) > 0 ? `+${text}` : text;
}

function signOf(money: string): number {
  return Math.sign(Number(money));
}

function clockText(elapsed: number): string {
  const seconds = Math.floor(elapsed / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return [h, m, s].map((part) => String(part).padStart(2, "0")).join(":");
}

function sides(left: string, right: string, room: number): string {
  const gap = room - left.length - right.length;
  return gap < 1
    ? cut(`${cut(left, Math.max(1, room - right.length - 1))} ${right}`, room)
    : left + " ".repeat(gap) + right;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
