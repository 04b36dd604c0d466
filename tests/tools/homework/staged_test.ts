/** What nbgrader gets to read of a submission, without nbgrader. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Cell, markOf, studentVersion } from "cnn/homework";
import {
  findSubmitted,
  readAgain,
} from "../../../tools/homework/nbgrader/submitted.ts";
import { sumOf } from "../../../tools/homework/grade/read_submission.ts";
import { gradeClass } from "../../../tools/homework/grade/grade_class.ts";
import {
  cellResults,
  stagedNotebook,
} from "../../../tools/homework/nbgrader/staged.ts";
import {
  assignment,
  edited,
  handIn,
  instructor,
  withFolder,
} from "./fixture.ts";

const file = "90_fixture.ipynb";
const text = (source: string): Cell => ({
  type: "markdown",
  source,
  metadata: {},
});
const staged = (cells: readonly Cell[], notes: string[] = []) =>
  stagedNotebook(instructor, { metadata: {}, cells }, { notes }).cells;

Deno.test("stagedNotebook() takes marks from the instructor and texts from the student", () => {
  const [first] = instructor.cells.filter(({ id }) => id === "exercise-90-1");
  const mine = { ...first, source: "1;" };
  const last = { ...first, type: "markdown" as const, source: "2;" };
  const odd: Cell = {
    type: "code",
    source: "3;\ud800",
    metadata: { nbgrader: { schema_version: 99, grade_id: "not-there" } },
  };
  const cells = staged([mine, odd, last]);
  assertEquals(
    cells.slice(0, 3).map((
      { type, source, metadata },
    ) => [type, source.isWellFormed(), metadata.nbgrader !== undefined]),
    [["code", true, false], ["code", true, false], ["code", true, true]],
  );
  assertEquals(cells[2].source, "2;"); // the later one counts, as code
  const ids = cells.map((cell) => markOf(cell)?.grade_id).filter(Boolean);
  const all = instructor.cells.map((cell) => markOf(cell)?.grade_id)
    .filter(Boolean);
  assertEquals(ids.toSorted(), all.toSorted());
  assertEquals(
    cells.filter(({ metadata }) => metadata.restore).length,
    all.length - 1,
  );
  assertEquals(new Set(cells.map(({ id }) => id)).size, cells.length);
});

Deno.test("stagedNotebook() lets no text become a script in nbgrader's pages", () => {
  const attacks = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</pre><svg/onload=alert(1)>",
    "<!-- --><iframe srcdoc='x'>",
    "[x](javascript:alert(1))",
    "[x](JavaScript\\:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&#x73;cript&colon;alert(1))",
    "[x]: vbscript:alert(1)",
    "![x](data:text/html,1)",
  ];
  for (const attack of attacks) {
    for (const cells of [staged([text(attack)]), staged([], [attack])]) {
      const [{ source }] = cells;
      const own = source.replaceAll(/<\/?pre>/g, "");
      assert(!/<[a-z/!?]/i.test(own), source);
    }
    const [{ source }] = staged([text(attack)]);
    assert(!/(javascript|vbscript|data)\\?:/i.test(source), source);
    assert(!/&(?!amp;|lt;)/.test(source), source);
  }
  assertEquals(staged([text("a < b & c")])[0].source, "a < b & c");
});

Deno.test("stagedNotebook() cuts a text that would take nbgrader minutes", () => {
  const [{ source }] = staged([text("[".repeat(2_000_000))]);
  assert(source.length < 51_000);
  assertStringIncludes(source, "1950000 characters more");
});

Deno.test("stagedNotebook() of nothing is what was handed out, with the reason", () => {
  const { cells } = stagedNotebook(instructor, undefined, {
    notes: ["No JSON."],
  });
  assertStringIncludes(cells[0].source, "No JSON.");
  assert(cells.slice(1).every(({ metadata }) => metadata.restore));
});

Deno.test("cellResults() has a reason for each check without points", () => {
  const exercises = assignment.exercises.map(({ id, title, points }) => ({
    ...{ id, title, points: 0, maxPoints: points, answer: "" },
    status: "missing" as const,
  }));
  const result = {
    ...{ student: "ann", notebook: "90_fixture", points: 0, maxPoints: 8 },
    exercises,
  };
  const results = cellResults(assignment.exercises, {
    ...result,
    status: "unreadable",
    notes: ["The file is empty."],
  });
  assertEquals(results["check-90-2"], {
    ...{ points: 0, maxPoints: 3, printed: "" },
    ...{ mistake: "unreadable", details: "The file is empty." },
  });
  assertEquals(Object.keys(results).length, 4);
});

Deno.test("findSubmitted() finds one assignment's notebooks, and nbgrader's own files", async () => {
  await withFolder(async (folder) => {
    const student = studentVersion(instructor);
    await handIn(folder, {
      [`ann/hw2/${file}`]: edited({}),
      "ann/hw2/timestamp.txt": "2026-03-01 10:00:00 UTC",
      "ann/hw2/submission_secret.txt": "x".repeat(500), // no line
      "ann/hw2/more.ipynb": student,
      [`ann/hw1/${file}`]: student,
      [`ben/hw1/${file}`]: student,
      [`cem/hw2/notes.txt`]: "later",
      "loose.txt": "",
    });
    const found = await findSubmitted({
      folder,
      assignment: "hw2",
      names: ["90_fixture"],
    });
    assertEquals(
      found.submissions.map((
        { student, path, problem },
      ) => [student, path?.slice(folder.length), problem?.status]),
      [["ann", `/ann/hw2/${file}`, undefined], ["cem", undefined, "missing"]],
    );
    assertEquals([...found.own.get("ann")!], [
      ["timestamp.txt", "2026-03-01 10:00:00 UTC"],
    ]);
    assertEquals(
      found.ignored.includes("loose.txt: lies in no student's folder"),
      true,
    );
    assertStringIncludes(found.ignored.join("\n"), "ann/hw2/more.ipynb");
  });
});

Deno.test("findSubmitted() notes names that look alike, which are no reason to refuse them later", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, {
      [`Kim/hw2/${file}`]: edited({}),
      [`kim/hw2/${file}`]: edited({}),
      [`ann/hw2/${file}`]: edited({}),
    });
    const place = { folder, assignment: "hw2", names: ["90_fixture"] };
    const found = await findSubmitted(place);
    const notes = Object.fromEntries(
      found.submissions.map(({ student, notes }) => [student, notes.join()]),
    );
    assertEquals(notes.ann, "");
    assertStringIncludes(notes.Kim, 'look like "Kim"');
    assertStringIncludes(notes.kim, 'look like "kim"');
    const sums = new Map(
      await Promise.all(
        found.submissions.map(async ({ path }, index) =>
          [index, sumOf(await Deno.readFile(path!))] as const
        ),
      ),
    );
    for (const student of ["Kim", "kim", "ann"]) {
      assertEquals((await readAgain(place, found, student, sums))?.size, 1);
    }
  });
});

Deno.test("findSubmitted() has a line for a folder that cannot be opened", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, { [`ann/hw2/${file}`]: edited({}) });
    await Deno.symlink(`${folder}/ann`, `${folder}/ben`);
    // A name that is no UTF-8, which Deno itself cannot make.
    const { success } = await new Deno.Command("sh", {
      args: ["-c", `mkdir -p "$1/$(printf 'k\\377')/hw2"`, "sh", folder],
      stderr: "null",
    }).output();
    const { submissions, ignored } = await findSubmitted({
      folder,
      assignment: "hw2",
      names: ["90_fixture"],
    });
    assertEquals(submissions.map(({ student }) => student), ["ann"]);
    assertEquals(ignored[0], "ben: a symbolic link, which is not followed");
    // Systems that keep names in UTF-8 alone refuse to make the other.
    if (success) {
      assertStringIncludes(ignored[1], "is no UTF-8");
    }
    assertEquals(ignored.length, success ? 2 : 1);
  });
});

Deno.test("readAgain() refuses what a student handed in after the grading", async () => {
  const changes: Record<string, (own: string) => Promise<unknown>> = {
    file: (own) => Deno.writeTextFile(`${own}/hw2/${file}`, "{}"),
    time: (own) => Deno.writeTextFile(`${own}/hw2/timestamp.txt`, "later"),
    "no time": (own) => Deno.remove(`${own}/hw2/timestamp.txt`),
    "no file": (own) => Deno.remove(`${own}/hw2/${file}`),
    "no folder": (own) => Deno.remove(own, { recursive: true }),
    "another file": (own) => Deno.rename(`${own}/hw2/${file}`, `${own}/hw2/x`),
    "a second file": (own) =>
      handIn(own, { [`hw2/notebooks/${file}`]: edited({}) }),
    nothing: () => Promise.resolve(),
    "nothing of hw2": (own) => handIn(own, { [`hw1/${file}`]: edited({}) }),
  };
  await withFolder(async (folder) => {
    const place = {
      folder: `${folder}/in`,
      assignment: "hw2",
      names: ["90_fixture"],
    };
    for (const student of Object.keys(changes)) {
      await handIn(`${folder}/in/${student}/hw2`, {
        [file]: "[]", // read, and no notebook
        "timestamp.txt": "2026-03-01 10:00:00 UTC",
      });
    }
    await handIn(`${folder}/in/late/hw1`, { [file]: "[]" });
    await handIn(`${folder}/in/empty/hw2`, { "more.txt": "" });
    const found = await findSubmitted(place);
    const sums = new Map<number, string>();
    await gradeClass([assignment], found.submissions, {
      results: `${folder}/results`,
      onRead: (index, sum) => sums.set(index, sum),
    });
    assertEquals(sums.size, Object.keys(changes).length);
    for (const [student, change] of Object.entries(changes)) {
      await change(`${folder}/in/${student}`);
      const read = await readAgain(place, found, student, sums);
      const same = student.startsWith("nothing");
      assertEquals(read && [...read.values()].length, same ? 1 : undefined);
    }
    assertEquals((await readAgain(place, found, "empty", sums))?.size, 0);
    await handIn(`${folder}/in/empty/hw2`, { [file]: "[]" });
    assertEquals(await readAgain(place, found, "empty", sums), undefined);
  });
});
