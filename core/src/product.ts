/** The product's one name: the CLI, metric prefixes and EIP-712 domains are derived from it. */
export const PRODUCT = { name: "Weighlock", slug: "weighlock" } as const;
