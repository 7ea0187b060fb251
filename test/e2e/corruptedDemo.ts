/** The demo's own program on fewer settlements, with one vault's book changed by one unit just before it is read back. */

import { main } from "@weighlock/demo/main.ts";
import { corruptBook } from "./corruptBook.ts";

process.exit(await main(process.argv.slice(2), { beforeReport: corruptBook, size: { deposits: 40, withdrawals: 10 } }));
