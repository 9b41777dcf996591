import { GeoSyncError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import { didYouMean } from "../domain/suggest.ts";
import { currenciesOf, normalizeSymbol } from "../domain/symbol.ts";

/** Coins that stand for a dollar: who asks for BTCUSD means BTC/USDT when that is the one that is traded. */
const dollars = new Set(["USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USDP", "DAI"]);

/**
 * The instrument that a client means. Its own spelling is what answers to it are to say.
 * @throws ValidationError GEO-VALUE for what is no symbol; GeoSyncError GEO-NOT-FOUND when it is not traded here
 */
export function instrumentNamed(text: string, instruments: readonly Instrument[]): Instrument {
  const name = normalizeSymbol(text);
  const exact = instruments.find(({ symbol }) => symbol === name);
  if (exact !== undefined) return exact;
  const { base, quote } = currenciesOf(name);
  const alike = instruments.filter((one) => {
    return one.base === base && !one.contract && dollars.has(quote) && dollars.has(one.quote);
  });
  if (name.includes("/") && alike.length === 1) return alike[0]!;
  const known = instruments.map(({ symbol }) => symbol);
  throw new GeoSyncError("GEO-NOT-FOUND", `unknown symbol "${text}".${didYouMean(name, known)}`, {
    hint: `This session trades ${known.join(", ")}.`,
  });
}
