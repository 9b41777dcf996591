import { byId, make } from "./dom.ts";

/** So long a message stands. */
const shownMs = 5000;
/** At once on the page. */
const most = 3;
/** What comes within that time is told together: a burst in words would be read out for minutes. */
const pauseMs = 400;

type Tone = "plain" | "good" | "bad";
let waiting: { readonly text: string; readonly tone: Tone }[] = [];

/** Tells what happened, to eyes and to screen readers. */
export function tell(text: string, tone: Tone = "plain"): void {
  if (waiting.length === 0) setTimeout(show, pauseMs);
  waiting.push({ text, tone });
}

function show(): void {
  const host = byId("toasts");
  const news = waiting;
  waiting = [];
  const left = news.length > most ? ` (and ${news.length - 1} more)` : "";
  for (const { text, tone } of left === "" ? news : news.slice(-1)) {
    const toast = make("p", { class: "toast", "data-tone": tone }, `${text}${left}`);
    host.append(toast);
    setTimeout(() => toast.remove(), shownMs);
  }
  while (host.children.length > most) host.firstElementChild?.remove();
}
