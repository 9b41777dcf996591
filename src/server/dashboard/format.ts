/** Numbers and times for people. Amounts come as exact decimal text, and are written without a detour over floats. */

const minus = "−";
const grouping = (digits: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat("en-US", { ...digits, roundingMode: "halfExpand" } as Intl.NumberFormatOptions);
const money = grouping({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const exact = grouping({ maximumFractionDigits: 12 });
const average = grouping({ minimumFractionDigits: 0, maximumSignificantDigits: 9 });
const percent = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** `12,345.60`. */
export function moneyText(amount: string): string {
  return withMinus(money.format(amount as `${number}`));
}

/** `+12.30`, `−4.00`, `0.00`. */
export function gainText(amount: string): string {
  return signed(money.format(amount as `${number}`));
}

/** A price or quantity: all of its digits, up to twelve after the point. */
export function amountText(amount: string): string {
  return withMinus(exact.format(amount as `${number}`));
}

/** What only a division gives, such as an average price: nine digits that count. */
export function averageText(price: string): string {
  return withMinus(average.format(price as `${number}`));
}

/** A price beside others: with as many digits as they have, so that points stand below one another. */
export function priceText(price: string, decimals: number): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: Math.max(decimals, 8) };
  return withMinus(grouping(digits).format(price as `${number}`));
}

/** Digits after the point. */
export function decimalsOf(amount: string): number {
  return amount.split(".")[1]?.length ?? 0;
}

/** Of a share, e.g. -0.0123: `−1.23%`. */
export function shareText(share: number): string {
  return withMinus(percent.format(share === 0 ? 0 : share));
}

export function signedShareText(share: number): string {
  return signed(percent.format(share));
}

/** Of an amount: what colours stand for. */
export function directionOf(amount: string | number): "up" | "down" | "flat" {
  const value = Number(amount);
  return value > 0 ? "up" : value < 0 ? "down" : "flat";
}

/** Local: the time alone for today, day and time otherwise. */
export function timeText(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const clock = time.toLocaleTimeString("en-GB");
  if (time.toDateString() === now.toDateString()) return clock;
  const year = time.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  const day = time.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
  return `${day}, ${clock}`;
}

/** `850 ms`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
  ] as const;
  const [length, name] = units.find(([length]) => ms >= length)!;
  return `${Math.floor(ms / length)} ${name}`;
}

/** Codes of the session in words: `refused:insufficient-cash` → `refused: insufficient cash`. */
export function wordsOf(code: string): string {
  return code.replaceAll("_", " ").replaceAll("-", " ").replace(":", ": ");
}

function signed(text: string): string {
  if (text.startsWith("-")) return /[1-9]/.test(text) ? withMinus(text) : text.slice(1);
  return /[1-9]/.test(text) ? `+${text}` : text;
}

function withMinus(text: string): string {
  return text.replace(/^-(?=.*[1-9])/, minus).replace(/^-/, "");
}
