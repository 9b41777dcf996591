import * as ccxt from "ccxt";
import { describe, expect, it } from "vitest";
import { judge, type RefusalReason, rowOf, type Verdict, verdicts } from "../../src/connectivity/verdict.ts";

type ErrorType = new (message: string) => Error;

const errors = Object.fromEntries(
  Object.entries(ccxt).filter(
    ([, value]) => typeof value === "function" && value.prototype instanceof ccxt.BaseError,
  ),
) as unknown as Readonly<Record<string, ErrorType>>;

const errorOf = (name: string, message: string): Error => new errors[name]!(message);

type Case = readonly [string, string, number | undefined, Verdict, RefusalReason?];

const code = (number: number, msg: string): string => `binance {"code":${number},"msg":"${msg}"}`;

/** One for each row, as ccxt throws it. */
const cases: readonly Case[] = [
  ["DDoSProtection", "binance 429 Too Many Requests", 429, "limited"],
  ["DDoSProtection", "binance 418 I'm a teapot", 418, "limited"],
  ["InvalidNonce", code(-1021, "Timestamp for this request is outside of the recvWindow."), 400, "clock"],
  ["DDoSProtection", code(-1003, "Too much request weight used."), undefined, "limited"],
  ["DDoSProtection", code(-1015, "Too many new orders."), undefined, "limited"],
  ["DDoSProtection", code(-2015, "Invalid API-key, IP, or permissions for action."), 401, "credentials"],
  ["AuthenticationError", code(-1022, "Signature for this request is not valid."), 400, "credentials"],
  ["AuthenticationError", code(-2014, "API-key format invalid."), 401, "credentials"],
  ["PermissionDenied", code(-1002, "You are not authorized to execute this request."), 401, "credentials"],
  ["OperationFailed", code(-1000, "An unknown error occurred while processing the request."), 400, "unknown"],
  ["ExchangeError", code(-1001, "Internal error; unable to process your request."), 400, "unknown"],
  [
    "OperationFailed",
    code(-1006, "An unexpected response was received from the message bus."),
    400,
    "unknown",
  ],
  ["ExchangeError", code(-1008, "Request throttled by system-level protection."), undefined, "outage"],
  ["RequestTimeout", code(-1007, "Timeout waiting for response from backend server."), 408, "unknown"],
  ["BadResponse", code(-2021, "Order cancel-replace partially failed."), 409, "unknown"],
  ["BadRequest", code(-1102, "Mandatory parameter was not sent."), 500, "outage"],
  ["ExchangeNotAvailable", "binance POST https://api.binance.com/api/v3/order 451", 451, "unsupported"],
  ["InvalidOrder", "binance Duplicate order sent.", 400, "refused", "duplicate"],
  ["OrderNotFound", code(-2011, "Unknown order sent."), 400, "refused", "not-found"],
  ["BadRequest", code(-1013, "Filter failure: NOTIONAL"), 400, "refused", "filter"],
  ["BadRequest", code(-1111, "Parameter 'price' has too much precision."), 400, "refused", "filter"],
  ["InsufficientFunds", "binance Account has insufficient balance", 400, "refused", "insufficient-funds"],
  ["OrderNotFound", "okx order does not exist", 200, "refused", "not-found"],
  ["DuplicateOrderId", "kraken userref in use", 200, "refused", "duplicate"],
  ["OrderImmediatelyFillable", "binance would match", 400, "refused", "would-match"],
  ["BadSymbol", "binance does not have market symbol XXX", undefined, "refused", "no-symbol"],
  ["AccountSuspended", "bybit suspended", 200, "credentials"],
  ["NotSupported", "kraken watchMyLiquidations() is not supported yet", undefined, "unsupported"],
  ["ExchangeClosedByUser", "binance closedByUser", undefined, "closed"],
  ["InvalidProxySettings", "binance proxies", undefined, "unreachable"],
  ["DDoSProtection", "okx too many", 200, "limited"],
  ["RateLimitExceeded", "kraken EAPI:Rate limit exceeded", 200, "limited"],
  ["InvalidNonce", "kraken EAPI:Invalid nonce", 200, "clock"],
  ["RequestTimeout", "binance request timed out (10000 ms)", undefined, "unknown"],
  ["ExchangeNotAvailable", "binance 404 Not Found", 404, "outage"],
  ["OnMaintenance", "okx under maintenance", 200, "outage"],
  ["NetworkError", "binance fetch failed: other side closed", undefined, "unreachable"],
  ["NullResponse", "binance returned an empty response", 200, "answer"],
  ["CancelPending", "binance cancel pending", 200, "outage"],
  ["OrderNotFillable", "bybit not fillable", 200, "refused", "filter"],
  ["OperationRejected", "binance Market is closed.", 400, "refused", "other"],
];

describe("an error of ccxt's", () => {
  it.each(cases.map((one) => ({ one, told: one.join(" ") })))("$told", ({ one }) => {
    const [name, message, status, verdict, reason] = one;
    const error = errorOf(name, message);
    expect(judge(error, status)).toMatchObject({ verdict, ...(reason === undefined ? {} : { reason }) });
  });

  it("has a case above for each row of the table", () => {
    const used = new Set(
      cases.map(([name, message, status]) => {
        const error = errorOf(name, message);
        return verdicts.indexOf(rowOf(error, status)!);
      }),
    );
    expect(verdicts.map((_, i) => i).filter((i) => !used.has(i))).toEqual([]);
  });

  it("that ccxt left the code out of is known by the answer's code", () => {
    expect(judge(errorOf("BadRequest", "binance Filter failure: NOTIONAL"), 400, -1013)).toEqual({
      verdict: "refused",
      reason: "filter",
      venueCode: -1013,
    });
  });

  it.each([new TypeError("x is undefined"), new SyntaxError("Unexpected end"), "text", undefined])(
    "that is none (%s) is a bad answer",
    (error) => {
      expect(judge(error, 200)).toEqual({ verdict: "answer" });
    },
  );

  it("of every class there is has a row", () => {
    expect(Object.keys(errors).length).toBeGreaterThan(35);
    const rowless = Object.keys(errors)
      .filter((name) => name !== "UnsubscribeError")
      .filter((name) => judge(errorOf(name, "x"), 200).verdict === "answer");
    expect(rowless).toEqual(["BadResponse", "NullResponse"]);
  });
});
