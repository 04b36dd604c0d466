/**
 * Every notebook of the course can be assigned: its solutions get all points,
 * its students' version none. Trains small networks, so it is no unit test.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import {
  CheckProcess,
  defaultLimits,
  exercisesOf,
  gradeSubmission,
  parseNotebook,
  prepareAssignment,
  prepareSandbox,
  studentVersion,
} from "cnn/homework";
import { notebookPaths } from "../../lib/homework/load.ts";
import { rootFolder } from "../../lib/homework/root.ts";
import { stampText } from "../../lib/homework/stamp_file.ts";

for (const path of await notebookPaths(join(rootFolder, "notebooks"))) {
  const name = path.split(/[\\/]/).at(-1)!.replace(".ipynb", "");
  const bytes = await Deno.readFile(path);
  const notebook = parseNotebook(bytes);

  Deno.test(`${name} has exercises with complete marks`, () => {
    assert(exercisesOf(notebook).length > 0);
    const text = new TextDecoder().decode(bytes);
    assertEquals(
      JSON.parse(stampText(text)),
      JSON.parse(text),
      "run: deno task homework stamp",
    );
  });

  Deno.test(`${name} can be graded`, async () => {
    const files = await prepareSandbox();
    const limits = { ...defaultLimits, seconds: 120 }; // other work may run beside
    const checks = new CheckProcess(files, limits);
    const assignment = prepareAssignment(name, notebook);
    const grade = (handedIn: typeof notebook) =>
      gradeSubmission(assignment, { student: "", notebook: handedIn }, {
        files,
        limits,
        checks,
      });
    try {
      const solved = await grade(notebook);
      assertEquals(
        solved.exercises.filter((e) => e.status !== "passed").map((e) => [
          e.id,
          e.mistake,
          e.details,
        ]),
        [],
      );
      assertEquals(solved.points, solved.maxPoints);
      const stubs = await grade(studentVersion(notebook));
      assertEquals(stubs.points, 0);
    } finally {
      await checks.close();
    }
  });
}
