/** The verbs as functions, for programs. */

export { type AccountStatus, readAccount } from "./accountStatus.ts";
export { type DepositRequest, type DepositResult, deposit } from "./deposit.ts";
export { OperationError, UsageError } from "./errors.ts";
export { followSettlement } from "./follow.ts";
export { createNetwork, type Network, openNetwork } from "./network.ts";
export { type LaneOverview, type Overview, readLane, readOverview } from "./overview.ts";
export { type Settlement, type Stage, traceSettlement } from "./settlement.ts";
export { type Status, type StatusRequest, status } from "./status.ts";
export { readTransaction, type TransactionStatus } from "./transactionStatus.ts";
export { type WithdrawRequest, type WithdrawResult, withdraw } from "./withdraw.ts";
