/**
 * What a committed notebook must look like: no outputs, stable cell ids, small
 * cells, one meaning for each name, and well-formed exercises.
 */
import { delimiters, hasTag } from "./homework/notebook/exercises.ts";
import { exerciseComplaints } from "./hygiene_exercises.ts";
import { topLevelNames } from "./hygiene_names.ts";
import {
  brokenLines,
  longest,
  proseBetween,
  shortest,
} from "./hygiene_prose.ts";
import { cellName, type NotebookFile } from "./homework/notebook/load.ts";
import { onlyLooks } from "./replicate/record.ts";

/** Lines of code that a reader takes in at once. */
const mostLines = 25;

const [begin, end] = delimiters.solution;
const solution = new RegExp(
  `^\\s*// ${begin}$[^]*?^\\s*// ${end}$`,
  "gm",
);

/**
 * Lines to read in a cell. Imports and the ledger are lists, not code, and a
 * solution is not in the student's copy: none of them counts.
 */
export function linesToRead(source: string): number {
  return source
    .replace(/^import\b[^;]*;\n?/gm, "")
    .replace(/^await ledger\([^]*?^\]\);\n?/gm, "")
    .replace(solution, "")
    .split("\n").length;
}

/** A statement that starts what must be awaited: the kernel tells no late failure. */
const floating =
  /^\s*((?:\w+\.)?(?:show|claim|experiment|ledger|fit|evaluate|check(?!Gradient)[A-Z]\w*))\(/gm;

/** All that is wrong with a notebook, one line each; none when it is fine. */
export function complaints(notebook: NotebookFile): string[] {
  return [
    ...metadataComplaints(notebook),
    ...idComplaints(notebook),
    ...codeComplaints(notebook),
    ...nameComplaints(notebook),
    ...proseBetween(notebook).filter(({ words }) => words > longest).map((
      { words, index },
    ) =>
      `${
        cellName(notebook, index)
      }: ${words} words since the last code cell, ` +
      `more than ${longest}: split them or cut them`
    ),
    ...markdownComplaints(notebook),
    ...exerciseComplaints(notebook),
  ];
}

/** Places where the prose is thinner than usual: to be looked at, not wrong. */
export function notes(notebook: NotebookFile): string[] {
  return proseBetween(notebook).filter(({ words }) => words < shortest).map((
    { words, index },
  ) =>
    `${cellName(notebook, index)}: ${words} words before it, usual are ` +
    `${shortest} to ${longest}`
  );
}

function metadataComplaints({ path, minor, metadata }: NotebookFile): string[] {
  const found: string[] = [];
  if (!(Number(minor) >= 5)) {
    found.push(`${path}: format 4.${minor}: 4.5 is the first with cell ids`);
  }
  const kernel = (metadata.kernelspec ?? {}) as Record<string, unknown>;
  if (kernel.name !== "deno" || kernel.language !== "typescript") {
    found.push(
      `${path}: kernelspec ${JSON.stringify(kernel)}: ` +
        `expects the name "deno" and the language "typescript"`,
    );
  }
  const language = (metadata.language_info ?? {}) as Record<string, unknown>;
  if (language.name !== "typescript") {
    found.push(`${path}: language_info.name expects "typescript"`);
  }
  return found;
}

function idComplaints(notebook: NotebookFile): string[] {
  const seen = new Set<string>();
  return notebook.cells.flatMap(({ id }, index) => {
    const name = cellName(notebook, index);
    if (!/^[\w-]{1,64}$/.test(id ?? "")) {
      return [`${name}: its id must be 1 to 64 letters, digits, - and _`];
    }
    if (seen.has(id!)) return [`${name}: its id is taken by an earlier cell`];
    seen.add(id!);
    return [];
  });
}

function codeComplaints(notebook: NotebookFile): string[] {
  return notebook.cells.flatMap((cell, index) => {
    if (cell.type !== "code") return [];
    const name = cellName(notebook, index);
    const found: string[] = [];
    if (!(Array.isArray(cell.outputs) && cell.outputs.length === 0)) {
      found.push(`${name}: has outputs: commit it without`);
    }
    if (cell.executionCount !== null) {
      found.push(`${name}: has an execution count: commit it with null`);
    }
    const lines = linesToRead(cell.source);
    if (lines > mostLines) {
      found.push(`${name}: ${lines} lines, more than ${mostLines}: split it`);
    }
    for (const [, call] of cell.source.matchAll(floating)) {
      found.push(
        `${name}: calls ${call}() without await: its failure would be lost`,
      );
    }
    if (cell.source.trim() === "") found.push(`${name}: is empty: remove it`);
    if (hasTag(cell, onlyLooks) && !/^await show\(/.test(cell.source)) {
      found.push(
        `${name}: is tagged "${onlyLooks}" but does more than show: take the tag away, or start with await show(`,
      );
    }
    return found;
  });
}

function markdownComplaints(notebook: NotebookFile): string[] {
  return notebook.cells.flatMap(({ type, source }, index) =>
    type !== "markdown"
      ? []
      : brokenLines(source).map((line) =>
        `${
          cellName(notebook, index)
        }: "${line}" is shown otherwise: break the lines elsewhere`
      )
  );
}

function nameComplaints(notebook: NotebookFile): string[] {
  const owner = new Map<string, number>();
  const found: string[] = [];
  notebook.cells.forEach((cell, index) => {
    if (cell.type !== "code") return;
    for (const name of topLevelNames(cell.source)) {
      const earlier = owner.get(name);
      if (earlier === undefined) owner.set(name, index);
      else {
        found.push(
          `${cellName(notebook, index)}: declares ${name}, which ` +
            `cell ${earlier + 1} declares: take another name`,
        );
      }
    }
  });
  return found;
}
