/** Whatever is handed in: a clear line for it, and everything else is graded. */
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Notebook,
  parseNotebook,
  prepareSandbox,
  studentVersion,
  withGrader,
} from "cnn/homework";
import { NotebookError } from "../../../tools/homework/notebook/notebook.ts";
import { assignment, edited, exercise, grade, instructor } from "./fixture.ts";
import { planSubmission } from "../../../tools/homework/grade/submission.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The solved notebook without some cells. */
function without(...ids: string[]): Notebook {
  const cells = instructor.cells.filter((c) => !ids.includes(c.id!));
  return { ...instructor, cells };
}

/** The notes and cells of a submission, without running it. */
function plan(notebook: Notebook) {
  return planSubmission(instructor, assignment.exercises, notebook);
}

const damaged: [name: string, content: Uint8Array, message: string][] = [
  ["an empty file", bytes(""), "The file is empty"],
  ["half a file", bytes('{"cells": [{"cell_t'), "no JSON, so it is damaged"],
  ["no UTF-8", Uint8Array.of(0xff, 0xfe, 0x7b), "no UTF-8 text"],
  ["a list", bytes("[]"), "JSON but no notebook"],
  ["no cells", bytes('{"nbformat": 4}'), "no list of cells"],
  [
    "a format nested too deeply to be written",
    bytes(`{"cells": [], "nbformat": ${"[".repeat(2e5)}${"]".repeat(2e5)}}`),
    "has format a list",
  ],
  ["an old format", bytes('{"nbformat": 3, "worksheets": []}'), "has format 3"],
  [
    "a cell that is a number",
    bytes('{"nbformat": 4, "cells": [1]}'),
    "Cell 1 is damaged: it is no object",
  ],
  [
    "an unknown cell",
    bytes('{"nbformat": 4, "cells": [{"cell_type": "x", "source": ""}]}'),
    "its cell_type is none of",
  ],
  [
    "a source of numbers",
    bytes('{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}'),
    "its source is no text",
  ],
];

for (const [name, content, message] of damaged) {
  Deno.test(`parseNotebook() says what is wrong with ${name}`, () => {
    assertThrows(() => parseNotebook(content), Error, message);
  });
}

Deno.test("parseNotebook() bears deep nesting, a mark at the start and odd metadata", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const text = `{"nbformat": 4, "metadata": 1, "cells": [
    {"cell_type": "code", "source": "1", "metadata": {"nbgrader": ${deep}}, "id": 5},
    {"cell_type": "code", "source": ["a\\r\\n", "b"], "metadata": null}]}`;
  const { cells, metadata } = parseNotebook(bytes("\ufeff" + text));
  assertEquals(metadata, {});
  assertEquals(cells.map((c) => c.source), ["1", "a\nb"]);
});

Deno.test("ReadProcess.notebook() refuses zeros, and bears what is nested deeply", async () => {
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const text = (format: string, metadata: string) =>
    bytes(`{"nbformat": ${format}, "metadata": {"kernelspec": ${metadata}},
      "cells": [{"cell_type": "code", "source": "1", "metadata": {}, "id": ${deep}}]}`);
  const limits = { seconds: 30, memory: 1024 };
  await withGrader(await prepareSandbox(), limits, async ({ reader }) => {
    const zeros = new Uint8Array(99 * 1048576);
    for (
      const [content, message] of [
        [zeros, "no JSON"],
        [text(deep, "1"), "has format a list"],
      ] as const
    ) {
      await assertRejects(
        () => reader.notebook(content),
        NotebookError,
        message,
      );
    }
    const { cells } = await reader.notebook(text("4", deep));
    assertEquals(cells.map(({ source }) => source), ["1"]);
  });
});

Deno.test("gradeSubmission() names a missing solution cell and grades the rest", async () => {
  const result = await grade(without("exercise-90-2", "check-90-3"));
  const { status, details } = exercise(result, "90.2");
  assertEquals(status, "missing");
  assertStringIncludes(details!, "`myMaxPool` is not defined");
  assertEquals(result.points, 5);
  assertEquals(result.notes, [
    'The cell "exercise-90-2" is missing.',
    'The cell "check-90-3" is missing.',
  ]);
});

Deno.test("gradeSubmission() finds a solution in a renamed cell and one without metadata", async () => {
  const cells = instructor.cells.map((cell) => {
    if (cell.id === "exercise-90-1") {
      const old = cell.metadata.nbgrader as Record<string, unknown>;
      return { ...cell, metadata: { nbgrader: { ...old, grade_id: "mine" } } };
    }
    return cell.id === "exercise-90-3" ? { ...cell, metadata: {} } : cell;
  });
  const result = await grade({ ...instructor, cells });
  assertEquals(result.points, 8);
});

Deno.test("gradeSubmission() takes the later of two cells with one grade_id", async () => {
  const right = instructor.cells.find((c) => c.id === "exercise-90-1")!;
  const wrong = { ...right, source: "function myOutputLength() { return 1; }" };
  const cells = instructor.cells.flatMap((cell) =>
    cell === right ? [wrong, right] : [cell]
  );
  const result = await grade({ ...instructor, cells });
  assertEquals(result.points, 8);
  assertStringIncludes(
    result.notes[0],
    'Two cells carry the grade_id "exercise-90-1"',
  );
});

Deno.test("gradeSubmission() names a syntax error with its line", async () => {
  const result = await grade(
    edited({ "exercise-90-1": "function myOutputLength( {\n" }),
  );
  const { mistake, details } = exercise(result, "90.1");
  assertEquals(mistake, "syntax error");
  assertStringIncludes(details!, "of the cell");
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() names an error that only the engine finds", async () => {
  const result = await grade(edited({
    "exercise-90-1": "function myOutputLength() { let a; let a; return 1; }",
  }));
  const { mistake, details } = exercise(result, "90.1");
  assertEquals(mistake, "syntax error");
  assertStringIncludes(details!, "'a' has already been declared");
  assertEquals(result.points, 7);
});

Deno.test("gradeSubmission() bears code nested too deeply to parse", async () => {
  const deep = "(".repeat(60_000) + "1" + ")".repeat(60_000);
  const result = await grade(edited({}, [`const deep = ${deep};`]));
  assertEquals(result.points, 8);
  assertEquals(result.notes.length, 1);
});

Deno.test("gradeSubmission() gives nothing for stubs and says so", async () => {
  const result = await grade(studentVersion(instructor));
  assertEquals(result.points, 0);
  assertEquals(
    result.exercises.map((e) => e.mistake),
    Array(4).fill("not implemented"),
  );
});

Deno.test("gradeSubmission() gives nothing for a notebook without code", async () => {
  const result = await grade({ ...instructor, cells: [] });
  assertEquals(result.points, 0);
  assertEquals(result.exercises.map((e) => e.status), Array(4).fill("missing"));
});

Deno.test("gradeSubmission() runs a notebook of another kernel and remarks it", async () => {
  const python = { kernelspec: { name: "python3", language: "python" } };
  const result = await grade({
    ...edited({ "exercise-90-1": "def myOutputLength(n):\n    return n" }),
    metadata: python,
  });
  assertEquals(result.points, 7);
  assertStringIncludes(result.notes[0], 'the kernel "python3", not "deno"');
});

Deno.test("gradeSubmission() reports what the student's code throws", async () => {
  const result = await grade(edited({
    "exercise-90-1":
      "function myOutputLength() { throw new RangeError('<b>odd</b>'); }",
    "exercise-90-2": "function myMaxPool() { throw null; }",
    "exercise-90-3":
      "function myFlatten() { throw { get message() { throw 1; } }; }",
    "exercise-90-4": "const myDense = 5;",
  }));
  assertEquals(result.points, 0);
  assertStringIncludes(exercise(result, "90.1").details!, "<b>odd</b>");
  assertEquals(exercise(result, "90.2").status, "failed");
  assertEquals(exercise(result, "90.3").status, "failed");
  assertEquals(exercise(result, "90.4").status, "failed");
});

Deno.test("gradeSubmission() names the mistake", async () => {
  const solution =
    instructor.cells.find((c) => c.id === "exercise-90-4")!.source;
  const result = await grade(edited({
    "exercise-90-4": solution.replace("bias.data[o]", "0"),
  }));
  assertEquals(exercise(result, "90.4").mistake, "missing bias");
});

Deno.test("planSubmission() runs the student's cells, not the lecture's", () => {
  const moved = edited({}, [
    "const helper = 1;",
    "",
    "const lecture = zeros([2, 2]);\nawait show(lecture);",
  ]);
  const { cells } = plan(moved);
  assertEquals(cells.map(({ place, gradeId }) => gradeId ?? place), [
    0,
    "exercise-90-1",
    "exercise-90-2",
    "exercise-90-3",
    "exercise-90-4",
    instructor.cells.length + 1,
  ]);
});

Deno.test("planSubmission() runs an import that the student added to the setup cell", () => {
  const { cells } = plan(
    edited({ setup: 'import { relu, zeros } from "cnn";' }),
  );
  assertEquals(cells[1].source, 'import { relu, zeros } from "cnn";');
});

Deno.test("planSubmission() remarks a solution that is no code cell any more", () => {
  const cells = instructor.cells.map((cell) =>
    cell.id === "exercise-90-1" ? { ...cell, type: "markdown" as const } : cell
  );
  assertStringIncludes(
    plan({ ...instructor, cells }).notes[0],
    "no code cell any more",
  );
});

Deno.test("gradeSubmission() lets a student's network train, on one thread", async () => {
  const result = await grade(edited({
    setup: 'import { useBackend } from "cnn";',
    "exercise-90-1": `
      const { tf, name, threads } = await useBackend("wasm", { threads: 4 });
      const kernel = tf.variable(tf.ones([3, 3, 8, 8]));
      const { value } = tf.variableGrads(() =>
        tf.conv2d(tf.ones([4, 8, 8, 8]), kernel, 1, "valid").square().mean());
      function myOutputLength() {
        throw new Error([name, threads, value.dataSync()[0]].join(" "));
      }`,
  }));
  const { details } = exercise(result, "90.1");
  assertStringIncludes(details!, `wasm 1 ${(9 * 8) ** 2}`);
});

Deno.test("gradeSubmission() finds a function that was set on globalThis, as the kernel does", async () => {
  const result = await grade(edited({
    "exercise-90-3":
      `globalThis.myFlatten = (x) => ({ shape: [x.shape[0], x.data.length / x.shape[0]], data: x.data });`,
  }));
  assertEquals(exercise(result, "90.3").status, "passed");
});
