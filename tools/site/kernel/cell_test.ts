/** What a cell becomes in the browser's kernel, and what later cells see of it. */
import { assertEquals, assertThrows } from "@std/assert";
import { cellCode, IMPORT } from "./cell.ts";

const AsyncFunction = (async () => {}).constructor as new (
  name: string,
  body: string,
) => (value: unknown) => Promise<unknown>;

/** Runs cells one after another, as the worker does; gives the last one's value. */
async function run(...cells: string[]): Promise<unknown> {
  // deno-lint-ignore no-explicit-any -- cells declare what they like
  const here = globalThis as any;
  const modules: Record<string, unknown> = { m: { default: 1, two: 2 } };
  const load = (name: string) => Promise.resolve(modules[name]);
  let value: unknown;
  const all = new Set<string>();
  try {
    for (const cell of cells) {
      const { body, names } = cellCode(cell);
      for (const name of names) {
        all.add(name);
        Object.defineProperty(here, name, {
          configurable: true,
          writable: true,
          value: undefined,
        });
      }
      value = await new AsyncFunction(IMPORT, body)(load);
    }
  } finally {
    for (const name of all) delete here[name];
  }
  return value;
}

Deno.test("a cell sees what cells before it declared, and may declare it again", async () => {
  assertEquals(
    await run(
      "const a: number = 1;",
      "const a = a2();\nfunction a2() { return 2; }",
      "a",
    ),
    2,
  );
  assertEquals(
    await run(
      "let { x, y: [z = 5] } = { x: 1, y: [] as number[] }, w",
      "[x, z, w]",
    ),
    [1, 5, undefined],
  );
  assertEquals(
    await run("class A<T> { constructor(readonly v: T) {} }", "new A(3).v"),
    3,
  );
  assertEquals(
    await run("const f = (n: number): number => n + k;", "const k = 2", "f(1)"),
    3,
  );
});

Deno.test("a cell imports, waits, and gives its last expression alone", async () => {
  assertEquals(
    await run(
      'import one, { two as zwei } from "m";\nimport * as all from "m";',
      "[one, zwei, all.two]",
    ),
    [1, 2, 2],
  );
  assertEquals(await run('const { two } = await import("m");', "two"), 2);
  assertEquals(await run("await Promise.resolve(7)"), 7);
  assertEquals(await run("void await Promise.resolve(7);"), undefined);
  assertEquals(await run("const seven = 7;"), undefined);
  assertEquals(await run("// nothing"), undefined);
  assertEquals(await run("const a = (1 + 2), b = (3);", "(a, b) // last"), 3);
  assertEquals(
    await run("const g = (function () { return 4; })()\n", "[g][0]"),
    4,
  );
});

Deno.test("lines of a cell stay where they were", async () => {
  const cell =
    "type T = {\n  a: number;\n};\nconst t: T = { a: 1 };\nclass B {}\nthrow new Error('here');";
  assertEquals(cellCode(cell).body.split("\n").length, 6);
  const error = await run(cell).then(() => undefined, (error) => error);
  assertEquals(error.message, "here");
});

Deno.test("what is no TypeScript is a SyntaxError", () => {
  assertThrows(() => cellCode("const = 3"), SyntaxError);
});
