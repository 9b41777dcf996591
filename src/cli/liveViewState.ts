import type { AccountPicture, SessionEvent, StatusLevel } from "../run/session/events.ts";
import { eventText } from "./liveText.ts";

type Started = Extract<SessionEvent, { event: "started" }>;

export interface ViewLine {
  readonly time: string;
  readonly level: StatusLevel;
  readonly text: string;
}

/** All that the view shows. Times of arrival are in real milliseconds. */
export interface ViewState {
  readonly begun: number;
  readonly started: Started | null;
  readonly account: AccountPicture | null;
  /** When the last market data came in. */
  readonly dataAt: number | null;
  /** The last word on the streams of data; null before there is one. */
  readonly data: { readonly level: StatusLevel; readonly text: string } | null;
  readonly bars: number;
  readonly fills: number;
  /** Milliseconds of the latest orders: until they left, until they were answered. */
  readonly sent: readonly number[];
  readonly answered: readonly number[];
  readonly halted: string | null;
  readonly stopping: string | null;
  /** Decisions, logs and whatever else was told, the newest last. */
  readonly lines: readonly ViewLine[];
}

const keptLines = 200;
const keptOrders = 100;

export function newView(now: number): ViewState {
  return {
    ...{ begun: now, started: null, account: null, dataAt: null, data: null, bars: 0, fills: 0 },
    ...{ sent: [], answered: [], halted: null, stopping: null, lines: [] },
  };
}

export function withEvent(state: ViewState, event: SessionEvent, now: number): ViewState {
  const text = eventText(event);
  const line = text === null ? null : { time: event.time, level: levelOf(event), text: printable(text) };
  const lines = line === null ? state.lines : [...state.lines, line].slice(-keptLines);
  return { ...state, lines, ...changeOf(state, event, now) };
}

/** A line of ours, such as a hint before the session begins. */
export function withText(state: ViewState, text: string, now: number): ViewState {
  const line: ViewLine = { time: new Date(now).toISOString(), level: "info", text: printable(text) };
  return { ...state, lines: [...state.lines, line].slice(-keptLines) };
}

function changeOf(state: ViewState, event: SessionEvent, now: number): Partial<ViewState> {
  switch (event.event) {
    case "started":
      return { started: event };
    case "account":
      return { account: event, ...(event.dataAgeMs !== null && { dataAt: now - event.dataAgeMs }) };
    case "bar":
      return { bars: state.bars + 1 };
    case "fill":
      return { fills: state.fills + 1 };
    case "sent":
      return { sent: [...state.sent, event.afterMs].slice(-keptOrders) };
    case "answered":
      return { answered: [...state.answered, event.afterMs].slice(-keptOrders) };
    case "status":
      return streamKinds.has(event.kind) ? { data: { level: event.level, text: wordOf(event.kind) } } : {};
    case "halted":
      return { halted: event.because };
    case "resumed":
      return { halted: null };
    case "stopping":
      return { stopping: event.because };
    default:
      return {};
  }
}

/** Kinds of `LiveStatus` that say how the connection is. */
const streamKinds = new Set(["connecting", "connected", "stalled", "reconnecting"]);

function wordOf(kind: string): string {
  return kind === "stalled" ? "silent, connecting again" : kind;
}

function levelOf(event: SessionEvent): StatusLevel {
  if (event.event === "halted") return "error";
  return event.event === "status" ? event.level : "info";
}

/** What a strategy or a venue says must not steer the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
