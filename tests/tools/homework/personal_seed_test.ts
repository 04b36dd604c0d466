/** Numbers of each student's own: what the check expects follows. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { personalSeed, random } from "cnn";
import {
  type Cell,
  defaultLimits,
  gradeSubmission,
  type Notebook,
  prepareAssignment,
  prepareSandbox,
  withGrader,
} from "cnn/homework";
import { instructor } from "./fixture.ts";

const cell = (gradeId: string, source: string, points?: number): Cell => ({
  type: "code",
  id: gradeId,
  source,
  metadata: {
    nbgrader: {
      schema_version: 3,
      grade: points !== undefined,
      solution: points === undefined,
      locked: points !== undefined,
      task: false,
      grade_id: gradeId,
      ...(points === undefined ? {} : { points }),
    },
  },
});

const setup: Cell = {
  type: "code",
  id: "setup",
  source: `import * as cnn from "cnn";`,
  metadata: { tags: ["setup"] },
};
const check = cell(
  "check-90-6",
  `const own = cnn.random(cnn.personalSeed(student, "90.6"));
await cnn.checkNumber(product, { exercise: "90.6", expected: own.integer(90) * own.integer(90) });`,
  2,
);

/** The notebook of who writes this name and these numbers. */
const notebookOf = (name: string, [a, b]: readonly number[]): Notebook => ({
  metadata: instructor.metadata,
  cells: [
    setup,
    cell("student", `const student = ${JSON.stringify(name)};`),
    cell("exercise-90-6", `const product = ${a} * ${b};`),
    check,
  ],
});

const numbersOf = (name: string) => {
  const draw = random(personalSeed(name, "90.6"));
  return [draw.integer(90), draw.integer(90)];
};

Deno.test("personalSeed() differs by student and exercise, not by case or spaces", () => {
  const names = Array.from({ length: 2000 }, (_, i) => `student${i}`);
  const seeds = names.map((name) => personalSeed(name, "2.7"));
  assertEquals(new Set(seeds).size, names.length);
  assert(seeds.every((seed) => Number.isInteger(seed) && seed >= 0));
  assertEquals(personalSeed(" Ann ", "2.7"), personalSeed("ann", "2.7"));
  assert(personalSeed("ann", "2.7") !== personalSeed("ann", "2.8"));
  // FNV-1a over "2.7: ann", worked out in Python.
  assertEquals(personalSeed("ann", "2.7"), 2474344915);
  assertThrows(() => personalSeed("", "2.7"), TypeError, "found");
  assertThrows(() => personalSeed("ann", ""), TypeError, "exercise");
});

Deno.test("a check with personalSeed() takes the student's own numbers alone", async () => {
  const assignment = prepareAssignment(
    "personal",
    notebookOf("instructor", numbersOf("instructor")),
  );
  await withGrader(await prepareSandbox(), defaultLimits, async (grader) => {
    const grade = async (student: string, notebook: Notebook) =>
      await gradeSubmission(assignment, { student, notebook }, grader);
    const ann = await grade("ann", notebookOf("ann", numbersOf("ann")));
    assertEquals([ann.points, ann.notes], [2, []]);
    const copied = await grade("ben", notebookOf("ben", numbersOf("ann")));
    assertEquals(copied.points, 0);
    const whole = await grade("ben", notebookOf("ann", numbersOf("ann")));
    assertStringIncludes(whole.notes.join(), 'numbers of "ann"');
    const unnamed = await grade("cem", notebookOf("", numbersOf("ann")));
    assertEquals(unnamed.points, 0);
  });
});
