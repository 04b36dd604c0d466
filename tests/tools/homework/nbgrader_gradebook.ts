/**
 * nbgrader's gradebook filled by our grader: what nbgrader makes of it afterwards.
 * `deno task test:nbgrader` runs it, with the real nbgrader.
 */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import {
  type Cell,
  type Notebook,
  parseNotebook,
  stampNotebook,
} from "cnn/homework";
import {
  canRunNbgrader,
  makeCourse,
  nbgraderPython,
  setUpNbgrader,
} from "../../../tools/bench/nbgrader.ts";
import { infoOf } from "../../../tools/files.ts";
import { root } from "../../../tools/paths.ts";
import { runOrThrow } from "../../../tools/process.ts";
import { edited, handIn, instructor } from "./fixture.ts";

const able = await canRunNbgrader();
if (!able) console.error("Skipped: nbgrader 0.9.6 needs Python 3.11 or newer");

const file = "90_fixture.ipynb";
const question: Cell = {
  type: "markdown",
  id: "exercise-90-5",
  source: "Why does pooling come after the convolution?",
  metadata: {
    nbgrader: {
      schema_version: 3,
      grade: true,
      solution: true,
      locked: false,
      task: false,
      grade_id: "exercise-90-5",
      points: 4,
    },
  },
};

/** The fixture with an exercise that a person grades. */
function withQuestion(notebook: Notebook, answer = question.source): Notebook {
  const cells = [...notebook.cells, { ...question, source: answer }];
  return stampNotebook({ ...notebook, cells });
}

const answered = "Since it keeps the strongest answer.";
const wrongFlatten =
  `function myFlatten(x) { return { shape: [x.data.length], data: x.data }; }`;

/** What `grade` says, and its status. */
async function grade(course: string, out: string, ...more: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "tools/homework/commands/main.ts"],
      ...["grade", "--nbgrader", course, "ps1", "--out", out],
      ...["--seconds", "6", "--python", nbgraderPython, ...more],
    ],
    cwd: root,
  }).output();
  const text = [stdout, stderr].map((b) => new TextDecoder().decode(b)).join(
    "",
  );
  return { code, text };
}

Deno.test({
  name: "grade --nbgrader fills the gradebook, and nbgrader goes on from there",
  ignore: !able,
  fn: async (t) => {
    const nbgrader = await setUpNbgrader();
    const course = await makeCourse("gradebook");
    const out = join(course, "out");
    /** Columns of nbgrader's own export, by student. */
    const exported = async (...columns: string[]) => {
      await nbgrader.run(course, ["export"]);
      const [head, ...rows] = (await Deno.readTextFile(
        join(course, "grades.csv"),
      )).trim().split("\n").map((line) => line.trim().split(","));
      return Object.fromEntries(rows.map((row) => [
        row[head.indexOf("student_id")],
        columns.map((name) => Number(row[head.indexOf(name)])),
      ]));
    };
    const python = (code: string) =>
      runOrThrow([nbgraderPython, "-c", code], { cwd: course });
    const submit = (student: string, notebook: Notebook | string) =>
      handIn(join(course, "submitted"), {
        [`${student}/ps1/${file}`]: notebook,
        [`${student}/ps1/timestamp.txt`]: "2026-03-01 10:00:00 UTC",
        [`${student}/ps1/submission_secret.txt`]: `secret of ${student}`,
      });
    try {
      await handIn(course, {
        [`source/ps1/${file}`]: withQuestion(instructor),
      });
      await t.step("without an assignment it says what to do", async () => {
        await submit("ann", withQuestion(instructor, answered));
        const { code, text } = await grade(course, out);
        assertEquals(code, 1);
        assertStringIncludes(text, "nbgrader generate_assignment ps1");
        assertEquals(text.includes("Traceback"), false, text);
      });
      await nbgrader.run(course, ["generate_assignment", "ps1"]);
      const released = parseNotebook(
        await Deno.readFile(join(course, "release/ps1", file)),
      );

      await submit(
        "hal",
        withQuestion(
          edited({ "exercise-90-2": "while (true) {}" }),
          "<script>document.title = 'taken';</script>",
        ),
      );
      await submit("ben", released);
      await submit(
        "cem",
        withQuestion(edited({ "exercise-90-3": wrongFlatten })),
      );
      await submit("dee", "{");
      // Cells deleted, twice, with marks that nbgrader would stop at.
      const odd = withQuestion(instructor, answered);
      await submit("eve [x]", {
        ...odd,
        cells: [
          ...odd.cells.filter(({ id }) => id !== "check-90-1"),
          odd.cells.find(({ id }) => id === "exercise-90-2")!,
          {
            type: "code",
            source: "1;\ud800",
            metadata: { nbgrader: { schema_version: 99, grade_id: 7 } },
          },
        ],
      });

      await t.step(
        "the points are ours, also beside an endless loop",
        async () => {
          const { code, text } = await grade(course, out);
          assertEquals(code, 0, text);
          assertEquals(await exported("score", "max_score"), {
            ann: [8, 12],
            ben: [0, 12],
            cem: [6, 12],
            dee: [0, 12],
            "eve [x]": [8, 12],
            hal: [5, 12],
          });
          const ours = (await Deno.readTextFile(join(out, "grades.csv")))
            .trim().split("\n").slice(1).map((line) => line.split(","));
          assertEquals(
            ours.map((row) => [row[0].replaceAll('"', ""), Number(row[3])]),
            [["ann", 8], ["ben", 0], ["cem", 6], ["dee", 0], ["eve [x]", 8], [
              "hal",
              5,
            ]],
          );
        },
      );

      await t.step(
        "the autograded notebook has checks and reasons",
        async () => {
          const read = async (student: string) =>
            parseNotebook(
              await Deno.readFile(
                join(course, "autograded", student, "ps1", file),
              ),
            );
          const hal = await read("hal");
          const outputs = JSON.stringify(hal.cells.map((cell) => cell.outputs));
          assertStringIncludes(outputs, "cell stopped");
          const checks = (await read("eve [x]")).cells
            .filter(({ source }) => source.includes("seed: 4711"));
          assert(checks.length > 0);
          const dee = JSON.stringify((await read("dee")).cells);
          assertStringIncludes(dee, "The file is no JSON");
        },
      );

      const manual = (student: string, points: number) =>
        python(`
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db", "cnn") as book:
    grade = book.find_grade("exercise-90-5", "90_fixture", "ps1", "${student}")
    assert grade.needs_manual_grade, "a person is asked for points"
    grade.manual_score, grade.needs_manual_grade = ${points}, False
    book.find_comment("exercise-90-5", "90_fixture", "ps1", "${student}").manual_comment = "Say which answer."
    book.db.commit()
`);
      await t.step("manual points survive a second grading", async () => {
        await manual("ann", 3);
        assertEquals((await exported("score")).ann, [11]);
        await submit("cem", withQuestion(instructor, answered));
        const { code, text } = await grade(course, out, "--again", "ann");
        assertEquals(code, 0, text);
        const scores = await exported("score");
        assertEquals([scores.ann, scores.cem, scores.hal], [[11], [8], [5]]);
      });

      await t.step(
        "generate_feedback tells points, reasons and comments",
        async () => {
          await nbgrader.run(course, ["generate_feedback", "ps1"]);
          const page = (student: string) =>
            Deno.readTextFile(
              join(
                course,
                "feedback",
                student,
                "ps1",
                file.replace("ipynb", "html"),
              ),
            );
          assertStringIncludes(await page("hal"), "cell stopped");
          const taken = "document.title = 'taken'";
          assertEquals((await page("hal")).includes(`<script>${taken}`), false);
          assertStringIncludes(await page("hal"), `&lt;script&gt;${taken}`);
          assertStringIncludes(await page("dee"), "The file is no JSON");
          assertStringIncludes(await page("ann"), "Say which answer.");
          // By this file nbgrader releases feedback to its student alone.
          const secret = join(course, "feedback/ann/ps1/submission_secret.txt");
          assertEquals(await Deno.readTextFile(secret), "secret of ann");
        },
      );

      await t.step("late is late, with nbgrader's penalty", async () => {
        const config = join(course, "nbgrader_config.py");
        await Deno.writeTextFile(
          config,
          'c.LateSubmissionPlugin.penalty_method = "zero"\n',
          { append: true },
        );
        await nbgrader.run(course, [
          ...["db", "assignment", "add", "ps1"],
          "--duedate=2026-02-28 10:00:00 UTC",
        ]);
        await Deno.writeTextFile(
          join(course, "submitted/hal/ps1/timestamp.txt"),
          "2026-02-27 10:00:00 UTC",
        );
        const { code, text } = await grade(course, out);
        assertEquals(code, 0, text);
        const found = await exported(
          "raw_score",
          "late_submission_penalty",
          "score",
        );
        assertEquals(found.cem, [8, 8, 0]);
        assertEquals(found.hal, [5, 0, 5]);
      });

      await t.step(
        "who hands in again while others are graded keeps the old points",
        async () => {
          const fresh = join(course, "out-2");
          const before = (await exported("score")).ann;
          const graded = grade(course, fresh);
          // Ann is done, and hal's endless loop goes on for seconds.
          const saved = join(fresh, "results/ann/90_fixture.json");
          while (await infoOf(saved) === undefined) {
            await new Promise((done) => setTimeout(done, 50));
          }
          await submit(
            "ann",
            withQuestion(edited({
              "exercise-90-3": wrongFlatten,
            })),
          );
          const { code, text } = await graded;
          assertEquals(code, 3, text);
          assertStringIncludes(text, "ann: the submission changed after it");
          assertEquals((await exported("score")).ann, before);
          assertEquals((await grade(course, fresh)).code, 0);
          assertEquals((await exported("raw_score")).ann, [6 + 3]);
        },
      );

      await t.step(
        "a changed source is refused until it is assigned anew",
        async () => {
          const changed = withQuestion(instructor);
          await handIn(course, {
            [`source/ps1/${file}`]: {
              ...changed,
              cells: changed.cells.filter(({ id }) => id !== question.id),
            },
          });
          const { code, text } = await grade(course, out);
          assertNotEquals(code, 0);
          assertStringIncludes(text, "other cells or points");
        },
      );
    } finally {
      await Deno.remove(course, { recursive: true });
    }
  },
});
