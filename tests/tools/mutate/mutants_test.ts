import { assertEquals } from "@std/assert";
import { mutantsOf, mutated } from "../../../tools/mutate/mutants.ts";

/** What a source becomes, one text a mutant. */
const all = (text: string) =>
  mutantsOf("a.ts", text).map((mutant) => mutated(text, mutant));

const changes: [string, string[]][] = [
  ["a + b", ["a - b"]],
  ["a - b", ["a + b"]],
  ["a * b / c % d ** e", [
    "a / b / c % d ** e",
    "a * b * c % d ** e",
    "a * b / c * d ** e",
    "a * b / c % d * e",
  ]],
  ["a < b", ["a <= b"]],
  ["a <= b", ["a < b"]],
  ["a > b", ["a >= b"]],
  ["a >= b", ["a > b"]],
  ["a === b", ["a !== b"]],
  ["a !== b", ["a === b"]],
  ["a && b", ["a || b"]],
  ["a || b", ["a && b"]],
  ["Math.max(a, b)", ["Math.min(a, b)"]],
  ["Math.min(a, b)", ["Math.max(a, b)"]],
  ["f(0, 1, 2, 10)", ["f(1, 1, 2, 10)", "f(0, 0, 2, 10)"]],
  ["f(true, false)", ["f(false, false)", "f(true, true)"]],
  ["f(-x)", ["f(x)"]],
  ["x += y;\nz *= 2;", [";\nz *= 2;", "x += y;\n;"]],
  ["for (; x < y; x += 2) f(x);", ["for (; x <= y; x += 2) f(x);"]],
];

for (const [text, expected] of changes) {
  Deno.test(`mutantsOf() changes ${JSON.stringify(text)} one operator at a time`, () => {
    assertEquals(all(text), expected);
  });
}

for (
  const text of [
    "// a + b < 1\n/* true && 0 */",
    "/**\n * ```ts\n * f(1, 0);\n * ```\n */",
    "const s = `a + 1` + '0 < 1';",
    'text += "0";',
    'throw new RangeError("found " + (a + 1));',
    "refuse(new TypeError(`found ${a + 1}`));",
    "type T = [0, 1] | true;",
    "interface A { n: 0 | 1; f(x: -1): false }",
    "let x: 0 | 1;",
    'import a from "a" with { type: "json" };',
    "const big = 10, name = { a: b };",
  ]
) {
  Deno.test(`mutantsOf() leaves ${JSON.stringify(text)} alone`, () => {
    assertEquals(all(text), []);
  });
}

Deno.test("mutantsOf() tells line, column and the change", () => {
  const [mutant] = mutantsOf("lib/a.ts", "let y;\n  y = x -\n 2;");
  assertEquals(mutant, {
    ...{ file: "lib/a.ts", line: 2, column: 9, start: 15, end: 16 },
    ...{ from: "-", to: "+" },
  });
});
