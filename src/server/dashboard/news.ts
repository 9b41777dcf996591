import { make } from "./dom.ts";

/** So long a message stands. */
const shownMs = 6000;
/** At once on the page: of a burst the last are enough. */
const most = 4;

/** Tells what happened, to eyes and to screen readers. */
export function tell(text: string, tone: "plain" | "good" | "bad" = "plain"): void {
  const host = document.getElementById("toasts")!;
  const toast = make("p", { class: "toast", "data-tone": tone }, text);
  host.append(toast);
  while (host.children.length > most) host.firstElementChild?.remove();
  setTimeout(() => toast.remove(), shownMs);
}
