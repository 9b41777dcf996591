import { multiplyFixed } from "../../domain/fixed.ts";
import { money } from "./money.ts";
import type { Call, Operation } from "./operation.ts";
import { tradeJson } from "./orderJson.ts";
import { commissionFields, pageOf } from "./tradeOperations.ts";

const account: Operation = {
  rest: "GET /api/v3/account",
  ws: "account.status",
  security: "SIGNED",
  params: ["omitZeroBalances"],
  weight: 20,
  run({ exchange, account, params }) {
    const omit = params.flag("omitZeroBalances") === true;
    const all = exchange.balances(account);
    const shown = omit ? all.filter(({ free, locked }) => free.units !== 0n || locked.units !== 0n) : all;
    const { maker, taker } = exchange.commission(account, exchange.symbols[0]?.symbol ?? "");
    const balances = shown.map(
      ({ asset, free, locked }) => `{"asset":"${asset}","free":"${money(free)}","locked":"${money(locked)}"}`,
    );
    // Commissions in whole basis points, as they were before rates had their own fields.
    const points = (rate: typeof maker) => Number(money(multiplyFixed(rate, { units: 10_000n, scale: 0 })));
    return `{"makerCommission":${Math.round(points(maker))},"takerCommission":${Math.round(points(taker))},"buyerCommission":0,"sellerCommission":0,"commissionRates":{"maker":"${money(maker)}","taker":"${money(taker)}","buyer":"0.00000000","seller":"0.00000000"},"canTrade":true,"canWithdraw":true,"canDeposit":true,"brokered":false,"requireSelfTradePrevention":false,"preventSor":false,"updateTime":${exchange.time()},"accountType":"SPOT","balances":[${balances.join(",")}],"permissions":["SPOT"],"uid":${uidOf(account)}}`;
  },
};

const commission: Operation = {
  rest: "GET /api/v3/account/commission",
  ws: "account.commission",
  security: "SIGNED",
  params: ["symbol"],
  weight: 20,
  run({ exchange, account, params }) {
    const symbol = params.needSymbol();
    return `{"symbol":"${symbol}",${commissionFields(exchange.commission(account, symbol), "")}}`;
  },
};

const trades: Operation = {
  rest: "GET /api/v3/myTrades",
  ws: "myTrades",
  security: "SIGNED",
  params: ["symbol", "orderId", "startTime", "endTime", "fromId", "limit"],
  weight: (params) => (params.has("orderId") ? 5 : 20),
  run({ exchange, account, params }) {
    const symbol = params.needSymbol();
    const orderId = params.integer("orderId");
    const fromId = params.integer("fromId");
    const page = {
      ...pageOf(params, 500),
      ...(orderId === null ? {} : { orderId }),
      ...(fromId === null ? {} : { fromId }),
    };
    return `[${exchange.myTrades(account, symbol, page).map(tradeJson).join(",")}]`;
  },
};

const orderLimits: Operation = {
  rest: "GET /api/v3/rateLimit/order",
  ws: "account.rateLimits.orders",
  security: "SIGNED",
  params: [],
  weight: 40,
  run: (call) => `[${orderLimitsJson(call).join(",")}]`,
};

/** Self-trades are let through and orders are never routed elsewhere, so that there is never any of these. */
const nothing: readonly Operation[] = [
  {
    rest: "GET /api/v3/myPreventedMatches",
    ws: "myPreventedMatches",
    security: "SIGNED",
    params: ["symbol", "preventedMatchId", "orderId", "fromPreventedMatchId", "limit"],
    weight: 20,
    run: () => "[]",
  },
  {
    rest: "GET /api/v3/myAllocations",
    ws: "myAllocations",
    security: "SIGNED",
    params: ["symbol", "startTime", "endTime", "fromAllocationId", "limit", "orderId"],
    weight: 20,
    run: () => "[]",
  },
];

/** Unmodified clients ask these of Binance's wallet API when they load its markets. */
const wallet: readonly Operation[] = [
  {
    rest: "GET /sapi/v1/capital/config/getall",
    security: "SIGNED",
    params: [],
    weight: 10,
    run({ exchange, account }) {
      const held = new Map(exchange.balances(account).map((balance) => [balance.asset, balance]));
      const assets = new Set([
        ...exchange.symbols.flatMap(({ baseAsset, quoteAsset }) => [baseAsset, quoteAsset]),
        ...held.keys(),
      ]);
      const none = { units: 0n, scale: 0 };
      return `[${[...assets]
        .map((asset) => {
          const { free, locked } = held.get(asset) ?? { free: none, locked: none };
          return `{"coin":"${asset}","depositAllEnable":false,"free":"${money(free)}","freeze":"0","ipoable":"0","ipoing":"0","isLegalMoney":false,"locked":"${money(locked)}","name":"${asset}","networkList":[],"storage":"0","trading":true,"withdrawAllEnable":false,"withdrawing":"0"}`;
        })
        .join(",")}]`;
    },
  },
  {
    rest: "GET /sapi/v1/asset/tradeFee",
    security: "SIGNED",
    params: ["symbol"],
    weight: 1,
    run({ exchange, account, params }) {
      const only = params.symbol();
      const symbols = exchange.symbols.filter(({ symbol }) => only === null || symbol === only);
      return `[${symbols
        .map(({ symbol }) => {
          const { maker, taker } = exchange.commission(account, symbol);
          return `{"symbol":"${symbol}","makerCommission":"${money(maker)}","takerCommission":"${money(taker)}"}`;
        })
        .join(",")}]`;
    },
  },
  {
    rest: "GET /sapi/v1/system/status",
    security: "NONE",
    params: [],
    weight: 1,
    run: () => `{"status":0,"msg":"normal"}`,
  },
];

export const accountOperations: readonly Operation[] = [
  ...[account, commission, trades, orderLimits],
  ...nothing,
  ...wallet,
];

/** Used order counts, as `rateLimits` of the WebSocket API has them, too. */
export function orderLimitsJson({ limiter, account, now }: Pick<Call, "limiter" | "account" | "now">) {
  const { ordersPer10Seconds, ordersPerDay } = limiter.limits;
  const used = limiter.orders(account, now);
  const line = (interval: string, num: number, limit: number, count: number) =>
    `{"rateLimitType":"ORDERS","interval":"${interval}","intervalNum":${num},"limit":${limit},"count":${count}}`;
  return [line("SECOND", 10, ordersPer10Seconds, used.tenSeconds), line("DAY", 1, ordersPerDay, used.day)];
}

/** A number of its own for each account, the same in every run. */
function uidOf(account: string): number {
  let hash = 7;
  for (const char of account) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0;
  return 100_000_000 + (hash % 100_000_000);
}
