import { settle, unset } from "../base/options.ts";
import { show } from "../notebook/show.ts";
import { checkExercise, type CheckOptions } from "./check_error.ts";
import { judgeChoice } from "./choice.ts";
import { checkPatient, sicknessOf, signs } from "./patient.ts";

/**
 * Checks a student's diagnosis of a patient of the clinic.
 *
 * @param diagnosis One of `sicknesses`.
 * @param options `exercise`; `patient`: the number that patient() was called with.
 * @throws {CheckError} Another sickness; the message says what its charts would
 * show, and which curve or row to look at.
 *
 * @example
 * ```ts
 * import { checkDiagnosis } from "cnn";
 *
 * await checkDiagnosis("inputs not scaled", { exercise: "C.1", patient: 1 });
 * ```
 */
export async function checkDiagnosis(
  diagnosis: string,
  options: Pick<CheckOptions, "exercise"> & { patient: number },
): Promise<void> {
  const fn = "checkDiagnosis";
  const { exercise, patient } = settle(
    fn,
    options,
    unset("exercise", "patient"),
  );
  checkExercise(fn, exercise);
  checkPatient(fn, patient);
  const expected = sicknessOf(patient);
  await judgeChoice(fn, diagnosis, { exercise, among: signs, expected });
  await show(`✓ Exercise ${exercise} passed: ${diagnosis}.`);
}
