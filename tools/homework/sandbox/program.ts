/**
 * Joins transpiled cells to one program: a function body that returns the
 * cells as functions and a way to read their names.
 */
import type { CellCode } from "./share_names.ts";

/** What the text of a program returns when it is run. */
export interface Program {
  readonly cells: readonly (() => Promise<void>)[];
  /** Reads a top-level name; undefined where no cell set it. */
  readonly read: (name: string) => unknown;
}

/**
 * The text for `new Function(text)`.
 *
 * @param cells Transpiled cells in the order of the notebook.
 * @param outside Names that are parameters of the function, not declared here.
 */
export function programText(
  cells: readonly CellCode[],
  outside: readonly string[] = [],
): string {
  const names = new Set(cells.flatMap((cell) => cell.names));
  for (const name of outside) names.delete(name);
  const readers = [...names, ...outside].map((name) =>
    `${JSON.stringify(name)}: () => ${name}`
  );
  return [
    '"use strict";',
    names.size > 0 ? `let ${[...names].join(", ")};` : "",
    "return {",
    "cells: [",
    ...cells.map((cell) => `async () => {\n${cell.code}\n},`),
    "],",
    // As in the kernel, a name may also be a property of globalThis.
    `read: ((readers) => (name) => readers[name] ? readers[name]() : Object.hasOwn(globalThis, name) ? globalThis[name] : undefined)({ __proto__: null, ${
      readers.join(", ")
    } }),`,
    "};",
  ].join("\n");
}
