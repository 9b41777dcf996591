import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { endpointsOf } from "./geosync.mjs";
import { jsonServer } from "./server.mjs";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const credentials = {
  apiKey: "organizations/example/apiKeys/example",
  apiSecret: privateKey.export({ type: "sec1", format: "pem" }),
};

/** As much of Coinbase Advanced as coinbase.mjs asks for; its tokens (ES256) are checked. */
export async function localCoinbase() {
  const open = new Set();
  const server = await jsonServer(({ method, path, query, headers, body }) => {
    const isPublic = path.startsWith("/v2/") || path.includes("/brokerage/market/");
    if (!isPublic && !isGenuine(headers.authorization))
      return { status: 401, body: { error: "Unauthorized" } };
    const endpoint = path.split("/").at(-1);
    if (endpoint === "candles") return { candles: hours(Number(query.start)) };
    if (endpoint === "orders" && method === "POST") {
      const { product_id, side, client_order_id } = JSON.parse(body);
      const order_id = `example-order-${open.size + 1}`;
      open.add(order_id);
      return { success: true, success_response: { order_id, product_id, side, client_order_id } };
    }
    if (endpoint === "batch_cancel") {
      const { order_ids } = JSON.parse(body);
      return { results: order_ids.map((order_id) => ({ success: open.delete(order_id), order_id })) };
    }
    if (endpoint === "products" && query.product_type !== undefined) return { products: [] };
    return fixed[endpoint] ?? { data: [] };
  });
  return { ...endpointsOf(server.url), stop: server.stop };
}

function isGenuine(authorization = "") {
  const [head, claims, signature = ""] = authorization.replace("Bearer ", "").split(".");
  const key = { key: createPublicKey(privateKey), dsaEncoding: "ieee-p1363" };
  return verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"));
}

/** Three hours from the next full one on, newest first. */
function hours(since) {
  const first = Math.ceil(since / 3600) * 3600;
  const prices = { low: "41900.5", high: "42100", open: "42000.1", volume: "3.25" };
  return [2, 1, 0].map((i) => ({ start: String(first + i * 3600), ...prices, close: `420${i}0.2` }));
}

const account = (currency, value) => ({
  ...{
    uuid: currency,
    name: `${currency} Wallet`,
    currency,
    type: `ACCOUNT_TYPE_${currency === "USD" ? "FIAT" : "CRYPTO"}`,
  },
  available_balance: { value, currency },
  hold: { value: "0", currency },
});

const fixed = {
  time: { data: { epoch: Math.floor(Date.now() / 1000) } },
  "exchange-rates": { data: { currency: "USD", rates: { BTC: "0.00002", USD: "1" } } },
  transaction_summary: { fee_tier: { taker_fee_rate: "0.006", maker_fee_rate: "0.004" } },
  accounts: { accounts: [account("USD", "1000"), account("BTC", "0.5")] },
  products: {
    products: [
      {
        ...{ product_id: "BTC-USD", base_currency_id: "BTC", quote_currency_id: "USD", product_type: "SPOT" },
        ...{
          status: "online",
          base_increment: "0.00000001",
          quote_increment: "0.01",
          price_increment: "0.01",
        },
        ...{
          base_min_size: "0.00000001",
          base_max_size: "3400",
          quote_min_size: "1",
          quote_max_size: "150000000",
        },
      },
    ],
  },
};
