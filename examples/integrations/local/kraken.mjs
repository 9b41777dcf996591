import { createHash, createHmac } from "node:crypto";
import { endpointsOf } from "./geosync.mjs";
import { jsonServer } from "./server.mjs";

export const credentials = {
  apiKey: "key-of-the-example",
  apiSecret: Buffer.from("secret-of-the-example").toString("base64"),
};

/** As much of Kraken's REST API as kraken.mjs asks for; signatures are checked as Kraken does. */
export async function localKraken() {
  const open = new Map();
  const server = await jsonServer(({ path, query, headers, body }) => {
    const params = Object.fromEntries(new URLSearchParams(body));
    if (path.includes("/private/") && headers["api-sign"] !== signatureOf(path, params.nonce, body)) {
      return { error: ["EAPI:Invalid signature"] };
    }
    const endpoint = path.split("/").at(-1);
    if (endpoint === "OHLC") return { error: [], result: { XXBTZUSD: hours(Number(query.since)), last: 0 } };
    if (endpoint === "AddOrder") {
      const id = `OEXMPL-00000-${String(open.size + 1).padStart(6, "0")}`;
      open.set(id, params);
      const order = `${params.type} ${params.volume} XBTUSD @ ${params.ordertype} ${params.price}`;
      return { error: [], result: { descr: { order }, txid: [id] } };
    }
    if (endpoint === "CancelOrder") return { error: [], result: { count: open.delete(params.txid) ? 1 : 0 } };
    return { error: [], result: fixed[endpoint] ?? {} };
  });
  return { ...endpointsOf(server.url), stop: server.stop };
}

function signatureOf(path, nonce, body) {
  const hash = createHash("sha256").update(`${nonce}${body}`).digest();
  const secret = Buffer.from(credentials.apiSecret, "base64");
  return createHmac("sha512", secret).update(path).update(hash).digest("base64");
}

/** Four hours from the next full one on. */
function hours(since) {
  const first = Math.ceil(since / 3600) * 3600;
  return [0, 1, 2, 3].map((i) => [
    first + i * 3600,
    "42000.1",
    "42100.0",
    "41900.5",
    `420${i}0.2`,
    "42000.0",
    "3.25",
    9,
  ]);
}

const fixed = {
  Time: { unixtime: Math.floor(Date.now() / 1000) },
  Assets: {
    XXBT: { aclass: "currency", altname: "XBT", decimals: 10, display_decimals: 5, status: "enabled" },
    ZUSD: { aclass: "currency", altname: "USD", decimals: 4, display_decimals: 2, status: "enabled" },
  },
  AssetPairs: {
    XXBTZUSD: {
      ...{ altname: "XBTUSD", wsname: "XBT/USD", base: "XXBT", quote: "ZUSD", status: "online" },
      ...{ aclass_base: "currency", aclass_quote: "currency", lot: "unit", lot_multiplier: 1 },
      ...{ cost_decimals: 5, pair_decimals: 1, lot_decimals: 8, tick_size: "0.1", ordermin: "0.00005" },
      ...{ costmin: "0.5", leverage_buy: [], leverage_sell: [], fees: [[0, 0.4]], fees_maker: [[0, 0.25]] },
    },
  },
  BalanceEx: {
    ZUSD: { balance: "1000.0000", hold_trade: "0" },
    XXBT: { balance: "0.5000000000", hold_trade: "0" },
  },
};
