/** The students' folder, and the commands as a user calls them. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { unzipSync } from "fflate";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { homework } from "../../../tools/homework/commands/main.ts";
import { dataNeeded } from "../../../tools/homework/release/release.ts";
import { release } from "../../../tools/homework/release/release.ts";
import { validateNotebook } from "../../../tools/homework/grade/validate.ts";
import {
  formatNotebook,
  parseNotebook,
  stampNotebook,
  studentVersion,
} from "cnn/homework";
import {
  edited,
  fixturePath,
  handIn,
  instructor,
  withFolder,
} from "./fixture.ts";

const named = [{ name: "90_fixture", notebook: instructor }];
const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const fixture = fileURLToPath(fixturePath);

/** Calls a command; returns its status and what it printed. */
async function call(
  ...args: string[]
): Promise<{ status: number; text: string }> {
  const { log, error } = console;
  let text = "";
  console.log = console.error = (...values) => text += values.join(" ") + "\n";
  try {
    return { status: await homework(args), text };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("release() writes all that students need and no solution", async () => {
  await withFolder(async (folder) => {
    const { zip } = await release(named, { out: `${folder}/out` });
    const files = unzipSync(await Deno.readFile(zip));
    const names = Object.keys(files).map((name) =>
      name.replace("90_fixture/", "")
    );
    for (
      const name of [
        "README.md",
        "deno.json",
        "deno.lock",
        "lib/mod.ts",
        "tools/homework/commands/main.ts",
        "notebooks/90_fixture.ipynb",
        "data/photos/camera.png",
      ]
    ) {
      assert(names.includes(name), name);
    }
    assert(
      !names.some((name) => /^(tests|docs)\/|mnist\/|0\d_.*ipynb/.test(name)),
    );
    const text = (name: string) =>
      new TextDecoder().decode(files[`90_fixture/${name}`]);
    assert(!text("notebooks/90_fixture.ipynb").includes("4711"));
    assert(!text("notebooks/90_fixture.ipynb").includes("Math.ceil"));
    assertStringIncludes(
      text("README.md"),
      "| `notebooks/90_fixture.ipynb` | 4 | 8 |",
    );
    assertEquals(text("README.md").includes("is refused here"), false);
    const { tasks, imports } = JSON.parse(text("deno.json"));
    assertEquals(Object.keys(tasks).includes("test"), false);
    assertEquals(imports.cnn, "./lib/mod.ts");
    // Whatever the lock file names is installed: nothing that students need not.
    const { npm, specifiers, workspace } = JSON.parse(text("deno.lock"));
    const installed = [
      ...[...Object.keys(npm), ...Object.keys(specifiers)],
      ...[...workspace.dependencies, ...Object.keys(imports)],
    ];
    const unneeded = /assemblyscript|binaryen|jupyterlab|lumino/;
    assertEquals(installed.filter((name) => unneeded.test(name)), []);
    assert(installed.includes("typescript"));
    // The folder holds the same files as the zip.
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(`${folder}/out`, name.replace("90_fixture/", ""));
      assertEquals((await Deno.stat(path)).size, bytes.length, name);
    }
  });
});

Deno.test("release() gives the same bytes twice, and never overwrites without force", async () => {
  await withFolder(async (folder) => {
    const one = await release(named, { out: `${folder}/one`, data: "none" });
    const two = await release(named, { out: `${folder}/two`, data: "none" });
    assertEquals(await Deno.readFile(one.zip), await Deno.readFile(two.zip));
    const out = `${folder}/one`;
    await handIn(out, { "lib/mine.ts": "1", "mine.txt": "kept" });
    await assertRejects(
      () => release(named, { out, data: "none" }),
      Error,
      "--force",
    );
    await release(named, { out, data: "none", force: true });
    assertEquals(await Deno.readTextFile(`${out}/mine.txt`), "kept");
    assertEquals(await Deno.readTextFile(`${out}/lib/mine.ts`), "1");
    assertEquals(await Deno.readFile(one.zip), await Deno.readFile(two.zip));
  });
});

Deno.test("dataNeeded() takes the large sets only where they are loaded", () => {
  const loads = (code: string) =>
    dataNeeded([edited({ lecture: code })], "needed");
  assertEquals(loads("1").some((path) => /mnist/.test(path)), false);
  assert(loads("await loadMnist()").includes("data/mnist"));
  assertEquals(
    loads("await loadMnist()").includes("data/fashion_mnist"),
    false,
  );
  assert(loads("await loadFashionMnist()").includes("data/fashion_mnist"));
  assertEquals(loads("readIdx(dataFolder)"), ["data"]);
  assertEquals(dataNeeded([], "all"), ["data"]);
  assertEquals(dataNeeded([], "none"), []);
});

Deno.test("release() tells students which functions an exercise refuses", async () => {
  await withFolder(async (folder) => {
    const cells = instructor.cells.map((cell) =>
      cell.id === "check-90-2"
        ? { ...cell, metadata: { ...cell.metadata, forbids: ["maxPool2d"] } }
        : cell
    );
    const named = [{ name: "90_fixture", notebook: { ...instructor, cells } }];
    await release(named, { out: folder, data: "none", force: true });
    const readme = await Deno.readTextFile(`${folder}/README.md`);
    assertStringIncludes(readme, "is refused here");
    assertStringIncludes(readme, "| 90.2 | `maxPool2d` |\n\n");
  });
});

Deno.test("validateNotebook() runs a student's visible checks and added cells", async () => {
  const student = stampNotebook(studentVersion(instructor));
  const solved = edited({}).cells.find((c) => c.id === "exercise-90-1")!.source;
  const cells = student.cells.flatMap((cell) => {
    if (cell.id === "exercise-90-1") {
      return [{
        ...cell,
        source: "function myOutputLength(n, o) { return helper(n, o); }",
      }];
    }
    if (cell.id === "exercise-90-3") {
      return [{ ...cell, source: "function myFlatten( {" }];
    }
    if (cell.id !== "check-90-1") return [cell];
    const helper = solved.replace("myOutputLength", "helper");
    return [{ type: "code" as const, source: helper, metadata: {} }, {
      ...cell,
      source: `${cell.source}\n// mine`,
    }];
  });
  const result = await validateNotebook("90_fixture", { ...student, cells });
  assertEquals(result.exercises.map((e) => e.mistake), [
    undefined,
    "not implemented",
    "syntax error",
    "not implemented",
  ]);
  assertEquals(result.points, 1);
  assertStringIncludes(result.notes[0], 'locked cell "check-90-1" was changed');
});

Deno.test("homework says how it is called", async () => {
  const wrong: [args: string[], message: string][] = [
    [
      ["mark"],
      'release, validate, grade, merge, similar or stamp but found "mark"',
    ],
    [["grade"], "grade expects one folder"],
    [["grade", "/nowhere", "--out", "x"], "grade found no folder /nowhere"],
    [
      ["grade", fixtures, "--out", "x", "--jobs", "0"],
      "--jobs to be a whole number",
    ],
    [["grade", "--speed", "9"], "Unknown option"],
    [["release", fixture], "release expects --out DIR"],
    [["release", "--out", "x", "--data", "some"], 'but found "some"'],
    [["validate"], "validate expects the path"],
  ];
  await withFolder(async (folder) => {
    for (const [args, message] of wrong) {
      const { status, text } = await call(
        ...args.map((a) => a === "x" ? `${folder}/x` : a),
      );
      assertEquals(status, 2, args.join(" "));
      assertStringIncludes(text, message);
      assertStringIncludes(text, "Usage:");
    }
  });
  assertStringIncludes(
    (await call("--help")).text,
    "deno task homework release",
  );
});

Deno.test("homework releases, stamps, validates and grades", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/students`;
    assertEquals(
      (await call("release", fixture, "--out", out, "--data", "none")).status,
      0,
    );
    const full = await call("release", fixture, "--out", out);
    assertEquals(full.status, 1);
    assertStringIncludes(full.text, "--force");

    const copy = `${folder}/90_fixture.ipynb`;
    await Deno.copyFile(fixture, copy);
    assertEquals((await call("stamp", copy, "--check")).status, 3);
    assertEquals((await call("stamp", copy)).status, 0);
    assertEquals((await call("stamp", copy, "--check")).status, 0);

    const missing = await call("validate", `${folder}/none.ipynb`);
    assertEquals(missing.status, 1);
    assertStringIncludes(missing.text, "found no file");
    const scratch = `${folder}/Untitled.ipynb`;
    await Deno.writeTextFile(
      scratch,
      formatNotebook({
        ...instructor,
        cells: [{ id: "a", type: "code", source: "1 + 1", metadata: {} }],
      }),
    );
    const empty = `${folder}/Untitled1.ipynb`;
    await Deno.writeTextFile(
      empty,
      formatNotebook({ ...instructor, cells: [] }),
    );
    const valid = await call("validate", copy, scratch, empty);
    assertEquals(valid.status, 0);
    assertStringIncludes(valid.text, "Untitled.ipynb: passed over");
    assertStringIncludes(valid.text, "Untitled1.ipynb: passed over");
    assertStringIncludes(valid.text, "8 of 8 points by the visible checks");

    const student = parseNotebook(
      await Deno.readFile(`${out}/notebooks/90_fixture.ipynb`),
    );
    await handIn(`${folder}/in`, {
      "ann/90_fixture.ipynb": instructor,
      "ben/90_fixture.ipynb": student,
    });
    const inside = await call(
      "grade",
      `${folder}/in`,
      "--out",
      `${folder}/in/out`,
      "--notebook",
      fixture,
    );
    assertEquals(inside.status, 2);
    await assertRejects(
      () => Deno.stat(`${folder}/in/out`),
      Deno.errors.NotFound,
    );
    const graded = await call(
      "grade",
      `${folder}/in`,
      "--out",
      `${folder}/out`,
      "--notebook",
      fixture,
    );
    assertEquals(graded.status, 0, graded.text);
    assertStringIncludes(graded.text, "not implemented");
    const csv = await Deno.readTextFile(`${folder}/out/grades.csv`);
    assertStringIncludes(csv, "\nann,90_fixture,graded,8,8,");
    assertStringIncludes(csv, "\nben,90_fixture,graded,0,8,");
    const again = () =>
      call(
        ...["grade", `${folder}/in`, "--out", `${folder}/out`],
        ...["--notebook", fixture],
      );
    assertEquals((await again()).status, 0);
    await Deno.writeTextFile(`${folder}/out/grades.csv`, "ann,10\n");
    const edited = await again();
    assertEquals(edited.status, 1);
    assertStringIncludes(edited.text, "grades.csv (changed since); move");
    assertEquals(
      await Deno.readTextFile(`${folder}/out/grades.csv`),
      "ann,10\n",
    );
    const none = await call(
      "grade",
      `${folder}/students`,
      "--out",
      `${folder}/o2`,
    );
    assertEquals(none.status, 1);
    assertStringIncludes(none.text, "but found none in");
  });
});
