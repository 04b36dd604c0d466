/** What an exercise got, and how it is said. */
import type { CheckedExercise } from "../notebook/assignment.ts";
import type { Ending } from "../sandbox/limits.ts";
import { cleanText, type ExerciseResult } from "./result.ts";
import { root } from "../../paths.ts";
import type { CheckOutcome } from "../sandbox/inside/messages.ts";
import { errorText } from "../sandbox/load_watch.ts";
import type { StudentProcess } from "./student_process.ts";
import type { SubmissionPlan } from "./submission.ts";

/** What an exercise got, before points and texts are put together. */
export type Verdict = Pick<ExerciseResult, "status" | "mistake" | "details">;

/** Exercises in a row that get a process killed before the rest is left out. */
export const mostStops = 5;

/** The verdict after that many. */
export const tooManyStops: Verdict = {
  status: "stopped",
  mistake: "not run",
  details:
    `${mostStops} exercises before this one had to be stopped, so it was not run`,
};

const failed = (mistake: string, details: string): Verdict => ({
  status: "failed",
  mistake,
  details,
});

/** The stub is still there. */
const notImplemented = failed(
  "not implemented",
  "The cell is still the stub: replace its throw by your solution",
);

/** What the library says where the exercise asks to write what was called. */
const refused = /\w+\(\) is refused here: exercise \S+ asks you to write it/;

/** A text of an error of the student's code as a verdict. */
function thrown(text: string, details: string): Verdict {
  const told = refused.exec(text)?.[0];
  return told === undefined
    ? failed("an error", details)
    : failed("calls the library", `${told}: do without it`);
}

/** A name is not there: because its cell failed, or is gone, or is not solved. */
export function missing(
  name: string,
  exercise: CheckedExercise,
  plan: SubmissionPlan,
  student: StudentProcess,
): Verdict {
  for (let index = 0; index < plan.cells.length; index++) {
    const { gradeId } = plan.cells[index];
    const problem = student.cellErrors.get(index);
    if (problem === undefined || gradeId === undefined) continue;
    if (!exercise.solutions.includes(gradeId)) continue;
    if (problem.startsWith("Not implemented")) return notImplemented;
    if (/^The (cell|notebook) /.test(problem)) {
      return { status: "stopped", mistake: "cell stopped", details: problem };
    }
    const details = `The cell does not run: ${clean(problem)}`;
    return problem.startsWith("SyntaxError")
      ? failed("syntax error", details)
      : thrown(problem, details);
  }
  return {
    status: "missing",
    mistake: "missing",
    details: `\`${name}\` is not defined: write the solution into the cell "${
      exercise.solutions.at(-1) ?? name
    }" and keep the name`,
  };
}

const endingNames: Record<Ending["kind"], string> = {
  time: "time limit",
  memory: "memory limit",
  output: "too much output",
  exit: "process ended",
  closed: "process ended",
};

/** The process of the code ended before the check did. */
export function stopped(ending: Ending, who = "The code"): Verdict {
  return {
    status: "stopped",
    mistake: endingNames[ending.kind],
    details: `${who} ${ending.text}`,
  };
}

/** The verdict of a check that ran to its end. */
export function verdictOf({ error }: CheckOutcome, id: string): Verdict {
  if (!error) return { status: "passed" };
  if (/^Not implemented/.test(error.message)) return notImplemented;
  if (error.mistake !== undefined) {
    const start = `Exercise ${id}: ${error.mistake}. `;
    const details = error.message.startsWith(start)
      ? error.message.slice(start.length)
      : error.message;
    return error.mistake === "an error"
      ? thrown(details, clean(details))
      : failed(clean(error.mistake), clean(details));
  }
  return error.fromStudent
    ? thrown(error.message, clean(`Your code threw ${errorText(error)}`))
    : failed("check not passed", clean(errorText(error)));
}

/** A text of the submission's as reports may hold it. */
export function clean(text: string): string {
  return cleanText(text, [root])
    .replaceAll(/\.cache\/homework\/(?:stock-)?[0-9a-f]{16}\/files\//g, "");
}
