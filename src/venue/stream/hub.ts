import type { Exchange, MarketNews } from "../contract.ts";
import type { Desk } from "../http/desk.ts";
import { type Channel, channelOf } from "./channels.ts";
import { parseStream } from "./names.ts";

export type StreamListener = (stream: string, event: string) => void;

type StreamDesk = Pick<Desk, "exchange" | "change" | "afterwards">;

interface Station {
  readonly stream: string;
  readonly channel: Channel;
  /** Null: of all symbols. */
  readonly symbol: string | null;
  readonly listeners: Set<StreamListener>;
  readonly send: (event: string) => void;
}

const beatMs = 100;
const beatsPerSecond = 10;

/** All market streams that someone listens to, each made once for all its listeners. */
export class StreamHub {
  readonly #exchange: Exchange;
  readonly #desk: StreamDesk;
  readonly #stations = new Map<string, Station>();
  readonly #bySymbol = new Map<string, Set<Station>>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  #beats = 0;

  constructor(desk: StreamDesk) {
    const { exchange } = desk;
    this.#exchange = exchange;
    this.#desk = desk;
    this.#stop = exchange.onMarket((news) => this.#onNews(news));
    this.#timer = setInterval(() => this.#beat(), beatMs);
    this.#timer.unref();
  }

  /** Names that are no streams are listened to in vain, as Binance has it. */
  listen(stream: string, listener: StreamListener): void {
    this.#stations.get(stream)?.listeners.add(listener) ?? this.#open(stream, listener);
  }

  ignore(stream: string, listener: StreamListener): void {
    const station = this.#stations.get(stream);
    if (station === undefined) return;
    station.listeners.delete(listener);
    if (station.listeners.size > 0) return;
    this.#stations.delete(stream);
    if (station.symbol !== null) this.#bySymbol.get(station.symbol)?.delete(station);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop();
    this.#stations.clear();
    this.#bySymbol.clear();
  }

  #open(stream: string, listener: StreamListener): void {
    const name = parseStream(stream);
    const symbol = name !== null && "symbol" in name ? name.symbol : null;
    if (name === null || (symbol !== null && !this.#trades(symbol))) return;
    const listeners = new Set([listener]);
    const send = (event: string) =>
      this.#desk.afterwards(() => {
        for (const one of listeners) one(stream, event);
      });
    const station: Station = { stream, symbol, listeners, send, channel: channelOf(name, this.#exchange) };
    this.#stations.set(stream, station);
    if (symbol === null) return;
    const stations = this.#bySymbol.get(symbol);
    if (stations === undefined) this.#bySymbol.set(symbol, new Set([station]));
    else stations.add(station);
  }

  /** What leaves at intervals leaves now. */
  #beat(): void {
    const second = ++this.#beats % beatsPerSecond === 0;
    // To ask the exchange moves its market on.
    this.#desk.change(() => {
      for (const { channel, send } of this.#stations.values()) {
        if (channel.everyMs === 100 || (channel.everyMs === 1000 && second)) channel.onBeat?.(send);
      }
    });
  }

  #trades(symbol: string): boolean {
    return this.#exchange.symbols.some((rules) => rules.symbol === symbol);
  }

  #onNews(news: MarketNews): void {
    const stations = this.#bySymbol.get(news.kind === "trade" ? news.trade.symbol : news.symbol);
    if (stations === undefined) return;
    for (const { channel, send } of stations) channel.onNews?.(news, send);
  }
}
