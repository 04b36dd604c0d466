/** Attempts to stop the class: each is its own student's row, and the others get theirs. */
import {
  formatNotebook,
  type Notebook,
  type SubmissionResult,
} from "cnn/homework";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { findSubmissions } from "../../../tools/homework/grade/find_submissions.ts";
import { gradeClass } from "../../../tools/homework/grade/grade_class.ts";
import { feedbackPage } from "../../../tools/homework/report/feedback_page.ts";
import {
  classCsv,
  csvField,
} from "../../../tools/homework/report/class_report.ts";
import { tenAttackers } from "../../../tools/homework/fuzz/ten.ts";
import {
  assignment,
  edited,
  exercise,
  grade,
  instructor,
  withFolder,
} from "./fixture.ts";

const file = "90_fixture.ipynb";

/** Grades the attack beside an honest student; gives the attacker's row. */
async function beside(
  attack: Notebook | Uint8Array,
  limits: { seconds?: number; notebookSeconds?: number } = {},
): Promise<SubmissionResult> {
  let row: SubmissionResult;
  await withFolder(async (folder) => {
    const bytes = attack instanceof Uint8Array
      ? attack
      : new TextEncoder().encode(formatNotebook(attack));
    for (const student of ["aaa", "bob"]) {
      await Deno.mkdir(`${folder}/in/${student}`, { recursive: true });
      await Deno.writeFile(
        `${folder}/in/${student}/${file}`,
        student === "aaa"
          ? bytes
          : new TextEncoder().encode(formatNotebook(instructor)),
      );
    }
    const { submissions } = await findSubmissions(`${folder}/in`, [
      "90_fixture",
    ]);
    const [aaa, bob] = await gradeClass([assignment], submissions, {
      jobs: 1,
      limits: { seconds: 20, memory: 1024, ...limits },
      results: `${folder}/results`,
    });
    assertEquals([bob.student, bob.status, bob.points], ["bob", "graded", 8]);
    row = aaa;
  });
  return row!;
}

Deno.test("a reply that is replaced whole by toJSON harms its student alone", async () => {
  for (
    const reply of [
      '{ kind: "error", error: { name: "E", message: 5 } }',
      '{ kind: "odd" }',
      '{ kind: "value", args: 7 }',
    ]
  ) {
    const aaa = await beside(edited({
      "exercise-90-1":
        `Object.defineProperty(Object.prototype, "toJSON", { configurable: true, value() {
  return typeof this.id === "number" && "kind" in this ? { id: this.id, ...${reply} } : this; } });
function myOutputLength() {}`,
    }));
    assertEquals(aaa.points, 0);
    assertEquals(
      exercise(aaa, "90.1").details,
      "The code disturbed its own answers",
    );
  }
});

Deno.test("code that keeps a parser busy for days is refused after the time limit", async () => {
  let source = "d";
  for (let level = 0; level < 30; level++) source = `async(a=${source})`;
  const aaa = await beside(
    edited({ "exercise-90-1": `function unused() { return ${source}; }` }),
    { seconds: 5 },
  );
  const { mistake, details } = exercise(aaa, "90.1");
  assertEquals(mistake, "syntax error");
  assertStringIncludes(
    details!,
    "too much for the parser, which needed more than 5 s",
  );
});

Deno.test("messages of errors are cut before they are kept", async () => {
  const aaa = await beside(
    edited(
      {},
      Array.from(
        { length: 10 },
        (_, i) => `throw new Error("${i}" + "x".repeat(3e7));`,
      ),
    ),
  );
  assertEquals(aaa.points, 8);
  assert(aaa.notes.every((note) => note.length < 5000));
  assertEquals(aaa.notes.length, 10);
});

Deno.test("metadata of many small parts costs its notebook alone", async () => {
  const notebook = JSON.parse(formatNotebook(instructor));
  notebook.metadata.x = 0;
  const text = JSON.stringify(notebook).replace(
    '"x":0',
    `"x":[${"{},".repeat(1e7)}{}]`,
  );
  const aaa = await beside(new TextEncoder().encode(text));
  assert(
    aaa.status === "graded" && aaa.points === 8 ||
      /reading it was stopped/.test(aaa.notes[0]),
    aaa.notes[0],
  );
});

Deno.test("a notebook of too many cells, or too much code, is refused with the limit", async () => {
  const many = await beside(
    edited({}, Array.from({ length: 2001 }, () => "1")),
  );
  assertStringIncludes(many.notes[0], "more than the 2000 that are graded");
  const long = "x".repeat(199_000);
  const much = await beside(
    edited({}, Array.from({ length: 11 }, () => `"${long}"`)),
  );
  assertStringIncludes(much.notes[0], "more than the 2000000 that are graded");
  const decorated = "@a class b{}\n".repeat(1500);
  const grown = await beside(
    edited({}, Array.from({ length: 5 }, () => decorated)),
    { seconds: 200 },
  );
  assertStringIncludes(
    grown.notes.join(),
    "more than 4000000 characters of JavaScript",
  );
});

Deno.test("cells that use up the time of all cells together are never the setup cell's fault", async () => {
  // They wait, and the last one ends the process just before the time is over.
  const wait = (until: number) =>
    `while (performance.now() < ${until}) await new Promise((d) => setTimeout(d, 3));`;
  const aaa = await beside(
    edited({}, [wait(2500), wait(4600), "Deno.exit(0);"]),
    { seconds: 3, notebookSeconds: 5 },
  );
  assertEquals(aaa.status, "graded");
});

Deno.test("folders that cannot be read are rows, hidden ones are told", async () => {
  await withFolder(async (folder) => {
    for (
      const name of [
        "ann",
        "bob/notebooks",
        "~old",
        ".git",
        "zip/90_fixture/notebooks",
      ]
    ) {
      await Deno.mkdir(join(folder, name), { recursive: true });
    }
    await Deno.writeTextFile(
      `${folder}/zip/90_fixture/notebooks/${file}`,
      formatNotebook(instructor),
    );
    const root = Deno.build.os !== "windows" && Deno.uid() === 0;
    if (!root) {
      await Deno.chmod(`${folder}/ann`, 0);
      await Deno.chmod(`${folder}/bob/notebooks`, 0);
    }
    const { submissions, ignored } = await findSubmissions(folder, [
      "90_fixture",
    ]);
    if (!root) {
      await Deno.chmod(`${folder}/ann`, 0o700);
      await Deno.chmod(`${folder}/bob/notebooks`, 0o700);
      for (const { problem } of submissions.slice(0, 2)) {
        assertStringIncludes(problem!.text, "may not be read");
      }
    }
    assertEquals(ignored, [".git: a hidden folder", "~old: a hidden folder"]);
    assertEquals(
      submissions.at(-1)!.path,
      `${folder}/zip/90_fixture/notebooks/${file}`,
    );
  });
});

Deno.test({
  name: "a name that is no UTF-8 is a row",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withFolder(async (folder) => {
      // The shell makes the name; a JavaScript text cannot hold it.
      const { success } = await new Deno.Command("sh", {
        args: [
          "-c",
          `cd "$0" && mkdir "$(printf 'Jos\\351')" ann && echo {} > ann/"$(printf '90_fixture_Jos\\351.ipynb')"`,
          folder,
        ],
      }).output();
      assert(success);
      const { submissions } = await findSubmissions(folder, ["90_fixture"]);
      const results = await gradeClass([assignment], submissions, {
        results: `${folder}/results`,
      });
      const [jose, ann] = results.toSorted((a, b) =>
        b.status.localeCompare(a.status)
      );
      assertStringIncludes(jose.notes.join(), "no UTF-8");
      assertStringIncludes(ann.notes.join(), '"90_fixture_Jos');
    });
  },
});

Deno.test("the page shows all code that ran, and where a graded name was set", async () => {
  const far = `${"// a long text\n".repeat(2000)}myOutputLength = () => 24;`;
  const result = await grade(
    edited({ "exercise-90-2": `const \u202eodd = 1;` }, [
      far,
      "function myMaxPool() {}",
      "const plain = myOutputLength;",
    ]),
  );
  const cells = instructor.cells.length;
  assertEquals(result.otherCells!.map(({ place }) => place), [
    cells + 1,
    cells + 2,
    cells + 3,
  ]);
  const page = feedbackPage([result]);
  assert(page.includes("myOutputLength = () =&gt; 24;"));
  assert(page.includes("const \\u{202e}odd = 1;"));
  assertEquals(
    result.notes.filter((note) => note.includes("outside the exercise")),
    [
      `Cell ${
        cells + 1
      } sets \`myOutputLength\`, which exercise 90.1 asks for, outside the exercise's own cell.`,
      `Cell ${
        cells + 2
      } sets \`myMaxPool\`, which exercise 90.2 asks for, outside the exercise's own cell.`,
    ],
  );
});

Deno.test("a cell of the class's table is never longer than a spreadsheet bears", async () => {
  assert(csvField("x".repeat(5e6)).length < 32_767);
  assert(
    csvField(`"`.repeat(5e6)).length < 65_535 &&
      /^"(?:[^"]|"")*"$/.test(csvField(`"`.repeat(5e6))),
  );
  const lines = await Array.fromAsync(classCsv([], { exercises: [] }));
  assertEquals(lines.length, 1);
});

Deno.test("ten attackers of different kinds cost their neighbours no point, and wait for them", async () => {
  await withFolder(async (folder) => {
    const kinds = Object.entries(tenAttackers);
    assertEquals(kinds.length, 10);
    for (const [i, [, source]] of kinds.entries()) {
      const attack = formatNotebook(edited({}, [source]));
      const honest = formatNotebook(edited({}, [`const student = ${i};`]));
      for (const [name, text] of [["attacker", attack], ["honest", honest]]) {
        await Deno.mkdir(`${folder}/in/s${i} ${name}`, { recursive: true });
        await Deno.writeTextFile(`${folder}/in/s${i} ${name}/${file}`, text);
      }
    }
    const order: string[] = [];
    const { submissions } = await findSubmissions(`${folder}/in`, [
      "90_fixture",
    ]);
    const results = await gradeClass([assignment], submissions, {
      limits: { seconds: 4, memory: 600 },
      results: `${folder}/results`,
      onProgress: (_done, _total, name) => order.push(name),
    });
    assertEquals(results.length, 20);
    for (const { student, status, points } of results) {
      assertEquals(status, "graded");
      if (student.endsWith("honest")) assertEquals(points, 8, student);
    }
    const late = ["a loop without end", "a wait without end", "a busy parser"]
      .map((kind) => `s${kinds.findIndex(([name]) => name === kind)} attacker`);
    assert(
      late.every((student) => order.lastIndexOf(student) >= 10),
      `${order}`,
    );
  });
});
