/**
 * Grades one exercise: the check asks for the results of the student's code.
 */
import type { CheckedExercise } from "../notebook/assignment.ts";
import type { Grader } from "./check_process.ts";
import { type Ending, ProcessEnded } from "../sandbox/limits.ts";
import type {
  CheckAnswer,
  CheckCall,
  CheckOutcome,
  Forbids,
} from "../sandbox/inside/messages.ts";
import type { StudentProcess } from "./student_process.ts";
import type { SubmissionPlan } from "./submission.ts";
import { clean, missing, stopped, type Verdict, verdictOf } from "./verdict.ts";

interface Context {
  readonly plan: SubmissionPlan;
  readonly student: StudentProcess;
  readonly grader: Grader;
}

/** What the library refuses while an exercise runs. */
export function forbidsOf(
  { id, forbids }: Pick<CheckedExercise, "id" | "forbids">,
): Forbids | undefined {
  return forbids && { exercise: id, names: forbids };
}

/** Runs the check of one exercise, as far as the student knows it. */
export async function gradeExercise(
  exercise: CheckedExercise,
  context: Context,
): Promise<Verdict> {
  const program = exercise.visible ?? exercise.program;
  if (program === undefined) {
    return { status: "manual", details: "A person gives the points." };
  }
  return await runCheck(exercise, program, context);
}

/**
 * Runs the hidden tests of an exercise that passed its visible ones. No word of
 * the student's code comes out of it, and no number of a test: from its inputs
 * others could write a table of answers.
 */
export async function gradeHidden(
  exercise: CheckedExercise,
  context: Context,
): Promise<Verdict> {
  const { status, mistake } = await runCheck(
    exercise,
    exercise.program!,
    context,
  );
  context.student.takePrinted();
  if (status === "passed") return { status };
  return {
    status,
    mistake,
    details:
      `The tests that you see pass, the hidden ones do not (${mistake}). Their numbers are not shown: try shapes, sizes and seeds of your own`,
  };
}

async function runCheck(
  exercise: CheckedExercise,
  program: string,
  { plan, student, grader }: Context,
): Promise<Verdict> {
  await student.ready();
  student.takePrinted(); // of the cells, not of this exercise
  student.startClock();
  let outcome: Verdict | CheckOutcome | Ending;
  try {
    const names = await readNames(exercise, plan, student);
    outcome = "status" in names ? names : await grader.checks.run(
      { program, ...names },
      (call) => serve(student, { ...call, forbids: forbidsOf(exercise) }),
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
    const reply = await student.ask({ name, forbids: forbidsOf(exercise) });
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

async function serve(
  student: StudentProcess,
  { name, args, forbids }: CheckCall & { forbids?: Forbids },
): Promise<Omit<CheckAnswer, "answer">> {
  try {
    const reply = await student.ask({ name, args, forbids });
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
