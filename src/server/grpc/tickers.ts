import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import { GeoSyncError, ValidationError } from "../../domain/errors.ts";
import type { TickView } from "../contract.ts";
import type { TradingService } from "../service.ts";
import { decimalsOf, isOver } from "./call.ts";
import { type Message, type SymbolList, ticker } from "./messages.ts";
import type { OpenStreams } from "./openStreams.ts";
import { headerText } from "./status.ts";
import { TickerStream } from "./tickerStream.ts";

/** So many symbols may be asked for in one stream: those that are unknown are answered in a header. */
const mostSymbols = 100;

/**
 * The last tick of each symbol, then every other, until either side ends it.
 * @throws GEO-VALUE, GEO-NOT-FOUND when no symbol is known, GEO-LIMITED
 */
export function streamTickers(
  call: ServerWritableStream<SymbolList, Message>,
  service: TradingService,
  streams: OpenStreams,
): void {
  const decimals = decimalsOf(call.metadata);
  const { spelled, unknown } = asked(call.request.symbols, service);
  const stream = new TickerStream({
    write: ({ symbol, tick }) => !isOver(call) && call.write(ticker(tick, symbol, decimals)),
    onDrain: (resume) => call.on("drain", resume),
  });
  let forget = () => {};
  streams.add(call, () => {
    forget();
    stream.stop();
  });
  const metadata = new Metadata();
  for (const symbol of unknown) metadata.add("geosync-unknown-symbols", headerText(symbol));
  call.sendMetadata(metadata);
  const tell = (symbol: string | null, tick: TickView) => {
    for (const spelling of spelled.get(symbol ?? "") ?? []) stream.tell({ symbol: spelling, tick });
  };
  for (const tick of service.ticks()) tell(tick.symbol, tick);
  forget = service.feed.listen("ticks", ({ symbol, data }) => tell(symbol, data as TickView));
}

/** The caller's spellings by the session's own, and those that mean nothing here. */
function asked(symbols: readonly string[], service: TradingService) {
  if (symbols.length > mostSymbols)
    throw new ValidationError(
      "GEO-VALUE",
      `symbols: expected at most ${mostSymbols}, found ${symbols.length}`,
    );
  const spelled = new Map<string, string[]>();
  const unknown: string[] = [];
  let refusal: GeoSyncError | null = null;
  const named = symbols.length > 0 ? [...new Set(symbols)] : service.instruments.map(({ symbol }) => symbol);
  for (const spelling of named) {
    try {
      const { symbol } = service.instrument(spelling);
      spelled.set(symbol, [...(spelled.get(symbol) ?? []), spelling]);
    } catch (error) {
      if (!(error instanceof GeoSyncError) || error.code !== "GEO-NOT-FOUND") throw error;
      refusal ??= error;
      unknown.push(spelling);
    }
  }
  if (spelled.size === 0 && refusal !== null) throw refusal;
  return { spelled, unknown };
}
