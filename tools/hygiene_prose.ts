/** How much a notebook says between two code cells. */
import type { NotebookFile } from "./homework/notebook/load.ts";

/** Fewest words that usually stand between two code cells. */
export const shortest = 30;
/** Most words that may stand between two code cells. */
export const longest = 120;

/** Words before the code cell at `index`, since the code cell before it. */
export interface Prose {
  words: number;
  index: number;
}

/**
 * Counts the words between code cells.
 *
 * What stands before the first code cell and after the last is free, and so
 * are the exercises: their specifications must be whole, not short.
 */
export function proseBetween(notebook: NotebookFile): Prose[] {
  const found: Prose[] = [];
  let words = 0;
  let exercise = true; // Nothing is counted before the first code cell.
  notebook.cells.forEach((cell, index) => {
    exercise ||= cell.metadata.nbgrader !== undefined;
    if (cell.type === "code") {
      if (!exercise) found.push({ words, index });
      words = 0;
      exercise = false;
    } else words += countWords(cell.source);
  });
  return found;
}

/** Words of running text: no headings, tables, code blocks, formulas or link targets. */
export function countWords(markdown: string): number {
  const text = markdown
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/\$\$[\s\S]*?\$\$/g, "")
    .replaceAll(/^(?:#|\|).*$/gm, "")
    .replaceAll(/\]\([^)]*\)/g, "]");
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/**
 * Lines that Markdown takes for something else than what was written: a code
 * span that runs over a line's end, and a sum whose sign begins a line, which
 * becomes the item of a list.
 */
export function brokenLines(markdown: string): string[] {
  const lines = markdown.replaceAll(/^```[^]*?^```/gm, "").split("\n");
  const item = /^\s*[-+*] /;
  return lines.filter((line, i) => {
    if ((line.split("`").length - 1) % 2 !== 0) return true;
    if (!item.test(line)) return false;
    const text = lines.slice(0, i).findLast((above) => above.trim() !== "");
    if (text === undefined || /^#|^\|/.test(text) || item.test(text)) {
      return false;
    }
    if (/^\s/.test(text)) return false; // an item of several lines
    return lines[i - 1] !== "" || /[\p{L}\p{N},]$/u.test(text);
  });
}
