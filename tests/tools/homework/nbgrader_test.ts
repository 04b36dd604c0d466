import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checksumOf,
  exercisesOf,
  markOf,
  type NbgraderMark,
  replaceRegion,
  stampNotebook,
  studentVersion,
} from "cnn/homework";
import { exerciseId } from "../../../tools/homework/notebook/exercises.ts";
import { stampText } from "../../../tools/homework/notebook/nbgrader.ts";
import { edited, instructor } from "./fixture.ts";

const mark: NbgraderMark = {
  schema_version: 3,
  grade: false,
  solution: true,
  locked: false,
  task: false,
  grade_id: "a",
};

Deno.test("checksumOf() gives nbgrader 0.9.6's sums", () => {
  // By compute_checksum of nbgrader/utils.py.
  const sum = (
    changes: Partial<NbgraderMark>,
    type: "code" | "markdown" = "code",
  ) => checksumOf("x = 'é한'\n", type, { ...mark, ...changes });
  const grade = { grade: true, solution: false, locked: true };
  assertEquals(sum({}), "5aa24b9c9dba9d4255d4fc745129f498");
  assertEquals(
    sum({ ...grade, points: 2 }),
    "80fb97f165fdca94c440501abe3bc67a",
  );
  assertEquals(
    sum({ ...grade, points: 0.5 }),
    "b032140e511f4498f90a7dac995efba5",
  );
  assertEquals(
    sum({ solution: false, locked: true }, "markdown"),
    "ac16e6b31cc052b5327dbdc2c825854e",
  );
});

Deno.test("stampNotebook() completes every mark and refuses an id twice", () => {
  const stamped = stampNotebook(instructor);
  for (const cell of stamped.cells) {
    const found = markOf(cell);
    if (!found) continue;
    assertEquals(found.schema_version, 3);
    assertEquals(found.cell_type, cell.type);
    assertEquals(found.checksum, checksumOf(cell.source, cell.type, found));
  }
  const twice = {
    ...instructor,
    cells: [...instructor.cells, instructor.cells[3]],
  };
  assertThrows(() => stampNotebook(twice), Error, '"exercise-90-1-text" twice');
});

Deno.test("stampText() changes the marks and nothing else", () => {
  const file = {
    cells: [{
      cell_type: "code",
      id: "a",
      metadata: { nbgrader: mark, kept: [1] },
      execution_count: 3,
      outputs: [{ output_type: "stream", name: "stdout", text: ["kept\n"] }],
      source: ["1 +\n", "1"],
    }],
    metadata: { kernelspec: { name: "deno" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  const stamped = JSON.parse(stampText(JSON.stringify(file)));
  assertEquals(stamped.cells[0].metadata.nbgrader.checksum.length, 32);
  assertEquals(stamped.cells[0].metadata.kept, [1]);
  stamped.cells[0].metadata.nbgrader = mark;
  assertEquals(stamped, file);
});

Deno.test("exerciseId() reads the number out of the grade_id", () => {
  assertEquals(exerciseId("check-2-1"), "2.1");
  assertEquals(exerciseId("check-1-5-training"), "1.5-training");
  assertEquals(exerciseId("free-text"), "free-text");
});

Deno.test("exercisesOf() finds exercises with title, points and solution cells", () => {
  assertEquals(
    exercisesOf(instructor).map((e) => [e.id, e.title, e.points, e.solutions]),
    [
      ["90.1", "Exercise 90.1 (1 point): output length", 1, ["exercise-90-1"]],
      ["90.2", "Exercise 90.2 (3 points): max pooling", 3, ["exercise-90-2"]],
      ["90.3", "Exercise 90.3 (2 points): flatten", 2, ["exercise-90-3"]],
      ["90.4", "Exercise 90.4 (2 points): dense layer", 2, ["exercise-90-4"]],
    ],
  );
});

Deno.test("studentVersion() leaves stubs and visible checks, no solution", () => {
  const student = studentVersion(instructor);
  const all = JSON.stringify(student);
  for (const word of ["BEGIN", "HIDDEN", "4711", "Math.ceil", "-Infinity"]) {
    assert(!all.includes(word), word);
  }
  const cell = (id: string) => student.cells.find((c) => c.id === id)!;
  assert(
    cell("exercise-90-1").source.includes(
      '  throw new Error("Not implemented: exercise 90.1");\n}',
    ),
  );
  assert(cell("check-90-1").source.includes("seed: 11"));
  assertEquals(cell("check-90-1").metadata.editable, false);
  assertEquals(cell("exercise-90-1").metadata.editable, undefined);
  assertEquals(cell("exercise-90-1").metadata.deletable, false);
  assertEquals(
    cell("lecture"),
    instructor.cells.find((c) => c.id === "lecture"),
  );
});

Deno.test("studentVersion() replaces a whole solution cell without a region", () => {
  const student = studentVersion(
    edited({ "exercise-90-1": "const secret = 1;" }),
  );
  assertEquals(
    student.cells.find((c) => c.id === "exercise-90-1")!.source,
    'throw new Error("Not implemented: exercise 90.1");',
  );
});

Deno.test("studentVersion() refuses solutions and hidden tests in the wrong cell", () => {
  const region = (words: string) => `// BEGIN ${words}\n1;\n// END ${words}`;
  assertThrows(
    () => studentVersion(edited({ lecture: region("SOLUTION") })),
    Error,
    '"solution": true',
  );
  assertThrows(
    () => studentVersion(edited({ lecture: region("HIDDEN TESTS") })),
    Error,
    '"grade": true',
  );
});

Deno.test("replaceRegion() refuses a region without an end, or in another", () => {
  const ends = ["BEGIN", "END"] as const;
  assertThrows(() => replaceRegion("BEGIN\n1", ends), Error, "has no end");
  assertThrows(
    () => replaceRegion("BEGIN\nBEGIN", ends),
    Error,
    "inside another",
  );
  assertEquals(replaceRegion("a\nBEGIN\nb\nEND\nc", ends).text, "a\nc");
});
