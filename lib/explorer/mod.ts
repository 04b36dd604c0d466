/** A network live in the reader's browser. @module */
export { type Explorer, explorer, type ExplorerOptions } from "./explorer.ts";
