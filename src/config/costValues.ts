import {
  type CostPresetName,
  costPresetNames,
  type Delay,
  type FeeCurrency,
  type Impact,
  type Latency,
  type Spread,
} from "../domain/costs.ts";
import { type Fixed, parseFixed } from "../domain/fixed.ts";
import { didYouMean } from "../domain/suggest.ts";
import { badValue, type Reader, readCost, readNotNegative, readPositive } from "./values.ts";

/** The name of a venue's fee schedule. */
export const readCostPreset: Reader<CostPresetName> = (text, at) => {
  const name = text.trim().toLowerCase();
  const found = costPresetNames.find((preset) => preset === name);
  if (found !== undefined) return found;
  const hint = `One of ${costPresetNames.join(", ")}.${didYouMean(name, costPresetNames)}`;
  throw badValue(at, "the name of a cost preset, such as binance-spot", text, hint);
};

/** An amount of quote currency, 0 or more. */
export const readFeeAmount: Reader<Fixed> = (text, at) => parseFixed(readNotNegative(text, at));

/** `quote`, `base` or a token with its price: `BNB@600`. */
export const readFeeCurrency: Reader<FeeCurrency> = (text, at) => {
  const name = text.trim().toLowerCase();
  if (name === "quote" || name === "base") return name;
  const match = /^([a-z0-9]{1,20})@(.+)$/i.exec(text.trim());
  if (match === null) throw badValue(at, "quote, base or a token and its price such as BNB@600", text);
  const [token, price] = [match[1]!.toUpperCase(), readPositive(match[2]!, at)];
  return { token, price: parseFixed(price), label: `${token}@${price}` };
};

/** Ask less bid: a share of the price (`2bps`) or a number of ticks (`1tick`, `2.5 ticks`). */
export const readSpread: Reader<Spread> = (text, at) => {
  const label = text.trim();
  const match = /^(.+?)\s*ticks?$/i.exec(label);
  if (match === null) return { kind: "share", share: readCost(text, at), label };
  return { kind: "ticks", ticks: parseFixed(readNotNegative(match[1]!, at)), label };
};

/** Larger factors are a typing error: the models' own are about 1. */
const largestFactor = 100;

/** `sqrt` or `sqrt:0.8` (of √(quantity / volume) × volatility), `vol:0.5` (of volatility). */
export const readImpact: Reader<Impact> = (text, at) => {
  const label = text.trim().toLowerCase();
  const match = /^(?:sqrt(?::(.+))?|vol:(.+))$/.exec(label);
  if (match === null) throw badValue(at, "sqrt, sqrt:0.8 or vol:0.5", text);
  const factor = Number(readPositive(match[1] ?? match[2] ?? "1", at));
  if (factor > largestFactor) throw badValue(at, `a factor of ${largestFactor} at most`, text);
  return { kind: label.startsWith("sqrt") ? "squareRoot" : "volatility", factor, label };
};

const noDelay: Delay = { ms: 0, jitter: 0 };
const latencies = "a delay such as 50ms, 50ms±20ms, or three: 1ms/20ms±5ms/20ms±5ms";

/** One delay each way, or three (± may be written +-): until the order leaves, until the venue sees it, until its answer is here. */
export const readLatency: Reader<Latency> = (text, at) => {
  const label = text.trim();
  const delays = label.split("/").map((part) => delayOf(part, text, at));
  if (delays.length === 1) return { leaves: noDelay, seen: delays[0]!, answered: delays[0]!, label };
  if (delays.length !== 3) throw badValue(at, latencies, text);
  const [leaves, seen, answered] = delays as [Delay, Delay, Delay];
  return { leaves, seen, answered, label };
};

/** Longer is no delay but a typing error. */
const longestDelay = 3_600_000;

function delayOf(part: string, text: string, at: string): Delay {
  const duration = String.raw`(\d{1,9}(?:\.\d{1,6})?)\s*(us|µs|ms|s)`;
  const match = new RegExp(String.raw`^\s*${duration}(?:\s*(?:±|\+-)\s*${duration})?\s*$`, "i").exec(part);
  if (match === null) throw badValue(at, latencies, text);
  const ms = millisOf(match[1]!, match[2]!);
  const jitter = match[3] === undefined ? 0 : millisOf(match[3], match[4]!);
  if (ms > longestDelay) throw badValue(at, "an hour at most", text);
  if (jitter > ms) throw badValue(at, "a jitter no larger than the delay", text);
  return { ms, jitter };
}

function millisOf(count: string, unit: string): number {
  const lower = unit.toLowerCase();
  if (lower === "s") return Number(count) * 1000;
  return lower === "ms" ? Number(count) : Number(count) / 1000;
}
