import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pathToFileURL } from "node:url";
import { checkNotebook } from "../../tools/check_notebooks.ts";
import { toCells, toModule } from "../../tools/modules.ts";
import { fixture } from "./fixture.ts";

const notebook = fixture([
  { type: "markdown", source: "Prose" },
  "const a = 1;\nconst b = 2;",
  "const c = a + b;",
]);

Deno.test("toModule() puts the code cells one after another", () => {
  assertEquals(
    toModule(notebook).text,
    "export {};\nconst a = 1;\nconst b = 2;\nconst c = a + b;\n",
  );
});

Deno.test("toModule() stops after the last cell asked for", () => {
  assertEquals(
    toModule(notebook, 1).text,
    "export {};\nconst a = 1;\nconst b = 2;\n",
  );
});

Deno.test("toCells() leads the checker's and the linter's places to the cells", () => {
  const module = toModule(notebook);
  assertEquals(
    toCells(`at ${pathToFileURL(module.path).href}:4:7`, [module]),
    "at demo.ipynb, cell 3 (cell-3), line 1:7",
  );
  assertEquals(
    toCells(`${module.path}: line 3, col 7 - unused`, [module]),
    "demo.ipynb, cell 2 (cell-2), line 2:7 - unused",
  );
});

Deno.test("checkNotebook() names the cell and line of a type error", async () => {
  const complaints = await checkNotebook(fixture([
    "export const n = 1;",
    "export const t: number =\n  'text';",
  ]));
  assertMatch(complaints, /Type 'string' is not assignable to type 'number'/);
  assertStringIncludes(complaints, "demo.ipynb, cell 2 (cell-2), line 1:14");
});

Deno.test("checkNotebook() finds one name declared by two cells", async () => {
  const complaints = await checkNotebook(
    fixture(["export const n = 1;", "export const n = 2;"]),
  );
  assertMatch(complaints, /declares n, which cell 1 declares/);
});
