import type {
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { type Access, type AuditEntry, bearerOf, type Principal, type Scope } from "../access.ts";
import { failureOf } from "../failure.ts";
import type { TradingService } from "../service.ts";
import { addressOf, type Call, CallOver, decimalsOf, isOver, keyOf, textOf } from "./call.ts";
import type { CallBudget } from "./callBudget.ts";
import {
  given,
  type Message,
  type OrderID,
  orderRequest,
  orderResponse,
  positionMessage,
  type SymbolList,
} from "./messages.ts";
import { fail, type OpenStreams } from "./openStreams.ts";
import { statusOf } from "./status.ts";
import { streamTickers } from "./tickers.ts";

/** Who counts calls and errors. */
export interface CallMeter {
  apiCall(face: AuditEntry["face"], action: string, seconds: number): void;
  apiError(face: AuditEntry["face"], code: string): void;
}

export interface TradingOptions {
  readonly service: TradingService;
  readonly access: Access;
  readonly telemetry: CallMeter;
  readonly streams: OpenStreams;
  readonly budget: CallBudget;
}

type Unary<Q> = ServerUnaryCall<Q, object>;
type Work<Q> = (call: Unary<Q>) => Promise<object>;

/** market.v1.TradingService, on the application service. */
export class TradingCalls {
  readonly #options: TradingOptions;

  constructor(options: TradingOptions) {
    this.#options = options;
  }

  implementation(): UntypedServiceImplementation {
    const { service, streams } = this.#options;
    return {
      PlaceOrder: this.#unary("placeOrder", "trade", async ({ request, metadata }: Unary<Message>) => {
        const key = keyOf(metadata, String(request.idempotency_key));
        return orderResponse(await service.placeOrder(orderRequest(request), { key }), decimalsOf(metadata));
      }),
      CancelOrder: this.#unary("cancelOrder", "trade", async ({ request, metadata }: Unary<OrderID>) => {
        const { success, order } = await service.cancelOrder(request.order_id, { key: keyOf(metadata) });
        return { success, status: order.status };
      }),
      GetPositions: this.#unary("positions", "read", async ({ metadata }: Unary<object>) => {
        const { positions } = service.positions();
        return { positions: positions.map((one) => positionMessage(one, decimalsOf(metadata))) };
      }),
      StreamTickers: (call: ServerWritableStream<SymbolList, Message>) => {
        this.#measured("streamTickers", async () => {
          this.#admit(call, "read");
          streamTickers(call, service, streams);
        }).catch((error: unknown) => fail(call, error));
      },
    };
  }

  #unary<Q extends object>(action: string, scope: Scope, work: Work<Q>) {
    return (call: Unary<Q>, answer: sendUnaryData<object>): void => {
      const answered = this.#measured(action, () => this.#done(call, action, scope, work)).then(
        (response) => answer(null, response),
        (error: unknown) => answer(statusOf(error)),
      );
      this.#options.streams.answering(answered);
    };
  }

  async #measured<T>(action: string, work: () => Promise<T>): Promise<T> {
    const { telemetry } = this.#options;
    const began = performance.now();
    try {
      return await work();
    } catch (error) {
      telemetry.apiError("grpc", outcomeOf(error));
      throw error;
    } finally {
      telemetry.apiCall("grpc", action, (performance.now() - began) / 1000);
    }
  }

  async #done<Q extends object>(
    call: Unary<Q>,
    action: string,
    scope: Scope,
    work: Work<Q>,
  ): Promise<object> {
    let [who, outcome] = ["unknown", "ok"];
    try {
      who = this.#admit(call, scope).name;
      return await work(call);
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      if (scope !== "read") {
        const entry = { face: "grpc", who, from: addressOf(call), action } as const;
        this.#options.access.audit({ ...entry, request: given(call.request as Message), outcome });
      }
    }
  }

  #admit(call: Call, scope: Scope): Principal {
    const { access, budget } = this.#options;
    budget.spend(addressOf(call));
    access.checkSite(call.getHost(), textOf(call.metadata, "origin"));
    const principal = access.check(bearerOf(textOf(call.metadata, "authorization") ?? undefined), scope);
    // Whoever gave up is told nothing, and must not be surprised by an order.
    if (isOver(call)) throw new CallOver();
    return principal;
  }
}

function outcomeOf(error: unknown): string {
  return error instanceof CallOver ? "DEADLINE_EXCEEDED" : failureOf(error).code;
}
