/**
 * Grades one submission: the student's code in one process, the checks in another.
 *
 * @module
 */
import type { Assignment, CheckedExercise } from "./assignment.ts";
import type { CheckProcess } from "./check_process.ts";
import { type Ending, type Limits, ProcessEnded } from "./limits.ts";
import { type Notebook, NotebookError } from "./notebook.ts";
import {
  cleanText,
  type ExerciseResult,
  type SubmissionResult,
  sumPoints,
} from "./result.ts";
import { rootFolder } from "./root.ts";
import type {
  CheckAnswer,
  CheckCall,
  CheckOutcome,
} from "./sandbox/messages.ts";
import type { SandboxFiles } from "./sandbox_files.ts";
import {
  errorText,
  type RunnableCell,
  StudentProcess,
} from "./student_process.ts";
import {
  planSubmission,
  type StudentCell,
  type SubmissionPlan,
} from "./submission.ts";
import { transpileCell } from "./transpile.ts";

/** What grading needs beside the submission. */
export interface Grader {
  readonly files: SandboxFiles;
  readonly limits: Limits;
  readonly checks: CheckProcess;
}

/** Whose notebook, and under which names it is reported. */
export interface Submission {
  readonly student: string;
  readonly notebook: Notebook;
  readonly notes?: readonly string[];
}

/** What an exercise got, before points and texts are put together. */
type Verdict = Pick<ExerciseResult, "status" | "mistake" | "details">;

/** Exercises in a row that get a process killed before the rest is left out. */
const mostStops = 5;

/**
 * Grades a submission.
 *
 * @throws {NotebookError} The sandbox does not start, or the instructor's setup cell
 *   fails: then nobody could be graded fairly.
 */
export async function gradeSubmission(
  assignment: Assignment,
  submission: Submission,
  grader: Grader,
): Promise<SubmissionResult> {
  const plan = planSubmission(
    assignment.notebook,
    assignment.exercises,
    submission.notebook,
  );
  const { runnable, refused } = transpileCells(plan.cells);
  const student = new StudentProcess(grader.files, grader.limits, runnable);
  for (const [index, message] of refused) {
    student.cellErrors.set(index, message);
  }
  const exercises: ExerciseResult[] = [];
  try {
    let stops = 0;
    for (const exercise of assignment.exercises) {
      const verdict = stops < mostStops
        ? await gradeExercise(exercise, { plan, student, grader })
        : tooManyStops;
      if (verdict.status === "stopped") stops++;
      exercises.push(report(exercise, plan, verdict, student.takePrinted()));
    }
    checkSetup(plan, student);
  } finally {
    await student.close();
  }
  const notes = [
    ...submission.notes ?? [],
    ...plan.notes,
    ...cellNotes(plan, student),
  ].map(clean);
  return {
    student: submission.student,
    notebook: assignment.name,
    status: "graded",
    points: sumPoints(exercises.map((e) => e.points)),
    maxPoints: sumPoints(exercises.map((e) => e.maxPoints)),
    exercises,
    notes,
  };
}

const tooManyStops: Verdict = {
  status: "stopped",
  mistake: "not run",
  details:
    `${mostStops} exercises before this one had to be stopped, so it was not run`,
};

function transpileCells(
  cells: readonly StudentCell[],
): { runnable: RunnableCell[]; refused: Map<number, string> } {
  const runnable: RunnableCell[] = [];
  const refused = new Map<number, string>();
  cells.forEach(({ source }, index) => {
    try {
      runnable.push({ index, code: transpileCell(source) });
    } catch (error) {
      // A parser in a stack overflow is the submission's fault as well.
      if (!(error instanceof SyntaxError || error instanceof RangeError)) {
        throw error;
      }
      refused.set(index, `${error.name}: ${error.message}`);
    }
  });
  return { runnable, refused };
}

interface Context {
  readonly plan: SubmissionPlan;
  readonly student: StudentProcess;
  readonly grader: Grader;
}

async function gradeExercise(
  exercise: CheckedExercise,
  { plan, student, grader }: Context,
): Promise<Verdict> {
  if (exercise.program === undefined) {
    return { status: "manual", details: "A person gives the points." };
  }
  await student.ready();
  student.takePrinted(); // of the cells, not of this exercise
  student.startClock();
  let outcome: Verdict | CheckOutcome | Ending;
  try {
    const names = await readNames(exercise, plan, student);
    outcome = "status" in names ? names : await grader.checks.run(
      { program: exercise.program, ...names },
      (call) => serve(student, call),
    );
  } catch (error) {
    if (!(error instanceof ProcessEnded)) throw error;
    outcome = { status: "stopped" };
  }
  // Whatever the check made of it: an exercise whose process ended is not solved.
  const ending = await student.stopClock();
  if (ending) return stopped(ending);
  if ("status" in outcome) return outcome;
  if ("kind" in outcome) return stopped(outcome, "The check of this answer");
  return verdictOf(outcome, exercise.id);
}

/** What the check needs of the student: functions by name, values as data. */
async function readNames(
  exercise: CheckedExercise,
  plan: SubmissionPlan,
  student: StudentProcess,
): Promise<
  Verdict | { functions: string[]; values: Record<string, unknown> }
> {
  const functions: string[] = [];
  const values: Record<string, unknown> = Object.create(null);
  for (const name of exercise.needs) {
    const reply = await student.ask({ name });
    if (reply.kind === "function") functions.push(name);
    else if (reply.kind === "error") {
      return {
        status: "failed",
        mistake: "no plain data",
        details: `\`${name}\` holds ${clean(reply.error?.message ?? "")}`,
      };
    } else if (isUndefined(reply.value)) {
      return missing(name, exercise, plan, student);
    } else values[name] = reply.value;
  }
  return { functions, values: { ...values } };
}

function isUndefined(packed: unknown): boolean {
  return typeof packed === "object" && packed !== null && "undefined" in packed;
}

/** A name is not there: because its cell failed, or is gone, or is not solved. */
function missing(
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
    const stops = /^The (cell|notebook) /.test(problem);
    return {
      status: stops ? "stopped" : "failed",
      mistake: problem.startsWith("SyntaxError")
        ? "syntax error"
        : stops
        ? "cell stopped"
        : "an error",
      details: stops ? problem : `The cell does not run: ${clean(problem)}`,
    };
  }
  return {
    status: "missing",
    mistake: "missing",
    details: `\`${name}\` is not defined: write the solution into the cell "${
      exercise.solutions.at(-1) ?? name
    }" and keep the name`,
  };
}

const notImplemented: Verdict = {
  status: "failed",
  mistake: "not implemented",
  details: "The cell is still the stub: replace its throw by your solution",
};

async function serve(
  student: StudentProcess,
  { name, args }: CheckCall,
): Promise<Omit<CheckAnswer, "answer">> {
  try {
    const reply = await student.ask({ name, args });
    if (reply.kind !== "error") return { value: reply.value, args: reply.args };
    const error = reply.error;
    return {
      error: {
        name: String(error?.name ?? "Error"),
        message: clean(String(error?.message ?? "")),
      },
    };
  } catch (error) {
    if (!(error instanceof ProcessEnded)) throw error;
    return { error: { name: error.name, message: error.message } };
  }
}

const endingNames: Record<Ending["kind"], string> = {
  time: "time limit",
  memory: "memory limit",
  output: "too much output",
  exit: "process ended",
  closed: "process ended",
};

function stopped(ending: Ending, who = "The code"): Verdict {
  return {
    status: "stopped",
    mistake: endingNames[ending.kind],
    details: `${who} ${ending.text}`,
  };
}

function verdictOf({ error }: CheckOutcome, id: string): Verdict {
  if (!error) return { status: "passed" };
  if (/^Not implemented/.test(error.message)) return notImplemented;
  if (error.mistake !== undefined) {
    const start = `Exercise ${id}: ${error.mistake}. `;
    const details = error.message.startsWith(start)
      ? error.message.slice(start.length)
      : error.message;
    return {
      status: "failed",
      mistake: clean(error.mistake),
      details: clean(details),
    };
  }
  return {
    status: "failed",
    mistake: error.fromStudent ? "an error" : "check not passed",
    details: clean(
      error.fromStudent
        ? `Your code threw ${errorText(error)}`
        : errorText(error),
    ),
  };
}

function report(
  exercise: CheckedExercise,
  plan: SubmissionPlan,
  verdict: Verdict,
  printed: string,
): ExerciseResult {
  const own = exercise.program === undefined
    ? [...exercise.solutions, exercise.gradeId]
    : exercise.solutions;
  const answers = [...new Set(own)].map((id) => plan.answers.get(id));
  return {
    id: exercise.id,
    title: exercise.title,
    points: verdict.status === "passed" ? exercise.points : 0,
    maxPoints: exercise.points,
    ...verdict,
    ...(printed === "" ? {} : { printed: clean(printed) }),
    answer: answers.filter((text) => text !== undefined).join("\n\n")
      .slice(0, 20_000).toWellFormed(),
  };
}

/** The instructor's setup cell must run; else the fault is not the student's. */
function checkSetup(plan: SubmissionPlan, student: StudentProcess): void {
  plan.cells.forEach(({ place }, index) => {
    const problem = student.cellErrors.get(index);
    if (place !== 0 || problem === undefined) return;
    // A later cell of the student's can bring the whole process down.
    if (problem.startsWith("The notebook ")) return;
    throw new NotebookError(
      `The setup cell of the instructor's notebook does not run: ${problem}`,
    );
  });
}

/** Cells outside the exercises that failed: worth a line, not worth points. */
function cellNotes(plan: SubmissionPlan, student: StudentProcess): string[] {
  return plan.cells.flatMap(({ place, gradeId }, index) => {
    const problem = student.cellErrors.get(index);
    if (problem === undefined || gradeId !== undefined || place === 0) {
      return [];
    }
    return [`Cell ${place} did not run to its end: ${problem}`];
  });
}

function clean(text: string): string {
  return cleanText(text, [rootFolder]);
}
