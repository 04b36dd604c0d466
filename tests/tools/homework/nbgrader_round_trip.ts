/**
 * The notebooks' form in the real nbgrader: assign, validate, autograde,
 * feedback. Slow (kernels start), so `deno task test:nbgrader` runs it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  checksumOf,
  markOf,
  type Notebook,
  parseNotebook,
  stampNotebook,
  studentVersion,
} from "cnn/homework";
import {
  canRunNbgrader,
  makeCourse,
  setUpNbgrader,
} from "../../../tools/bench/nbgrader.ts";
import { edited, handIn, instructor } from "./fixture.ts";

const able = await canRunNbgrader();
if (!able) console.error("Skipped: nbgrader 0.9.6 needs Python 3.11 or newer");

const wrongFlatten =
  `function myFlatten(x) { return { shape: [x.data.length], data: x.data }; }`;

const borrowed = `import { maxPool2d } from "cnn";
function myMaxPool(x, options) { return maxPool2d(x, options); }`;

const named = instructor.cells.find(({ id }) => id === "exercise-90-2")!.source
  .replace("// BEGIN SOLUTION", "// as maxPool2d() does");

/** A right solution in a cell that also opens what the checks compare with. */
const reading =
  `const { exerciseOf } = await import("../lib/exercises/check.ts");
${instructor.cells.find(({ id }) => id === "exercise-90-2")!.source}`;

/** A student who makes every check cell pass by rewriting it. */
function tampered(): Notebook {
  const stubs = studentVersion(instructor);
  const cells = stubs.cells.map((cell) =>
    markOf(cell)?.grade ? { ...cell, source: "1 + 1;" } : cell
  );
  return { ...stubs, cells };
}

Deno.test({
  name: "nbgrader takes the notebooks from assignment to feedback",
  ignore: !able,
  fn: async (t) => {
    const nbgrader = await setUpNbgrader();
    const course = await makeCourse("round_trip");
    const file = "90_fixture.ipynb";
    try {
      const cells = instructor.cells.map((cell) =>
        cell.id === "check-90-2"
          ? { ...cell, metadata: { ...cell.metadata, forbids: ["maxPool2d"] } }
          : cell
      );
      await handIn(course, {
        [`source/ps1/${file}`]: stampNotebook({ ...instructor, cells }),
      });

      await t.step("generate_assignment strips as release does", async () => {
        await nbgrader.run(course, ["generate_assignment", "ps1"]);
        const released = parseNotebook(
          await Deno.readFile(join(course, "release/ps1", file)),
        );
        const ours = studentVersion(instructor);
        const stub = /throw new Error\("Not implemented.*"\);/;
        const plain = (notebook: Notebook) =>
          notebook.cells.map((cell) => cell.source.replace(stub, "STUB"));
        assertEquals(plain(released), plain(ours));
        assert(plain(released).some((source) => source.includes("STUB")));
        for (const cell of released.cells) {
          const mark = markOf(cell);
          if (!mark) continue;
          assertEquals(mark.checksum, checksumOf(cell.source, cell.type, mark));
        }
      });

      const submissions: Record<string, Notebook> = {
        ann: stampNotebook(instructor),
        ben: stampNotebook(studentVersion(instructor)),
        cem: stampNotebook(edited({ "exercise-90-3": wrongFlatten })),
        dee: tampered(),
        // The library's pooling, and its name in a comment alone.
        eva: stampNotebook(edited({ "exercise-90-2": borrowed })),
        fay: stampNotebook(edited({ "exercise-90-2": named })),
        gus: stampNotebook(edited({ "exercise-90-2": reading })),
      };
      for (const [student, notebook] of Object.entries(submissions)) {
        await handIn(course, {
          [`submitted/${student}/ps1/${file}`]: notebook,
        });
      }

      await t.step("validate tells right from wrong", async () => {
        const validate = (student: string) =>
          nbgrader.run(course, [
            "validate",
            join(course, "submitted", student, "ps1", file),
          ]);
        assertStringIncludes(await validate("ann"), "passes all the tests");
        assertStringIncludes(
          await validate("ben"),
          "VALIDATION FAILED ON 4 CELL(S)",
        );
      });

      await t.step("autograde gives the points that we give", async () => {
        await nbgrader.run(course, ["autograde", "ps1"]);
        await nbgrader.run(course, ["export"]);
        const [head, ...rows] = (await Deno.readTextFile(
          join(course, "grades.csv"),
        )).trim().split("\n").map((line) => line.trim().split(","));
        const points = Object.fromEntries(
          rows.map((row) => [
            row[head.indexOf("student_id")],
            Number(row[head.indexOf("score")]),
          ]),
        );
        assertEquals(points, {
          ...{ ann: 8, ben: 0, cem: 6, dee: 0, eva: 5, fay: 8, gus: 1 },
        });
        const autograded = await Deno.readTextFile(
          join(course, "autograded/eva/ps1", file),
        );
        assertStringIncludes(
          autograded,
          "exercise 90.2 asks you to write it",
        );
      });

      await t.step("autograde restores tampered checks", async () => {
        const graded = parseNotebook(
          await Deno.readFile(join(course, "autograded/dee/ps1", file)),
        );
        const check = graded.cells.find((cell) =>
          markOf(cell)?.grade_id === "check-90-1"
        )!;
        assertStringIncludes(check.source, "seed: 4711");
      });

      await t.step("generate_feedback writes the pages", async () => {
        await nbgrader.run(course, ["generate_feedback", "ps1"]);
        const page = await Deno.readTextFile(
          join(course, "feedback/cem/ps1", file.replace("ipynb", "html")),
        );
        assertStringIncludes(page, "batch axis");
      });
    } finally {
      await Deno.remove(course, { recursive: true });
    }
  },
});
