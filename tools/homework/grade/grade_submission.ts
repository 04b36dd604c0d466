/**
 * Grades one submission: the student's code in one process, the checks in another.
 */
import type { Assignment, CheckedExercise } from "../notebook/assignment.ts";
import type { Grader } from "./check_process.ts";
import { forbidsOf, gradeExercise, gradeHidden } from "./grade_exercise.ts";
import { namedStudent } from "./named_student.ts";
import { type Notebook, NotebookError } from "../notebook/notebook.ts";
import {
  type ExerciseResult,
  shownCode,
  type SubmissionResult,
  sumPoints,
} from "./result.ts";
import { type RunnableCell, StudentProcess } from "./student_process.ts";
import {
  planSubmission,
  type StudentCell,
  type SubmissionPlan,
} from "./submission.ts";
import { clean, mostStops, tooManyStops, type Verdict } from "./verdict.ts";

/** Whose notebook, and under which names it is reported. */
export interface Submission {
  readonly student: string;
  readonly notebook: Notebook;
  readonly notes?: readonly string[];
}

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
  const { runnable, refused } = await transpileCells(
    plan.cells,
    assignment.exercises,
    grader,
  );
  const student = new StudentProcess(grader.files, grader.limits, runnable);
  for (const [index, message] of refused) {
    student.cellErrors.set(index, message);
  }
  const exercises: ExerciseResult[] = [];
  try {
    let stops = 0;
    for (const exercise of assignment.exercises) {
      const verdict = stops < (grader.limits.stops ?? mostStops)
        ? await gradeExercise(exercise, { plan, student, grader })
        : tooManyStops;
      if (verdict.status === "stopped") stops++;
      exercises.push(report(exercise, plan, verdict, student.takePrinted()));
    }
    // Last of all, so that no later exercise can tell what they asked for.
    for (const [i, exercise] of assignment.exercises.entries()) {
      if (exercise.visible === undefined) continue;
      const { status, printed = "" } = exercises[i];
      if (status !== "passed") continue;
      const verdict = stops < (grader.limits.stops ?? mostStops)
        ? await gradeHidden(exercise, { plan, student, grader })
        : tooManyStops;
      if (verdict.status === "stopped") stops++;
      exercises[i] = report(exercise, plan, verdict, printed);
    }
    checkSetup(plan, student);
  } finally {
    await student.close();
  }
  const notes = [
    ...submission.notes ?? [],
    ...plan.notes,
    ...namedStudent(submission.student, plan.answers),
    ...definedElsewhere(assignment.exercises, plan),
    ...cellNotes(plan, student),
  ].map(clean);
  const otherCells = othersOf(plan)
    .map(({ place, source }) => ({ place, source: shownCode(source) }));
  return {
    student: submission.student,
    notebook: assignment.name,
    status: "graded",
    points: sumPoints(exercises.map((e) => e.points)),
    maxPoints: sumPoints(exercises.map((e) => e.maxPoints)),
    exercises,
    notes,
    ...(otherCells.length > 0 ? { otherCells } : {}),
  };
}

/** The student's cells that belong to no exercise. */
function othersOf({ cells }: SubmissionPlan): StudentCell[] {
  return cells.filter(({ place, gradeId }) => place > 0 && !gradeId);
}

/** Graded names that a cell sets which is none of their exercise's. */
function definedElsewhere(
  exercises: readonly CheckedExercise[],
  plan: SubmissionPlan,
): string[] {
  const notes: string[] = [];
  for (const { id, needs, solutions } of exercises) {
    for (const name of needs) {
      for (const { place, gradeId, source } of plan.cells) {
        const own = gradeId !== undefined && solutions.includes(gradeId);
        if (own || place === 0 || !sets(source, name)) continue;
        notes.push(
          `Cell ${place} sets \`${name}\`, which exercise ${id} asks for, outside the exercise's own cell.`,
        );
      }
    }
  }
  return notes;
}

/** Whether code declares a name or assigns to it, as far as its text tells. */
function sets(source: string, name: string): boolean {
  const word = `(?<![\\w$])${RegExp.escape(name)}(?![\\w$])`;
  return new RegExp(`(?:function|class)\\*?\\s+${word}|${word}\\s*=(?![=>])`)
    .test(source);
}

async function transpileCells(
  cells: readonly StudentCell[],
  exercises: readonly CheckedExercise[],
  { reader }: Grader,
): Promise<{ runnable: RunnableCell[]; refused: Map<number, string> }> {
  const runnable: RunnableCell[] = [];
  const refused = new Map<number, string>();
  const sources = cells.map(({ source }) => source);
  for (const [index, cell] of (await reader.transpile(sources)).entries()) {
    if ("error" in cell) refused.set(index, cell.error);
    else {
      const { gradeId } = cells[index];
      const own = exercises.find(({ solutions }) =>
        gradeId !== undefined && solutions.includes(gradeId)
      );
      runnable.push({ index, code: cell, forbids: own && forbidsOf(own) });
    }
  }
  return { runnable, refused };
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
    answer: shownCode(
      answers.filter((text) => text !== undefined).join("\n\n"),
    ),
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
