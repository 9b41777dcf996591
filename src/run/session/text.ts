import type { Instrument } from "../../domain/instrument.ts";

/**
 * Plain values as JSON, exact integers and instruments included: `{"$n":"123"}` is a bigint, `{"$i":0}` the instrument
 * of that number, `{"$x":"-Infinity"}` a number that JSON lacks, `{"$m":[[key, value]]}` a map.
 */
export function packText(value: unknown, instrumentNumber: (instrument: Instrument) => number): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === "bigint") return { $n: each.toString() };
    if (each instanceof Map) return { $m: [...each] };
    if (typeof each === "number" && !Number.isFinite(each)) return { $x: String(each) };
    return isInstrument(each) ? { $i: instrumentNumber(each) } : each;
  });
}

export function unpackText(text: string, instruments: readonly Instrument[]): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== "object" || each === null) return each;
    const { $n, $i, $x, $m } = each as { $n?: string; $i?: number; $x?: string; $m?: [unknown, unknown][] };
    if ($n !== undefined) return BigInt($n);
    if ($m !== undefined) return new Map($m);
    if ($x !== undefined) return Number($x);
    return $i === undefined ? each : instruments[$i];
  });
}

/** An instrument itself, whose money is exact. */
export function packInstrument(instrument: Instrument): string {
  return JSON.stringify(instrument, (_, each: unknown) =>
    typeof each === "bigint" ? { $n: each.toString() } : each,
  );
}

export function unpackInstrument(text: string): Instrument {
  return Object.freeze(unpackText(text, [])) as Instrument;
}

function isInstrument(value: unknown): value is Instrument {
  return typeof value === "object" && value !== null && "lot" in value && "settle" in value;
}
