import type { Channel } from "../feed.ts";
import type { TradingService } from "../service.ts";
import type { Spelling } from "./spelling.ts";

/** Of trades and signals: so many of the last. */
const most = 100;

/** How things stand in a channel; lists are newest first. */
export function snapshotOf(channel: Channel, service: TradingService, spelling: Spelling): object {
  switch (channel) {
    case "trades":
      return { trades: latest(spelling, (symbol) => service.trades(symbol, most)) };
    case "signals":
      return { signals: latest(spelling, (symbol) => service.signals(symbol, most)) };
    case "orders":
      return { orders: spelling.select(service.orders({ status: "open" })) };
    case "positions":
      return { positions: spelling.select(service.positions().positions) };
    case "ticks":
      return { ticks: spelling.select(service.ticks()) };
    case "equity":
      return service.equity();
    case "status":
      return service.status();
  }
}

/** The last of each symbol, then the last of them all. */
function latest<T extends { readonly timestamp: string }>(
  { symbols }: Spelling,
  list: (symbol?: string) => readonly T[],
): readonly T[] {
  if (symbols === null) return list();
  const newestFirst = (a: T, b: T) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0);
  return symbols.flatMap(list).sort(newestFirst).slice(0, most);
}
