/** What no command reads: each refused in one line that says what to do. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { prepareAssignment } from "cnn/homework";
import { gradeClass } from "../../../tools/homework/grade/grade_class.ts";
import { settleLimits } from "../../../tools/homework/sandbox/limits.ts";
import { release } from "../../../tools/homework/release/release.ts";
import { homework } from "../../../tools/homework/commands/main.ts";
import { fixturePath, handIn, instructor, withFolder } from "./fixture.ts";

const fixture = fileURLToPath(fixturePath);
const text = await Deno.readTextFile(fixturePath);

// deno-lint-ignore no-explicit-any -- notebook JSON
type Json = any;

/** The fixture's JSON with a change. */
function changed(change: (notebook: Json) => unknown): string {
  const notebook = JSON.parse(text);
  return JSON.stringify(change(notebook) ?? notebook);
}

/** The fixture with one value in the mark of its first check. */
function marked(name: string, value: unknown): string {
  return changed(({ cells }) => {
    const cell = cells.find((c: Json) => c.id === "check-90-1");
    if (value === undefined) delete cell.metadata.nbgrader[name];
    else cell.metadata.nbgrader[name] = value;
  });
}

const damaged: Record<string, [content: string | Uint8Array, message: string]> =
  {
    "format 3": [
      '{"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": []}]}',
      "has format 3 but format 4 is read: open it in JupyterLab and save it",
    ],
    "format 5": [
      changed((n) => void (n.nbformat = 5)),
      "has format 5 but format 4 is read",
    ],
    "format in quotes": [
      changed((n) => void (n.nbformat = "4")),
      'has format "4" but format 4 is read',
    ],
    "no format": [
      changed((n) => void delete n.nbformat),
      "does not say which format of notebook it has",
    ],
    "Python": [
      changed((n) =>
        void (n.metadata = {
          kernelspec: { name: "python3", language: "python" },
        })
      ),
      'written in "python" but TypeScript for the kernel Deno is read: open it in JupyterLab, choose',
    ],
    "Python by its language alone": [
      changed((n) => void (n.metadata = { language_info: { name: "python" } })),
      'written in "python"',
    ],
    "a kernel alone": [
      changed((n) => void (n.metadata = { kernelspec: { name: "ir" } })),
      'written in "ir"',
    ],
    "no cells": [changed((n) => void (n.cells = [])), "has no cells, so"],
    "no code": [
      changed((n) =>
        void (n.cells = n.cells.filter((c: Json) => c.cell_type !== "code"))
      ),
      "has no cell with code, so there is nothing to run",
    ],
    "a newer schema": [
      marked("schema_version", 100),
      "nbgrader's schema 3 but found 100: mark the cell again",
    ],
    "an older schema": [
      marked("schema_version", 1),
      "nbgrader's schema 3 but found 1: bring the notebook up to date with nbgrader update",
    ],
    "an unknown schema": [
      marked("schema_version", "three"),
      'schema 3 but found "three"',
    ],
    "a mark without a name": [
      marked("grade_id", undefined),
      "nbgrader's grade_id but found none: give the cell one",
    ],
    "a mark in quotes": [
      marked("grade", "true"),
      '"grade" to be true or false but found "true": write it without quotes',
    ],
    "a mark that is a text": [
      changed(({ cells }) => void (cells[1].metadata.nbgrader = "solution")),
      'nbgrader\'s metadata but found "solution"',
    ],
    "an empty file": ["", "is empty: save the notebook"],
    "half a file": [text.slice(0, 500), "no JSON, so it is damaged or cut off"],
    "a picture": [Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "is no UTF-8 text"],
    "a list": ["[]", "JSON but no notebook"],
  };

/** Calls a command; returns its status and what it printed. */
async function call(...args: string[]) {
  const { log, error } = console;
  let text = "";
  console.log = console.error = (...values) => text += values.join(" ") + "\n";
  try {
    return { status: await homework(args), text };
  } finally {
    Object.assign(console, { log, error });
  }
}

for (const [name, [content, message]] of Object.entries(damaged)) {
  Deno.test(`release, validate, grade and stamp refuse ${name} in one line`, async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/hw.ipynb`;
      const file = content instanceof Uint8Array
        ? content
        : new TextEncoder().encode(content);
      await handIn(folder, { "hw.ipynb": file, "in/ann/hw.ipynb": text });
      const out = `${folder}/out`;
      for (
        const args of [
          ["release", path, "--out", out],
          ["validate", path],
          ["grade", `${folder}/in`, "--out", out, "--notebook", path],
          ["stamp", path],
        ]
      ) {
        const { status, text } = await call(...args);
        assertEquals(status, 1, `${args[0]}: ${text}`);
        assertStringIncludes(text, `${path}: `);
        assertStringIncludes(text, message);
        assertEquals(text.trim().split("\n").length, 1, text);
        assert(!text.includes("submit"), text);
      }
      assertEquals(await Deno.readFile(path), file);
      const left = await Array.fromAsync(Deno.readDir(folder));
      assertEquals(left.map((e) => e.name).sort(), ["hw.ipynb", "in"]);
    });
  });
}

Deno.test("a byte order mark, and cells or a notebook without metadata, are read", async () => {
  await withFolder(async (folder) => {
    const bare = changed((n) => {
      n.metadata = {};
      for (const cell of n.cells) {
        if (Object.keys(cell.metadata).length === 0) delete cell.metadata;
      }
    });
    await handIn(folder, { "a/hw.ipynb": `\ufeff${text}`, "b/hw.ipynb": bare });
    for (const name of ["a", "b"]) {
      const path = `${folder}/${name}/hw.ipynb`;
      for (
        const args of [
          ["release", path, "--out", `${folder}/out-${name}`, "--data", "none"],
          ["stamp", path],
          ["stamp", path, "--check"],
        ]
      ) {
        const { status, text } = await call(...args);
        assertEquals(status, 0, `${args.join(" ")}: ${text}`);
      }
    }
  });
});

Deno.test("stamp completes marks without a schema, which release refuses", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/hw.ipynb`;
    await handIn(folder, { "hw.ipynb": marked("schema_version", undefined) });
    const args = ["release", path, "--out", `${folder}/out`, "--data", "none"];
    const before = await call(...args);
    assertEquals(before.status, 1);
    assertStringIncludes(before.text, "deno task homework stamp completes");
    assertEquals((await call("stamp", path)).status, 0);
    const after = await call(...args);
    assertEquals(after.status, 0, after.text);
  });
});

Deno.test("no command shows a stack for a path that is wrong", async () => {
  await withFolder(async (folder) => {
    await handIn(folder, { "in/ann/x.ipynb": text, "file": "", "empty/x": "" });
    const [none, out] = [`${folder}/none`, `${folder}/out`];
    const wrong: [args: string[], message: string][] = [
      [["validate", `${none}.ipynb`], "found no file"],
      [["validate", folder], "name the notebooks in it"],
      [["validate", `${folder}/file/x.ipynb`], "found no file"],
      [["release", `${none}.ipynb`, "--out", out], "found no file"],
      [["release", folder, "--out", out], "name the notebooks in it"],
      [["stamp", `${none}.ipynb`], "found no file"],
      [["stamp", folder], "name the notebooks in it"],
      [["grade", `${folder}/in`, "--out", out, "--notebook", none], "no file"],
      [
        ["grade", `${folder}/in`, "--out", out, "--source", none],
        "expects a folder of notebooks but found none at",
      ],
      [
        ["grade", `${folder}/in`, "--out", out, "--source", `${folder}/file`],
        "expects a folder of notebooks but found none at",
      ],
      [
        ["grade", `${folder}/empty`, "--out", out, "--source", `${folder}/in`],
        "but found none in",
      ],
      [["grade", `${folder}/in`, "--out", `${folder}/file`], "a file: name"],
      [
        [
          ...["grade", `${folder}/in`, "--out", out, "--notebook", fixture],
          ...["--notebook", fixture],
        ],
        "found 90_fixture.ipynb twice: name one of them",
      ],
      [["release", fixture, "--out", `${folder}/file/x`], "a file: name"],
    ];
    for (const [args, message] of wrong) {
      const { status, text } = await call(...args);
      assert(status === 1 || status === 2, text);
      assertStringIncludes(text, message);
      assertEquals(text.trim().split("\n").length, 1, text);
    }
    // As a user calls it, whatever else Deno might print.
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "homework", "validate", `${none}.ipynb`],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 1);
    const printed = [stdout, stderr].map((b) => new TextDecoder().decode(b));
    assertEquals(
      printed.join(""),
      `loadNotebook() expects a notebook but found no file ${none}.ipynb: check the path\n`,
    );
  });
});

Deno.test("homework refuses options and numbers that there are not", async () => {
  const grade = ["grade", "x", "--out", "y"];
  const wrong: [args: string[], message: string][] = [
    [
      [...grade, "--job", "2"],
      "'--job'; it knows --seconds, --memory, --out, --jobs",
    ],
    [
      ["release", "--force", "--forse"],
      "'--forse'; it knows --out, --data, --force",
    ],
    [
      ["validate", "x", "--timeout=-1"],
      "'--timeout'; it knows --seconds, --memory, --classroom",
    ],
    [["stamp", "--chek"], "'--chek'; it knows --check"],
    [["release", "--out", "a", "--out", "b"], "--out once but found it twice"],
    [
      ["release", "--out", "a", "--data", "al"],
      'needed, all or none but found "al"',
    ],
    [
      ["grad"],
      'release, validate, grade, merge, similar or stamp but found "grad"',
    ],
    ...["abc", "-1", "0", "1.5", "1e3", "0x10", "", " ", "99999999", "NaN"].map(
      (value): [string[], string] => [
        ["validate", fixture, `--seconds=${value}`],
        `--seconds to be a whole number of 1 or more, up to 86400, but found "${value}"`,
      ],
    ),
    [
      ["validate", fixture, "--memory=1"],
      "--memory to be a whole number of 128 or more",
    ],
  ];
  for (const [args, message] of wrong) {
    const { status, text } = await call(...args);
    assertEquals(status, 2, `${args.join(" ")}: ${text}`);
    assertStringIncludes(text, message);
  }
  const folder = fileURLToPath(new URL("../../fixtures", import.meta.url));
  for (const jobs of ["abc", "-2", "1.5", "1000"]) {
    const { status, text } = await call(
      ...["grade", folder, "--out", "y", `--jobs=${jobs}`],
    );
    assertEquals(status, 2, text);
    assertStringIncludes(text, `up to 256, but found "${jobs}"`);
  }
});

/** The message of what is thrown, at once or later. */
async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was thrown";
}

Deno.test("functions of the homework refuse options, words and numbers that there are not", async () => {
  const named = [{ name: "90_fixture", notebook: instructor }];
  // deno-lint-ignore no-explicit-any -- what a caller without types may give
  const any = (value: unknown) => value as any;
  const wrong: [run: () => unknown, message: string][] = [
    [
      () => prepareAssignment("a", instructor, any({ broke: true })),
      'prepareAssignment() expects only the options broken but found "broke"',
    ],
    [
      () => release(named, any({ out: "/tmp/x", forse: true })),
      'release() expects only the options out, force, data but found "forse"',
    ],
    [
      () => release(named, any({ out: "/tmp/x", data: "al" })),
      'release() expects the data "needed", "all" or "none" but found "al"',
    ],
    [
      () => release(named, any({})),
      "release() expects the option out, a folder",
    ],
    [
      () => release([...named, ...named], { out: "/tmp/x" }),
      "found 90_fixture.ipynb twice: rename one",
    ],
    [
      () => gradeClass([], [], any({ results: "/tmp/x", job: 2 })),
      'gradeClass() expects only the options jobs, limits, firstLook, files, again, results, onRead, onProgress but found "job"',
    ],
    [
      () => gradeClass([], [], { results: "/tmp/x", jobs: 0 }),
      "gradeClass() expects jobs to be a whole number of 1 or more but found 0",
    ],
    [
      () => settleLimits("f", any({ seconds: 1, memory: 1, second: 1 })),
      'f() expects only the options seconds, memory, notebookSeconds, cpuSeconds, waits, stops, onTime but found "second"',
    ],
    ...[0, -1, NaN, Infinity, "30", null].map((
      value,
    ): [() => unknown, string] => [
      () => settleLimits("f", any({ seconds: value, memory: 1 })),
      `f() expects the limit seconds to be a number above 0, up to 2000000, but found ${
        JSON.stringify(value) === '"30"' ? '"30"' : value
      }`,
    ]),
  ];
  for (const [run, message] of wrong) {
    assertStringIncludes(await messageOf(run), message);
  }
});
