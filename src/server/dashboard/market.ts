import type { Api } from "./api.ts";
import { byId, make, mark, say } from "./dom.ts";
import { decimalsOf, directionOf, priceText, signedShareText } from "./format.ts";
import type { Model } from "./model.ts";
import { PriceChart } from "./priceChart.ts";
import type { Candle, Status } from "./wire.ts";

/** Candles at most, and of each look at what is new. */
const most = 1000;
const news = 10;
/** Milliseconds between two such looks. */
const pauseMs = 1000;

/** The chosen symbol: its price, and its chart. */
export class Market {
  readonly #api: Api;
  readonly #model: Model;
  readonly #chart = new PriceChart(byId("priceChart"));
  readonly #select = byId<HTMLSelectElement>("symbol");
  #symbols: readonly string[] = [];
  #first: Candle | null = null;
  #last: Candle | null = null;
  #timer: number | undefined;
  /** Of the last request: an answer to another is late. */
  #request = 0;

  constructor(api: Api, model: Model, onChoice: () => void) {
    this.#api = api;
    this.#model = model;
    this.#select.addEventListener("change", () => {
      void this.reload();
      onChoice();
    });
  }

  get symbol(): string {
    return this.#select.value;
  }

  /** The last price that is known of it. */
  get price(): string | null {
    return this.#model.tick(this.symbol)?.price ?? this.#last?.close ?? null;
  }

  showStatus({ symbols }: Status): void {
    if (symbols.join() === this.#symbols.join()) return;
    this.#symbols = symbols;
    const chosen = this.symbol;
    this.#select.replaceChildren(...symbols.map((symbol) => make("option", { value: symbol }, symbol)));
    if (symbols.includes(chosen)) this.#select.value = chosen;
  }

  /** All anew. Rejects when the session does not answer. */
  async reload(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const request = ++this.#request;
    const candles = await this.#api.candles(this.symbol, most);
    if (request !== this.#request) return;
    this.#chart.setCandles(candles, true);
    this.#first = candles[0] ?? null;
    this.#last = candles.at(-1) ?? null;
    this.show();
  }

  recolor(): void {
    this.#chart.recolor();
    this.show();
  }

  /** A price has come: a candle may have ended. However fast they come, it is looked for once a second. */
  moved(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#lookForNews().catch(() => undefined);
    }, pauseMs);
  }

  show(): void {
    const { symbol } = this;
    const isOurs = (row: { readonly symbol: string }) => row.symbol === symbol;
    const { trades, openOrders, positions } = this.#model;
    const position = positions.find((one) => isOurs(one) && Number(one.quantity) !== 0) ?? null;
    this.#chart.setTrades(trades.filter(isOurs));
    this.#chart.setLines(openOrders.filter(isOurs), position);
    this.#showQuote();
  }

  async #lookForNews(): Promise<void> {
    const request = ++this.#request;
    const candles = await this.#api.candles(this.symbol, news);
    if (request !== this.#request || candles.length === 0) return;
    if (!this.#chart.follows(candles)) return this.reload();
    this.#chart.updateCandles(candles);
    this.#last = candles.at(-1)!;
    this.show();
  }

  #showQuote(): void {
    const { price } = this;
    say(byId("last"), price === null ? "–" : priceText(price, Math.max(2, decimalsOf(price))));
    const change = price === null || this.#first === null ? 0 : Number(price) / Number(this.#first.open) - 1;
    say(byId("change"), price === null ? "" : signedShareText(change), "Since the first candle shown");
    mark(byId("change"), "direction", directionOf(change));
    const about = price === null ? "no candle yet" : `last price ${price}`;
    byId("priceChart").setAttribute("aria-label", `Price chart of ${this.symbol}, ${about}`);
  }
}
