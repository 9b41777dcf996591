import { byId, mark, say } from "./dom.ts";
import { durationText, wordsOf } from "./format.ts";
import type { Link } from "./stream.ts";
import type { Status } from "./wire.ts";

const linkWords: Readonly<Record<Link, string>> = {
  connecting: "Connecting",
  live: "Live",
  stale: "Stale",
  reconnecting: "Reconnecting",
};

/** Who this is, how it goes, and whether what stands here is still so. */
export class Header {
  #link: Link = "connecting";
  #latency: number | null = null;
  /** When the last market data came, by this page's clock. */
  #dataAt: number | null = null;

  constructor() {
    setInterval(() => this.#showAge(), 1000);
  }

  showStatus(status: Status): void {
    const word = wordsOf(status.status);
    say(byId("state"), word.charAt(0).toUpperCase() + word.slice(1));
    mark(byId("state"), "state", status.status);
    say(byId("session"), status.session);
    const mode = byId("mode");
    mode.hidden = false;
    say(mode, status.mode);
    mark(mode, "mode", status.mode);
    say(byId("venue"), [status.venue, ...status.strategies].join(" · "));
    say(byId("version"), `geosync ${status.version}`);
    document.title = `${status.session} · geosync`;
    if (status.data_age_ms !== null) this.#dataAt = performance.now() - status.data_age_ms;
    this.#showBanner(status);
    this.#showAge();
  }

  showLink(link: Link): void {
    this.#link = link;
    const pill = byId("link");
    mark(pill, "link", link);
    say(byId("linkWord"), linkWords[link]);
    if (link !== "live") this.#latency = null;
    this.#showLatency();
  }

  showLatency(ms: number): void {
    this.#latency = ms;
    this.#showLatency();
  }

  dataCame(): void {
    this.#dataAt = performance.now();
  }

  #showBanner({ halted_because, last_message }: Status): void {
    const banner = byId("banner");
    const isBad = last_message !== null && last_message.level !== "info";
    const text = halted_because !== null ? `Halted: ${halted_because}` : isBad ? last_message.message : "";
    banner.hidden = text === "";
    mark(banner, "level", halted_because !== null ? "error" : (last_message?.level ?? "info"));
    say(banner, text);
  }

  #showLatency(): void {
    const isKnown = this.#link === "live" && this.#latency !== null;
    const ms = this.#latency ?? 0;
    say(byId("latency"), isKnown ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : "");
    byId("link").title = "Connection to the session, and how long a question and its answer take";
  }

  #showAge(): void {
    const age = this.#dataAt === null ? null : performance.now() - this.#dataAt;
    const title = "Since the last market data";
    say(
      byId("age"),
      age === null ? "No data yet" : `Data ${age < 1000 ? "now" : `${durationText(age)} ago`}`,
      title,
    );
  }
}
