/** `deno task homework validate NOTEBOOK ...`. */
import { basename } from "node:path";
import { classroomResult } from "../report/classroom.ts";
import { loadNotebook, readNotebook } from "../notebook/load.ts";
import { type Notebook, NotebookError } from "../notebook/notebook.ts";
import { UsageError } from "../../options.ts";
import { fromUser } from "../../paths.ts";
import type { SubmissionResult } from "../grade/result.ts";
import { validateNotebook } from "../grade/validate.ts";
import { limitOptions, readLimits, readOptions } from "./options.ts";

/** Says of each exercise whether its visible check passes; 3 if one does not. */
export async function validateCommand(args: string[]): Promise<number> {
  const options = readOptions("validate", args, {
    ...limitOptions,
    classroom: { type: "boolean", default: false },
  });
  if (options.positionals.length === 0) {
    throw new UsageError("validate expects the path of a notebook");
  }
  const limits = readLimits("validate", options);
  const results: SubmissionResult[] = [];
  const several = options.positionals.length > 1;
  for (const path of options.positionals) {
    // Before what is asked of a notebook that runs: a scratch one may be empty.
    if (several && !hasMarks(await readNotebook(fromUser(path)))) {
      console.log(
        `${basename(path)}: passed over, because it has no exercises`,
      );
      continue;
    }
    const { name, notebook } = await loadNotebook(fromUser(path));
    const result = await validateNotebook(name, notebook, limits);
    console.log(describe(result));
    results.push(result);
  }
  if (results.length === 0) {
    throw new NotebookError(
      `validate expects a notebook with exercises but found none in ${
        options.positionals.join(", ")
      }: name the one that you solved`,
    );
  }
  if (options.values.classroom === true) await report(results);
  const passed = results.flatMap(({ exercises }) => exercises)
    .every(({ status }) => status === "passed" || status === "manual");
  return passed ? 0 : 3;
}

/** Has it a cell with marks, be they right or wrong? */
function hasMarks({ cells }: Notebook): boolean {
  return cells.some(({ metadata }) => metadata.nbgrader !== undefined);
}

const marks = { passed: "✓", manual: "?" } as Record<string, string>;

function describe(result: SubmissionResult): string {
  const lines = result.exercises.flatMap((e) => [
    `${marks[e.status] ?? "✗"} ${e.title || `Exercise ${e.id}`}` +
    (e.mistake === undefined ? "" : `: ${e.mistake}`),
    ...(e.details === undefined ? [] : [`    ${e.details}`]),
  ]);
  return [
    `${result.notebook}: ${result.points} of ${result.maxPoints} points by the visible checks`,
    ...lines,
    ...result.notes.map((note) => `! ${note}`),
  ].join("\n");
}

/** Hands the result to the next step of a GitHub workflow. */
async function report(results: readonly SubmissionResult[]): Promise<void> {
  const file = Deno.env.get("GITHUB_OUTPUT");
  if (file === undefined) {
    throw new UsageError(
      "validate --classroom expects the variable GITHUB_OUTPUT, which a GitHub workflow sets",
    );
  }
  await Deno.writeTextFile(file, `result=${classroomResult(results)}\n`, {
    append: true,
  });
}
