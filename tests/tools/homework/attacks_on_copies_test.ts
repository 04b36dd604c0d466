/** Attempts to change what other students' code and the instructor read. */
import { type Notebook, prepareSandbox } from "cnn/homework";
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gradeClass } from "../../../tools/homework/grade/grade_class.ts";
import { findSubmissions } from "../../../tools/homework/grade/find_submissions.ts";
import {
  assignment,
  edited,
  exercise,
  handIn,
  instructor,
  withFolder,
} from "./fixture.ts";

const file = "90_fixture.ipynb";
const root = fileURLToPath(new URL("../../../", import.meta.url));
const windows = Deno.build.os === "windows";

/** Deno 2.9.6 asks for no right to write where a descriptor is open for reading. */
const lock = `
import fs from "node:fs";
import { join } from "node:path";
let changed = 0;
function lock(path) {
  let file;
  try { file = fs.openSync(path, "r"); } catch { return; }
  try { for (const name of fs.readdirSync(path)) lock(join(path, name)); } catch { /* a file */ }
  try { fs.futimesSync(file, 1, 1); fs.fchmodSync(file, 0); changed++; } catch { /* refused */ }
  fs.closeSync(file);
}
`;

/** A student whose first exercise locks all that can be read, and tells how much. */
function locksAll(places: readonly string[]): Notebook {
  return edited({
    "exercise-90-1": `${lock}
function myOutputLength() {
  for (const path of ${JSON.stringify(places)}) lock(path);
  console.log("changed " + changed);
  return 1;
}`,
  });
}

/** Modes and times below a folder. */
async function stateOf(folder: string): Promise<string[]> {
  const lines: string[] = [];
  const walk = async (path: string): Promise<void> => {
    const { mode, mtime, isDirectory } = await Deno.lstat(path);
    lines.push(`${path} ${mode} ${mtime?.getTime()}`);
    if (!isDirectory) return;
    for await (const { name } of Deno.readDir(path)) {
      await walk(join(path, name));
    }
  };
  await walk(folder);
  return lines.sort();
}

Deno.test("locking all that can be read changes neither the checkout nor the neighbours' points", async (t) => {
  if (windows) return;
  for (const confined of [true, false]) {
    const name = confined ? "with what the system offers" : "with copies alone";
    await t.step(name, () =>
      withFolder(async (folder) => {
        // A comma would part two paths of --allow-read.
        const place = `${folder}/a, 'b`;
        await Deno.mkdir(place);
        const made = await prepareSandbox(await Deno.realPath(place));
        const students = { ...made.students, confinement: [] };
        const files = confined ? made : { ...made, students };
        assert(
          made.students.readable.every((path) => path.startsWith(folder)),
          "only copies",
        );
        const places = [
          ...made.students.readable,
          made.students.folder,
          `${root}data`,
          `${root}node_modules/typescript/`,
          `${root}lib`,
        ];
        const checkout = await stateOf(`${root}data`);
        await handIn(`${folder}/in`, {
          [`aaa/${file}`]: locksAll(places),
          [`bob/${file}`]: instructor,
          [`cleo/${file}`]: locksAll(places),
          [`dan/${file}`]: instructor,
        });
        const { submissions } = await findSubmissions(`${folder}/in`, [
          "90_fixture",
        ]);
        const results = await gradeClass([assignment], submissions, {
          jobs: 2,
          files,
          results: `${folder}/results`,
        });
        assertEquals(
          results.filter(({ student }) => !/aaa|cleo/.test(student))
            .map(({ points }) => points),
          [8, 8],
        );
        assertEquals(await stateOf(`${root}data`), checkout);
        assertEquals(await files.check(), true);
        const changed = exercise(results[0], "90.1").printed ?? "";
        // Where the machine has no such mount, the attack must be seen to work.
        if (!confined) assert(/changed [1-9]/.test(changed), changed);
        else if (made.confinement.includes("unshare")) {
          assert(/^(changed 0\s+)+$/.test(changed), changed);
        }
      }));
  }
});

Deno.test("copies that were changed, cut or added to between two runs are made afresh", async () => {
  if (windows) return;
  await withFolder(async (folder) => {
    const place = await Deno.realPath(folder);
    const made = await prepareSandbox(place);
    const code = join(made.folder, "lib/mod.js");
    const whole = await Deno.readTextFile(code);
    await Deno.chmod(join(made.folder, "lib"), 0);
    assertEquals(await made.check(), false);
    assertEquals(await made.check(), true);
    const changes = [
      () => Deno.chmod(join(made.folder, "lib"), 0),
      () => Deno.writeTextFile(code, "", { append: true }),
      () => Deno.writeTextFile(join(made.folder, "lib/more.js"), "1"),
      () => Deno.writeTextFile(join(made.folder, "../list.json"), "[{"),
    ];
    for (const change of changes) {
      await change();
      const again = await prepareSandbox(place);
      assertEquals(again.folder, made.folder);
      assertEquals(await again.check(), true);
      assertEquals(await Deno.readTextFile(code), whole);
      const names = Array.from(Deno.readDirSync(join(made.folder, "lib")));
      assert(names.every(({ name }) => name !== "more.js"));
    }
  });
});
