import { shown } from "../base/options.ts";
import { checkExercise } from "./check_error.ts";

/**
 * A seed of one student's for one exercise, so that everybody has numbers of their own.
 *
 * The text of the exercise draws its numbers with it, and so does the check: a
 * result that somebody else found does not pass.
 *
 * @param student The student's name, as the folder that is handed in; spaces around it and
 *   the case of letters make no difference.
 * @param exercise Number of the exercise.
 * @returns A whole number from 0 to 4294967295 (FNV-1a, 32 bits, over UTF-8).
 * @throws {TypeError} An empty name, or no exercise.
 *
 * @example
 * ```ts
 * import { checkNumber, personalSeed, random } from "cnn";
 *
 * const student = "ann";
 * // In the text: "your two numbers are".
 * const draw = random(personalSeed(student, "2.7"));
 * const [a, b] = [draw.integer(90), draw.integer(90)];
 * // In the student's cell, and in the check cell, which draws them again.
 * const answer = a * b;
 * await checkNumber(answer, { exercise: "2.7", expected: a * b });
 * ```
 */
export function personalSeed(student: string, exercise: string): number {
  if (typeof student !== "string" || student.trim() === "") {
    throw new TypeError(
      `personalSeed() expects the student's name as a text but found ${
        shown(student)
      }: write the name of the folder that is handed in`,
    );
  }
  checkExercise("personalSeed", exercise);
  const name = student.trim().normalize("NFC").toLowerCase();
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${exercise}: ${name}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
