/**
 * Reads notebooks and turns their cells into JavaScript, in a process of its own.
 *
 * Nothing of a student's runs here. But JSON of many small parts takes forty times
 * its length, and some code of a hundred characters keeps a parser busy for days:
 * here both meet the limits of a process, and not the grader of a whole class.
 */
import process from "node:process";
import { openChannel } from "./channel.ts";
import type { ReadAnswer, ReadTask, Transpiled } from "./messages.ts";

const channel = openChannel();

// TypeScript asks a system for its variables and its processors when it is
// loaded; in a browser, as this locked process is one, it does not.
Object.assign(process, { browser: true });
const { transpileCell } = await import("../transpile.ts");

/** Metadata that says more than this is no business of the grader's. */
const longestMetadata = 20_000;

/** The part of a notebook that is graded: no outputs, no attachments. */
function withoutOutputs(value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value.cells)) return value;
  const { nbformat, nbformat_minor, metadata, cells } = value;
  return {
    nbformat,
    nbformat_minor,
    metadata: short(metadata, ["kernelspec", "language_info"]),
    cells: cells.map((cell) => {
      if (!isRecord(cell)) return cell;
      const { cell_type, id, source, metadata } = cell;
      return { cell_type, id, source, metadata: short(metadata, ["nbgrader"]) };
    }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Metadata, or of metadata that are too long those that are named and short. */
function short(metadata: unknown, names: readonly string[]): unknown {
  if (!isRecord(metadata)) return undefined;
  if (isShort(metadata)) return metadata;
  return Object.fromEntries(
    names.filter((name) => isShort(metadata[name]))
      .map((name) => [name, metadata[name]]),
  );
}

function isShort(value: unknown): boolean {
  try {
    return (JSON.stringify(value) ?? "").length <= longestMetadata;
  } catch (error) {
    if (error instanceof RangeError) return false; // nested too deeply to write
    throw error;
  }
}

function read(text: string): ReadAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: "no JSON" };
  }
  return { notebook: withoutOutputs(value) };
}

function transpile(source: string): Transpiled {
  try {
    return transpileCell(source);
  } catch (error) {
    // A parser in a stack overflow is the submission's fault as well.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    return { error: `${error.name}: ${error.message}` };
  }
}

channel.hello();
channel.send("{}");
for (;;) {
  const task = channel.receive() as ReadTask | undefined;
  if (task === undefined) break;
  const answer = "text" in task
    ? read(task.text)
    : { cell: transpile(task.source) };
  channel.send(JSON.stringify(answer));
}
channel.exit();
