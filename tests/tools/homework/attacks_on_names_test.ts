/** Names that steer a table, a terminal, a workflow's log or another student's page. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { findSubmissions } from "../../../tools/homework/grade/find_submissions.ts";
import { csvField } from "../../../tools/homework/report/class_report.ts";
import { reportPaths } from "../../../tools/homework/report/reports.ts";
import { fixturePath, handIn, instructor, withFolder } from "./fixture.ts";

const file = "90_fixture.ipynb";
const windows = Deno.build.os === "windows";

Deno.test("csvField() never makes one text of two", () => {
  const names = [
    "=1+1",
    "'=1+1",
    "''=1+1",
    "'x",
    "x",
    " =1",
    "' =1",
    "-",
    "'-",
  ];
  const fields = names.map(csvField);
  assertEquals(new Set(fields).size, names.length);
  assert(fields.every((field) => !/^\s*[=+\-@|%]/.test(field)), `${fields}`);
});

Deno.test("pages of names that some system takes for one are different files", () => {
  const students = ["Kim", "kim", "Jos\u00e9", "Jose\u0301", "ann"];
  const paths = reportPaths(students);
  assertEquals(
    new Set(paths.map((path) => path.normalize("NFC").toLowerCase())).size,
    students.length + 2,
  );
  assert(paths.includes("feedback/ann.html"));
  assertEquals(reportPaths(students.toReversed()).sort(), paths.toSorted());
});

Deno.test("names that look alike are told in their rows", async () => {
  if (Deno.build.os !== "linux") return; // others may keep one of the two
  await withFolder(async (folder) => {
    await handIn(folder, {
      [`Jos\u00e9/${file}`]: instructor,
      [`Jose\u0301/${file}`]: instructor,
      [`ann/${file}`]: instructor,
    });
    const { submissions } = await findSubmissions(folder, ["90_fixture"]);
    for (const { student, notes } of submissions) {
      assertEquals(
        notes.join().includes("2 folders have names that look like"),
        student !== "ann",
      );
    }
  });
});

Deno.test("what is passed over is a line, but for what systems write themselves", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, {
      [`ann/${file}`]: instructor,
      [`__MACOSX/ann/._${file}`]: "x",
      "._ann": "x",
      ".DS_Store": "x",
      "Thumbs.db": "x",
      ".ben.ipynb": "{}",
      "~$hw.docx": "x",
      "cleo.ipynb": "{}",
    });
    const { submissions, ignored } = await findSubmissions(folder, [
      "90_fixture",
    ]);
    assertEquals(submissions.length, 1);
    assertEquals(ignored.toSorted(), [
      ".ben.ipynb: a hidden file",
      "__MACOSX: a hidden folder",
      "cleo.ipynb: lies in no student's folder",
      "~$hw.docx: a hidden file",
    ]);
  });
});

Deno.test("names reach neither the terminal nor a workflow's log as they are", async () => {
  if (windows) return;
  const odd = "x\u001b[2J\n::error::y\u202e";
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const fixture = fileURLToPath(fixturePath);
  const run = async (folder: string, ...given: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        `${root}tools/homework/commands/main.ts`,
        "grade",
        `${folder}/in`,
        "--out",
        `${folder}/out`,
        ...given,
      ],
      cwd: root,
    }).output();
    const printed = new TextDecoder().decode(stdout) +
      new TextDecoder().decode(stderr);
    // deno-lint-ignore no-control-regex -- what a terminal would obey
    assert(!/[\x1b\u202e]|^::/m.test(printed), JSON.stringify(printed));
    return { code, printed };
  };
  await withFolder(async (folder) => {
    await handIn(folder, {
      [`in/${odd}/${file}`]: instructor,
      [`in/ann/${odd}.ipynb`]: instructor,
      [`in/${odd}.txt`]: "x",
    });
    assertEquals((await run(folder, "--notebook", fixture)).code, 0);
  });
  await withFolder(async (folder) => {
    await handIn(folder, { [`in/${odd}/${odd}.zip`]: "x" });
    const { code, printed } = await run(
      folder,
      "--source",
      fixture.slice(0, fixture.lastIndexOf("/")),
    );
    assertEquals(code, 1);
    assertStringIncludes(printed, "an archive");
  });
});
