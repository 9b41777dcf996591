/** `geosync/testing`: what adapters of your own are held to. Only re-exports here. */
export { type ContractCase, declareContract, type TestFramework } from "./contract.ts";
export { type DataSourceHarness, dataSourceContract, type MakeDataSource } from "./dataSourceContract.ts";
export {
  type ExecutionHarness,
  executionAdapterContract,
  type MakeExecution,
} from "./executionAdapterContract.ts";
export { tradingAdapterContract } from "./tradingAdapterContract.ts";
