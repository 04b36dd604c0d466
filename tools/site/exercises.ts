/** `lib/exercises/` as a public page may have it. */
import { join } from "node:path";
import { studentsExercises } from "../homework/release/students_exercises.ts";
import { root } from "../paths.ts";
import { lessons } from "./course.ts";
import { filesBelow } from "./publish.ts";

/**
 * The files of `lib/exercises/` by name, as students get them: the same checks, and
 * nothing that solves an exercise.
 */
export async function publicExercises(): Promise<Map<string, string>> {
  const folder = join(root, "lib", "exercises");
  const files = new Map<string, string>();
  for (const name of await filesBelow(folder)) {
    files.set(name, await Deno.readTextFile(join(folder, name)));
  }
  const course = await lessons([]);
  return studentsExercises(files, course.map(({ student }) => student));
}
