/** Whose file is whose: by names that are right, near and wrong. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  findSubmissions,
  handedIn,
  insteadOf,
} from "../../../tools/homework/grade/find_submissions.ts";
import { notebookOf } from "../../../tools/homework/grade/submission_name.ts";
import { handIn, instructor, withFolder } from "./fixture.ts";

Deno.test("notebookOf() takes what handing in makes of a name", () => {
  for (
    const stem of [
      "hw1",
      "HW1",
      "hw1-Copy1",
      "hw1-Copy1-Copy2",
      "hw1 (2)",
      "hw1(1)",
      "hw1 - Copy",
      "hw1 - Copy (2)",
      "hw1 copy 2",
      "hw1 - 복사본",
      "hw1-1", // Canvas, handed in again
      "kim hw1 (2)",
      "kim_hw1",
      "kimada_123_456_hw1", // Canvas
      "kimada_LATE_123_456_hw1-2",
      "Kim Ada_123_assignsubmission_file_hw1", // Moodle
      "[Kim] hw1",
      "hw1_kim",
      "hw1-KIM (1)",
      "ps1.hw1",
    ]
  ) assertEquals(notebookOf(stem, ["hw1", "hw10"], "Kim"), "hw1", stem);
  // A name from macOS, whose "é" are two characters.
  assertEquals(notebookOf("re\u0301sume", ["r\u00e9sume"], ""), "r\u00e9sume");
});

Deno.test("notebookOf() leaves a name that only holds the notebook's", () => {
  for (
    const stem of [
      "hw10",
      "hw11",
      "xhw1",
      "2hw1",
      "hw1b",
      "hw1_bonus",
      "hw1.1",
      "hw1-copyright",
      "hw",
      "",
      "hw1_kimberly",
    ]
  ) assertEquals(notebookOf(stem, ["hw1"], "Kim"), undefined, stem);
});

Deno.test("notebookOf() gives a file to one notebook alone, the one that it names best", () => {
  const known = ["hw1", "hw10", "bonus_hw1", "hw1-2", "1", "11"];
  for (
    const [stem, notebook] of [
      ["hw10", "hw10"],
      ["kim_hw10", "hw10"],
      ["hw1", "hw1"],
      ["bonus_hw1", "bonus_hw1"],
      ["kim bonus_hw1", "bonus_hw1"],
      ["hw1-2", "hw1-2"],
      ["hw1-3", "hw1"],
      ["11", "11"],
      ["111", undefined],
    ]
  ) assertEquals(notebookOf(stem!, known, "kim"), notebook, stem);
});

Deno.test("hw10.ipynb is not graded as hw1, nor told as lying beside it", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, {
      "ann/hw10.ipynb": instructor,
      "ben/hw1.ipynb": instructor,
      "ben/hw10.ipynb": instructor,
      "cem/cem_hw1-1.ipynb": instructor,
    });
    const found = async (names: string[], known?: string[]) => {
      const { submissions, ignored } = await findSubmissions(
        folder,
        names,
        known,
      );
      return [
        ...submissions.map((s) =>
          [s.student, s.notebook, s.problem?.status ?? "", ...s.notes].join(" ")
        ),
        ...ignored,
      ];
    };
    assertEquals(await found(["hw1", "hw10"]), [
      "ann hw1 missing",
      "ann hw10 ",
      "ben hw1 ",
      "ben hw10 ",
      'cem hw1  The file is called "cem_hw1-1.ipynb", not "hw1.ipynb".',
      "cem hw10 missing",
    ]);
    const one = await found(["hw1"]);
    assertEquals(one[0], "ann hw1 missing");
    assertEquals(one[1], "ben hw1 ");
    assertEquals(one.slice(3), [
      "ann/hw10.ipynb: no assignment has this name",
      "ben/hw10.ipynb: no assignment has this name",
    ]);
    assertEquals(
      (await found(["hw1"], ["hw10"]))[3],
      "ann/hw10.ipynb: belongs to hw10, which is not graded now",
    );
    assertEquals(await handedIn(folder, ["hw1", "hw10"]), ["hw1", "hw10"]);
    assertEquals(await handedIn(folder, ["hw"]), []);
  });
});

Deno.test("a folder without the notebook is told by what lies in it and what to do", async () => {
  await withFolder(async (folder) => {
    const cases: Record<string, [files: string[], text: string]> = {
      zip: [
        ["hw1.zip", "x.txt"],
        '"hw1.zip", an archive: unpack it and hand in hw1.ipynb itself',
      ],
      tar: [["all.tar.gz"], '"all.tar.gz", an archive: unpack it'],
      txt: [
        ["hw1.ipynb.txt"],
        '"hw1.ipynb.txt", a notebook with one ending too many: rename it to hw1.ipynb',
      ],
      json: [
        ["hw1.json"],
        '"hw1.json", no .ipynb file: rename it if it is hw1.ipynb',
      ],
      deep: [
        ["old/notebooks/hw1.ipynb", "old/lib/mod.ts"],
        '"old/notebooks/hw1.ipynb", in a folder where it is not looked for: put it at the top as hw1.ipynb',
      ],
      Big: [["Notebooks/hw1.ipynb"], '"Notebooks/hw1.ipynb", in a folder'],
      name: [
        ["homework.ipynb"],
        '"homework.ipynb", a notebook of another name: rename it if it is hw1.ipynb',
      ],
      html: [
        ["a.html", "b.pdf", "c.py", "d.ts"],
        '"a.html", "b.pdf", "c.py" and 1 more, no notebook: hand in hw1.ipynb',
      ],
      other: [["hw2.ipynb"], 'there are only "hw2.ipynb"'],
      empty: [[".DS_Store"], "the folder is empty"],
    };
    for (const [student, [files]] of Object.entries(cases)) {
      for (const file of files) {
        await handIn(folder, { [`${student}/${file}`]: "{}" });
      }
    }
    const { submissions } = await findSubmissions(folder, ["hw1"], ["hw2"]);
    assertEquals(submissions.length, Object.keys(cases).length);
    for (const { student, problem } of submissions) {
      assertEquals(problem?.status, "missing");
      assertStringIncludes(problem!.text, "No file hw1.ipynb was handed in: ");
      assertStringIncludes(problem!.text, cases[student][1]);
    }
    assertStringIncludes(
      (await insteadOf(folder, ["hw1"]))!,
      "Big: No file hw1.ipynb was handed in: there is",
    );
  });
});
