import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import {
  checkRunnable,
  chooseNotebooks,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";
import { copyNames } from "../../tools/run.ts";
import { SetupError, withoutTraceback } from "../../tools/process.ts";
import { fixtureFolder, fixtureText } from "./fixture.ts";

/** A file of this content, for as long as the test runs. */
async function withFile(
  content: string | Uint8Array,
  test: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "nötebook s" });
  const path = join(folder, "a b.ipynb");
  try {
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    await test(path, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const good = JSON.parse(fixtureText(["1;"]));
const json = (changes: object) => JSON.stringify({ ...good, ...changes });
const kernel = (kernelspec: unknown, language_info?: unknown) =>
  json({ metadata: { kernelspec, language_info } });
const python = { name: "python3", display_name: "Python 3" };
const graded = (nbgrader: unknown) =>
  fixtureText([{ source: "1;", metadata: { nbgrader } }]);

/** Content of a file, and what must be said of it. */
const refused: Record<string, [content: string | Uint8Array, text: string]> = {
  "an empty file": ["", "The file is empty"],
  "no JSON": ["# prose", "is no JSON, so it is damaged or cut off: open it"],
  "half a notebook": [json({}).slice(0, 90), "is no JSON"],
  "no UTF-8": [new Uint8Array([0x7b, 0xff, 0xfe]), "is no UTF-8"],
  "JSON of something else": ["[1, 2]", "no notebook: take the .ipynb file"],
  "no list of cells": [json({ cells: undefined }), "has no list of cells"],
  "format 3": [
    json({ nbformat: 3, cells: undefined, worksheets: [{ cells: [] }] }),
    "has format 3 but format 4 is read: open it in JupyterLab and save it.",
  ],
  "format 5": [json({ nbformat: 5 }), "has format 5 but format 4 is read"],
  "a cell that is none": [json({ cells: [7] }), "Cell 1 is damaged"],
  "a cell of an unknown kind": [
    json({ cells: [{ cell_type: "heading", source: "" }] }),
    "its cell_type is none of code, markdown, raw",
  ],
  "no format": [
    json({ nbformat: undefined }),
    "open it in JupyterLab and save it.",
  ],
  "no cells": [json({ cells: [] }), "has no cells, so there is nothing"],
  "prose alone": [
    fixtureText([{ type: "markdown", source: "Prose" }]),
    "has no cell with code, so there is nothing to run",
  ],
  "empty cells alone": [fixtureText(["", "  \n"]), "has no cell with code"],
  "Python": [
    kernel({ ...python, language: "python" }, { name: "python" }),
    'in "python" but TypeScript for the kernel Deno is read: open it in JupyterLab, choose Kernel > Change Kernel > Deno',
  ],
  "a kernel named without its language": [kernel(python), 'in "python3"'],
  "a language without a kernel": [kernel(undefined, { name: "R" }), 'in "r"'],
  "an unknown schema": [
    graded({ schema_version: 100, grade: true }),
    "Cell 1 expects nbgrader's schema 3 but found 100: mark the cell again",
  ],
  "an old schema": [graded({ schema_version: 1 }), "with nbgrader update"],
  "a schema in quotes": [graded({ schema_version: "3" }), 'found "3"'],
  "Python under our kernel's name": [
    kernel({ name: "deno", language: "python" }),
    'in "python"',
  ],
  "half a character": [
    fixtureText(["'\\ud800'"]).replace("\\\\ud800", "\\ud800"),
    "Cell 1 expects text but found half a character",
  ],
  "a mark without a schema": [graded({ grade: true }), "but found none"],
};

for (const [what, [content, text]] of Object.entries(refused)) {
  Deno.test(`a notebook is refused in one line: ${what}`, () =>
    withFile(content, async (path) => {
      const error = await assertRejects(
        async () => checkRunnable(await readNotebook(path)),
        SetupError,
      );
      assertStringIncludes(error.message, text);
      assertStringIncludes(error.message, path);
      assertEquals(error.message.split("\n").length, 1);
      assertEquals(error.message.includes("submit"), false);
      assertEquals(/[^\x20-\x7eö]/.test(error.message), false);
    }));
}

/** What runs all the same. */
const accepted: Record<string, string> = {
  "a mark at the start": "\ufeff" + json({}),
  "cells without metadata": json({
    cells: [{ cell_type: "code", source: "1" }],
  }),
  "no metadata at all": json({ metadata: undefined }),
  "our kernel under another name": kernel({ name: "deno-cnn" }),
  "a later minor format": json({ nbformat_minor: 9 }),
  "our kernel, chosen since the notebook ran in Python": kernel(
    { name: "deno", display_name: "Deno" },
    { name: "python" },
  ),
  "a known schema": graded({ schema_version: 3, grade_id: "a" }),
};

for (const [what, content] of Object.entries(accepted)) {
  Deno.test(`a notebook is read: ${what}`, () =>
    withFile(content, async (path) => {
      const notebook = await readNotebook(path);
      checkRunnable(notebook);
      assertEquals(notebook.cells.length, 1);
    }));
}

Deno.test("readNotebook() says that a folder is no notebook", () =>
  withFile("", async (_, folder) => {
    await assertRejects(
      () => readNotebook(folder),
      SetupError,
      "it is a folder: name a file in it.",
    );
  }));

Deno.test("chooseNotebooks() takes files and folders, in order, each once", async () => {
  const folder = await fixtureFolder({ b: ["1"], a: ["1"] });
  const [a, b] = [join(folder, "a.ipynb"), join(folder, "b.ipynb")];
  try {
    assertEquals(await chooseNotebooks([folder], root, "/"), [a, b]);
    assertEquals(await chooseNotebooks([], folder, "/"), [a, b]);
    assertEquals(await chooseNotebooks(["b.ipynb", b], root, folder), [b]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("chooseNotebooks() names the path where there is no notebook", async () => {
  await assertRejects(
    () => chooseNotebooks(["no.ipynb"], root, root),
    SetupError,
    `No notebook at ${join(root, "no.ipynb")}: check the path.`,
  );
  await assertRejects(
    () => chooseNotebooks(["deno.json/no.ipynb"], root, root),
    SetupError,
    `No notebook at ${join(root, "deno.json", "no.ipynb")}: check the path.`,
  );
  await assertRejects(
    () => chooseNotebooks(["tests/tools"], root, root),
    SetupError,
    `No notebook in ${join(root, "tests", "tools")}: check the path.`,
  );
});

/** Runs a task from a folder of the user's; gives its status and what it printed. */
async function task(cwd: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", join(root, "deno.json"), ...args],
    cwd,
    env: { NO_COLOR: "1", INIT_CWD: cwd },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  // Deno's own words, where it runs for the first time, are not the task's.
  const printed = (text(stdout) + text(stderr))
    .replaceAll(/^(Download|Initialize|Check|Warning) .*\n/gm, "");
  return { code, printed };
}

for (const name of ["run", "check:notebooks", "export"]) {
  Deno.test(`${name} says in one line what is no notebook, from where the user stands`, () =>
    withFile(json({ nbformat: 3 }), async (path, folder) => {
      const { code, printed } = await task(folder, name, "a b.ipynb");
      assertEquals(code, 1);
      assertEquals(
        printed,
        `${path}: The notebook has format 3 but format 4 is read: open it in JupyterLab and save it.\n`,
      );
    }));
}

for (
  const name of [
    ...["run", "check:notebooks", "export", "clean", "setup"],
    ...["test", "build:wasm", "bench", "train:lenet"],
  ]
) {
  Deno.test(`${name} refuses an unknown flag`, async () => {
    const { code, printed } = await task(root, name, "--fast");
    assertEquals(code > 0, true);
    assertStringIncludes(printed, "--fast");
    assertEquals(printed.includes("    at "), false, "no stack trace");
  });
}

Deno.test("clean shows no stack where the system does not let it write", () =>
  withFile(
    json({ cells: [{ cell_type: "code", source: "1" }] }),
    async (path) => {
      const gone = join(path, "..", "b".repeat(240) + ".ipynb");
      await Deno.rename(path, gone); // no draft beside it has a name that fits
      const { code, printed } = await task(root, "clean", gone);
      assertEquals(code, 1);
      assertStringIncludes(printed, "The system stopped this: ");
      assertEquals(printed.trim().split("\n").length, 1, printed);
      assertStringIncludes(await Deno.readTextFile(gone), '"source":"1"');
    },
  ));

Deno.test("copyNames() gives each executed copy a name of its own", () => {
  const at = (...names: string[]) => names.map((name) => join(root, name));
  const names = (...paths: string[]) => [...copyNames(at(...paths)).values()];
  assertEquals(names("notebooks/a.ipynb", "b.ipynb"), ["a.ipynb", "b.ipynb"]);
  assertEquals(names("a/x.ipynb", "b/x.ipynb"), ["a_x.ipynb", "b_x.ipynb"]);
  // What the names of folders would make alike, and what some disks hold alike.
  assertEquals(names("a_b/x.ipynb", "a/b/x.ipynb", "c/a_b_x.ipynb"), [
    ...["a_b_x.ipynb", "a_b_x-2.ipynb", "a_b_x-3.ipynb"],
  ]);
  assertEquals(names("A/x.ipynb", "a/X.ipynb"), ["A_x.ipynb", "a_X-2.ipynb"]);
});

Deno.test("withoutTraceback() keeps of Python's tracebacks the reasons alone", () => {
  assertEquals(
    withoutTraceback(
      "before\nTraceback (most recent call last):\n" +
        '  File "a.py", line 1, in <module>\n    import x\n    ^^^^^^^^\n' +
        "ModuleNotFoundError: No module named 'x'\n\n" +
        "During handling of the above exception, another exception occurred:\n\n" +
        'Traceback (most recent call last):\n  File "b.py", line 2\n' +
        "KeyError: 'y'\n",
    ),
    "before\nModuleNotFoundError: No module named 'x'\nKeyError: 'y'\n",
  );
});
