/** An order and a question, as adapters send them. */
import type { ApiCall } from "../../src/connectivity/session.ts";

export const credentials = { apiKey: "key-of-the-account", apiSecret: "secret-of-the-account" };

export const order: ApiCall<string> = {
  name: "createOrder",
  send: (exchange) => exchange.createOrder("BTC/USDT", "limit", "buy", "0.1" as never, "100" as never),
  read: (answer) => {
    const { id } = answer as { id?: string };
    if (id === undefined) throw new Error("expected an id");
    return id;
  },
  repeatable: false,
  deadlineMs: 150,
};

export const question: ApiCall<string> = {
  name: "fetchBalance",
  send: (exchange) => exchange.fetchBalance(),
  read: (answer) => {
    const { info } = answer as { info: { makerCommission?: number } };
    if (info.makerCommission === undefined) throw new Error("expected commissions");
    return "ok";
  },
  repeatable: true,
  deadlineMs: 150,
};

export const account = {
  makerCommission: 10,
  takerCommission: 10,
  balances: [],
  accountType: "SPOT",
  permissions: ["SPOT"],
};
