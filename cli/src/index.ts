/** The verbs as functions, for programs. */

export { type AccountStatus, readAccount } from "./accountStatus.ts";
export { type AccountBalances, type Accounts, readAccounts } from "./accounts.ts";
export { type DepositRequest, type DepositResult, deposit } from "./deposit.ts";
export { type EndRequest, type ParkedEnd, retryRelease, returnRelease } from "./endParked.ts";
export { OperationError, UsageError } from "./errors.ts";
export { followSettlement } from "./follow.ts";
export { type LaneOverview, readLane } from "./laneOverview.ts";
export { createNetwork, type Network, openNetwork } from "./network.ts";
export { type Overview, readOverview } from "./overview.ts";
export { listParked, type ParkedEntry } from "./parked.ts";
export { type PermissionResult, setController, setRecipient } from "./permissions.ts";
export { type DepositQuote, quoteDeposit } from "./quote/quoteDeposit.ts";
export { quoteWithdraw, type WithdrawalQuote } from "./quote/quoteWithdraw.ts";
export { type RequestRequest, type RequestResult, request } from "./request.ts";
export { type HeldEnd, settleHeld } from "./settleHeld.ts";
export { type Settlement, type Stage, traceSettlement } from "./settlement.ts";
export {
  parseSignedWithdrawals,
  type SignedWithdrawalFile,
  type SignRequest,
  signedWithdrawal,
} from "./signedWithdrawal.ts";
export { type Status, type StatusRequest, status } from "./status.ts";
export { cancelNonce, type SubmitRequest, type SubmitResult, type Submitted, submit } from "./submit.ts";
export { readTransaction, type TransactionStatus } from "./transactionStatus.ts";
export { type TransferRequest, type TransferResult, transfer } from "./transfer.ts";
export { type WithdrawRequest, type WithdrawResult, withdraw } from "./withdraw.ts";
