import { jsonServer } from "./server.mjs";

/** Alpha Vantage's daily bars, as it answers them: newest first, refusals with status 200. */
export function localAlphaVantage(key) {
  let requests = 0;
  return jsonServer(({ query }) => {
    if (query.apikey !== key) return { "Error Message": "the parameter apikey is invalid or missing." };
    // The first answer is that of a server under load.
    if (requests++ === 0) return { status: 503, body: { error: "busy" } };
    return {
      "Meta Data": { "2. Symbol": query.symbol, "5. Time Zone": "US/Eastern" },
      "Time Series (Daily)": Object.fromEntries(days().reverse()),
    };
  });
}

/** The weekdays of the first half of 2024, on a wave. */
function days() {
  const half = Array.from({ length: 182 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)));
  const weekdays = half.filter((date) => date.getUTCDay() % 6 !== 0);
  return weekdays.map((date, i) => {
    const close = 160 + 15 * Math.sin(i / 12);
    const cells = [close - 0.5, close + 1, close - 1.25, close].map((price) => price.toFixed(4));
    const names = ["1. open", "2. high", "3. low", "4. close"];
    const row = {
      ...Object.fromEntries(names.map((name, at) => [name, cells[at]])),
      "5. volume": String(4_000_000 + i),
    };
    return [date.toISOString().slice(0, 10), row];
  });
}
