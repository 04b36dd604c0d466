/** A class graded in parts, and one that is larger than memory should hold. */
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { root } from "../../../tools/paths.ts";
import { UsageError } from "../../../tools/options.ts";
import { mergeCommand } from "../../../tools/homework/commands/merge.ts";
import { readPart } from "../../../tools/homework/report/part.ts";
import { NotebookError } from "cnn/homework";
import {
  edited,
  fixturePath,
  handIn,
  instructor,
  withFolder,
} from "./fixture.ts";

const file = "90_fixture.ipynb";

async function homework(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "tools/homework/commands/main.ts"],
      ...args,
    ],
    cwd: root,
  }).output();
  const text = [stdout, stderr].map((b) => new TextDecoder().decode(b)).join(
    "",
  );
  return { code, text };
}

/** The reports below a folder, with their content. */
async function reports(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (
    const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)
  ) {
    if (name === "results" || name === ".manifest") continue;
    const path = `${below}${name}`;
    files.push(
      ...isDirectory
        ? await reports(folder, `${path}/`)
        : [`${path}\n${await Deno.readTextFile(`${folder}/${path}`)}`],
    );
  }
  return files.sort();
}

Deno.test("grade --part and merge give the same bytes as one run", async () => {
  await withFolder(async (folder) => {
    const at = (path: string) => `${folder}/${path}`;
    const wrong = edited({
      "exercise-90-1": "function myOutputLength() { return 1; }",
    });
    await handIn(at("in"), {
      [`ann/${file}`]: instructor,
      [`ben/${file}`]: wrong,
      [`cem/${file}`]: "{",
      [`dee/notes.txt`]: "later",
      [`김하나/${file}`]: wrong,
      "loose.ipynb": instructor,
    });
    const grade = (out: string, ...more: string[]) =>
      homework(
        ...["grade", at("in"), "--notebook", fileURLToPath(fixturePath)],
        ...["--out", at(out), ...more],
      );
    const whole = await grade("whole");
    assertEquals(whole.code, 0, whole.text);
    for (const number of [3, 1, 2]) {
      const { code, text } = await grade(`p${number}`, "--part", `${number}/3`);
      assertEquals(code, 0, text);
    }
    const merge = (...parts: string[]) =>
      mergeCommand([...parts.map(at), "--out", at("merged")]);
    assertEquals(await merge("p2", "p3", "p1"), 0);
    const merged = await reports(at("merged"));
    assertEquals(merged, await reports(at("whole")));
    assertEquals(merged.length, 7);

    const refused = async (parts: string[], why: string) => {
      await assertRejects(() => merge(...parts), NotebookError, why);
    };
    await refused(["p1", "p3"], "part 2 is missing");
    await refused(["p1", "p3", "p3"], "part 3 again");
    await refused(["p1", "nowhere"], "found no");
    await refused(["whole"], "found no");
    await handIn(at("in"), { [`eve/${file}`]: instructor });
    await grade("p3", "--part", "3/3");
    await refused(["p1", "p2", "p3"], "parts of one run");
  });
});

Deno.test("grade --anonymous tells ids that stay, --again grades one student anew", async () => {
  await withFolder(async (folder) => {
    const wrong = edited({
      "exercise-90-1": "function myOutputLength() { return 1; }",
    });
    await handIn(`${folder}/in`, {
      [`ann/${file}`]: instructor,
      [`__proto__/${file}`]: wrong,
    });
    const out = `${folder}/out`;
    const grade = (...more: string[]) =>
      homework(
        ...["grade", `${folder}/in`, "--notebook", fileURLToPath(fixturePath)],
        ...["--out", out, "--anonymous", ...more],
      );
    const first = await grade();
    assertEquals(first.code, 0, first.text);
    const names = await Deno.readTextFile(`${out}/names.json`);
    const ids = JSON.parse(names);
    const csv = await Deno.readTextFile(`${out}/grades.csv`);
    assertEquals(
      csv.split("\n").slice(1, 3).map((line) => line.split(",")[0]).sort(),
      Object.values(ids).sort(),
    );
    const all = (await reports(out)).filter((text) => !/^names/.test(text));
    assertEquals(all.length, 4);
    assertEquals(all.filter((text) => text.includes("ann")), []);
    assertStringIncludes(csv, `${ids.ann},90_fixture,graded,8`);

    // A saved result counts, unless its student is graded anew.
    for (const name of ["ann", "__proto__"]) {
      const saved = `${out}/results/${name}/90_fixture.json`;
      const text = await Deno.readTextFile(saved);
      await Deno.writeTextFile(
        saved,
        text.replace(/"points": [78]/, '"points": 7.5'),
      );
    }
    await handIn(`${folder}/in`, { [`cem/${file}`]: instructor });
    const second = await grade("--again", "ann");
    assertEquals(second.code, 0, second.text);
    const after = JSON.parse(await Deno.readTextFile(`${out}/names.json`));
    assertEquals([after.ann, Object.keys(after).length], [ids.ann, 3]);
    const rows = (await Deno.readTextFile(`${out}/grades.csv`)).split("\n");
    const points = (id: string) =>
      rows.find((row) => row.startsWith(id))!.split(",")[3];
    assertEquals(
      [
        points(after.ann),
        points(
          Object.entries<string>(after).find(([n]) => n === "__proto__")![1],
        ),
      ],
      ["8", "7.5"],
    );
  });
});

Deno.test("readPart() wants one of so many", () => {
  assertEquals(readPart("2/8"), { number: 2, of: 8 });
  for (const text of ["0/3", "4/3", "1", "x", "1/0", "1/3/5", "-1/3"]) {
    assertThrows(() => readPart(text), UsageError, "such as 2/8");
  }
});

Deno.test("writeReports() holds one student of a class at a time", async () => {
  await withFolder(async (folder) => {
    // 150 MB of answers in a process that may hold 64.
    const program = `
      import { Spool } from "./tools/homework/report/spool.ts";
      import { writeReports } from "./tools/homework/report/reports.ts";
      const spool = await Spool.open();
      const answer = "x".repeat(1_000_000);
      for (let i = 150; i-- > 0;) { // in any order
        const student = "student" + String(i).padStart(3, "0");
        const points = { points: 1, maxPoints: 1 };
        const exercises = [{ id: "1.1", title: "One", status: "passed", answer, ...points }];
        await spool.add(i, { student, notebook: "n", status: "graded", ...points, notes: [], exercises });
      }
      const { notebooks } = await writeReports(${
      JSON.stringify(`${folder}/out`)
    }, spool, []);
      console.log(notebooks.get("n").graded);
      await spool.close();`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["eval", "--ext=js", "--v8-flags=--max-old-space-size=64"],
        program,
      ],
      cwd: root,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(text(stdout).trim(), "150", text(stderr).slice(-2000));
    const csv = await Deno.readTextFile(`${folder}/out/grades.csv`);
    const students = csv.trim().split("\n").slice(1)
      .map((line) => line.split(",")[0]);
    assertEquals(students.length, 150);
    assertEquals(students, students.toSorted());
  });
});
