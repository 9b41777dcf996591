import { accountOperations } from "./accountOperations.ts";
import { listOperations } from "./listOperations.ts";
import { marketOperations } from "./marketOperations.ts";
import type { Operation } from "./operation.ts";
import { tickerOperations } from "./tickerOperations.ts";
import { tradeOperations } from "./tradeOperations.ts";

export const operations: readonly Operation[] = [
  ...marketOperations,
  ...tickerOperations,
  ...tradeOperations,
  ...listOperations,
  ...accountOperations,
];
