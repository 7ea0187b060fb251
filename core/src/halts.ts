/** `IGateway.Halt`, by its numbers. */
export const HALTS = ["None", "Contradiction", "FalseReturn", "FalseAck", "Closed"] as const;
/** What nobody ends. */
export const HALT_CLOSED = HALTS.indexOf("Closed");
