import { assertEquals, assertThrows } from "@std/assert";
import { transpileCell } from "cnn/homework";
import {
  type Program,
  programText,
} from "../../../tools/homework/sandbox/program.ts";

/** Runs cells as the sandbox does and returns the reader of names. */
async function run(...sources: string[]) {
  const text = programText(sources.map((source) => transpileCell(source)));
  const program: Program = new Function(text)();
  for (const cell of program.cells) await cell();
  return program.read;
}

Deno.test("transpileCell() finds the names of every kind of declaration", () => {
  const { names } = transpileCell(`
    import a, { b as c, type T } from "x";
    import * as d from "y";
    const { e, f: [g, ...h], ...i } = {} as any, j = 1;
    let k; var l: number;
    async function* m() { const hidden = 1; }
    class N<T> {}
    enum O { P }
    interface Q {}
    type R = 1;
    export const s = 1;
    export default function t() {}
  `);
  assertEquals(
    [...names].sort(),
    ["N", "O", "a", "c", "d", "e", "g", "h", "i", "j", "k", "l", "m", "s", "t"],
  );
});

Deno.test("programText() lets a cell see and redeclare the names of earlier ones", async () => {
  const read = await run(
    "const x: number = 1; const y = x + 1;",
    "const x = 10; let { z } = { z: x + y };",
    "function f(): number { return z + g(); } function g() { return 100; }",
    "class C { value = f(); } const made = new C().value;",
  );
  assertEquals([read("x"), read("y"), read("z"), read("made")], [
    10,
    2,
    12,
    112,
  ]);
  assertEquals(read("toString"), undefined);
});

Deno.test("programText() hoists functions and imports in a cell and awaits at its top", async () => {
  const read = await run(`
    const first = late();
    function late() { return basename("a/b"); }
    import { basename } from "node:path";
    const second = await Promise.resolve(2);
  `);
  assertEquals([read("first"), read("second")], ["b", 2]);
});

Deno.test("programText() keeps cells apart that end in a comment", async () => {
  const read = await run("const a = 1 // one", "const b = a + 1 /* two */");
  assertEquals(read("b"), 2);
});

Deno.test("transpileCell() says in which line a cell does not parse", () => {
  assertThrows(
    () => transpileCell("const a = 1;\nconst = 2;"),
    SyntaxError,
    "line 2 of the cell",
  );
  assertThrows(
    () => transpileCell("print(1) if x else 2"),
    SyntaxError,
    "line 1",
  );
  assertThrows(
    () => transpileCell(`const a = "${"x".repeat(300_000)}";`),
    SyntaxError,
    "more than the 200000",
  );
});

Deno.test("transpileCell() says of HTML in a code cell where it belongs", () => {
  const hint = "belongs into a Markdown cell";
  for (
    const source of ["<!-- -->", "1;\n<div class='a'>", "</details>\n<p>x</p>"]
  ) {
    assertThrows(() => transpileCell(source), SyntaxError, hint);
  }
  const other = assertThrows(() => transpileCell("const a = ;"), SyntaxError);
  assertEquals(other.message.includes(hint), false);
});
