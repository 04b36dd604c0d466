/** A check that nobody awaits passes nobody. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  defaultLimits,
  gradeSubmission,
  type Notebook,
  prepareAssignment,
  prepareSandbox,
  studentVersion,
  withGrader,
} from "cnn/homework";
import { checkAssignment } from "../../../tools/homework/grade/grade_class.ts";
import { edited, exercise, instructor } from "./fixture.ts";

/** Grades two notebooks by one instructor's copy, in one check process. */
async function gradeBy(copy: Notebook, ...notebooks: Notebook[]) {
  const assignment = prepareAssignment("90_fixture", copy);
  const files = await prepareSandbox();
  return await withGrader(files, defaultLimits, async (grader) => {
    const results = [];
    for (const notebook of notebooks) {
      const submission = { student: "ann", notebook };
      results.push(await gradeSubmission(assignment, submission, grader));
    }
    return results;
  });
}

const check = (id: string) =>
  instructor.cells.find((cell) => cell.id === id)!.source;

Deno.test("a check without await gives no points and is told to the instructor", async () => {
  const copy = edited({
    "check-90-1": check("check-90-1").replaceAll("await ", ""),
    "check-90-2": check("check-90-2").replace("await ", ""), // only the first
  });
  const [stub, solved] = await gradeBy(
    copy,
    studentVersion(instructor),
    instructor,
  );
  assertEquals(stub.points, 0);
  const { status, details } = exercise(solved, "90.1");
  assertEquals(status, "failed");
  assertStringIncludes(
    details!,
    "The check does not wait for myOutputLength(): write await before",
  );
  await assertRejects(
    () => checkAssignment(prepareAssignment("90_fixture", copy)),
    Error,
    "own solutions in 90_fixture.ipynb do not pass",
  );
});

Deno.test("a check fails by a rejected promise or a timer, and the next student's does not", async () => {
  const wrong = edited({
    "exercise-90-1": "function myOutputLength() { return 1; }",
    "exercise-90-3": "function myFlatten() { return 1; }",
  });
  const copy = edited({
    "check-90-1": `(async () => {
  const length = await myOutputLength(5, { size: 1, stride: 1 });
  if (length === 1) throw new Error("too short");
})();
await myOutputLength(5, { size: 1, stride: 1 });
await myOutputLength(5, { size: 1, stride: 1 });`,
    "check-90-3":
      `const flat = await myFlatten({ shape: [1, 1, 1, 1], data: [1] });
setTimeout(() => { if (flat === 1) throw new RangeError("not flat"); }, 0);`,
  });
  const [first, second] = await gradeBy(copy, wrong, instructor);
  assertEquals(exercise(first, "90.1").status, "failed");
  assertStringIncludes(exercise(first, "90.1").details!, "too short");
  assertEquals(exercise(first, "90.3").status, "failed");
  assertStringIncludes(exercise(first, "90.3").details!, "not flat");
  assertEquals(exercise(second, "90.1").status, "passed");
  assertEquals(exercise(second, "90.2").status, "passed");
});
