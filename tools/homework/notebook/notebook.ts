/** Reading a notebook that may be broken. */
import { shown } from "../../../lib/base/options.ts";
import { SetupError } from "../../process.ts";

/** One cell, with its source as one string. */
export interface Cell {
  readonly type: "code" | "markdown" | "raw";
  readonly id?: string;
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What running a code cell left in the file, as it stands there. */
  readonly outputs?: unknown;
  readonly executionCount?: unknown;
}

/** A notebook of format 4. */
export interface Notebook {
  /** The second number of the format: of 4.5 the 5. */
  readonly minor?: unknown;
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A notebook that cannot be read; the message says why and what to do. */
export class NotebookError extends SetupError {
  override name = "NotebookError";
}

/** The largest notebook file that is read: outputs can be large, not this large. */
export const largestNotebook = 100 * 1024 * 1024;

/** True for a value between braces in JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads the bytes of an .ipynb file.
 *
 * @param bytes The whole file.
 * @throws {NotebookError} No UTF-8, no JSON, or no notebook of format 4.
 *
 * @example
 * ```ts
 * import { parseNotebook } from "cnn/homework";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => parseNotebook(new TextEncoder().encode("{")), Error, "no JSON");
 * ```
 */
export function parseNotebook(bytes: Uint8Array): Notebook {
  return readNotebook(parseJson(textOf(bytes)));
}

/** A value of a file in a message; a list may be nested too deeply to be written. */
export const told = (value: unknown): string =>
  Array.isArray(value) ? "a list" : shown(value);

/**
 * The text of an .ipynb file.
 *
 * @throws {NotebookError} An empty file, one that is too large, or no UTF-8.
 */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length === 0) {
    throw new NotebookError(
      "The file is empty: save the notebook and submit it again",
    );
  }
  if (bytes.length > largestNotebook) {
    throw new NotebookError(
      `The file has ${Math.round(bytes.length / 1048576)} MB, more than the ${
        largestNotebook / 1048576
      } MB that are read: clear all outputs, save, and submit it again`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new NotebookError(
      "The file is no UTF-8 text, so it is damaged or no notebook: submit the .ipynb file that JupyterLab saves",
      { cause: error },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotebookError(
      "The file is no JSON, so it is damaged or cut off: open it in JupyterLab, save it, and submit it again",
      { cause: error },
    );
  }
}

/** Checks the parsed JSON of a notebook. */
export function readNotebook(value: unknown): Notebook {
  if (!isRecord(value)) {
    throw new NotebookError(
      "The file holds JSON but no notebook: submit the .ipynb file that JupyterLab saves",
    );
  }
  if (value.nbformat !== undefined && value.nbformat !== 4) {
    throw new NotebookError(
      `The notebook has format ${
        told(value.nbformat)
      } but format 4 is read: open it in JupyterLab and save it`,
    );
  }
  if (!Array.isArray(value.cells)) {
    throw new NotebookError(
      "The file has no list of cells, so it is no notebook: submit the .ipynb file that JupyterLab saves",
    );
  }
  if (value.nbformat === undefined) {
    throw new NotebookError(
      "The file does not say which format of notebook it has, so it is damaged: open it in JupyterLab, save it, and submit it again",
    );
  }
  return {
    minor: value.nbformat_minor,
    cells: value.cells.map(readCell),
    metadata: isRecord(value.metadata) ? value.metadata : {},
  };
}

function readCell(value: unknown, index: number): Cell {
  const problem = (found: string) =>
    new NotebookError(
      `Cell ${
        index + 1
      } is damaged: ${found}. Open the notebook in JupyterLab, repair the cell, and submit it again`,
    );
  if (!isRecord(value)) throw problem("it is no object");
  const type = value.cell_type;
  if (type !== "code" && type !== "markdown" && type !== "raw") {
    throw problem("its cell_type is none of code, markdown, raw");
  }
  const source = joinSource(value.source);
  if (source === undefined) throw problem("its source is no text");
  return {
    type,
    source,
    id: typeof value.id === "string" ? value.id : undefined,
    metadata: isRecord(value.metadata) ? value.metadata : {},
    ...(type === "code"
      ? { outputs: value.outputs, executionCount: value.execution_count }
      : {}),
  };
}

/** A source is a string or a list of strings; undefined for anything else. */
function joinSource(source: unknown): string | undefined {
  if (typeof source === "string") return source.replaceAll("\r\n", "\n");
  if (!Array.isArray(source)) return undefined;
  if (!source.every((line) => typeof line === "string")) return undefined;
  return source.join("").replaceAll("\r\n", "\n");
}
