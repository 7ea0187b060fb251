/** What a settlement costs, measured in the demo's own run on two chains beside it, as the bench does. */

export { type GasFigures, measureGas } from "../../bench/gas/figures.ts";
