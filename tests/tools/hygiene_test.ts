import { assertEquals, assertMatch } from "@std/assert";
import { complaints, linesToRead, notes } from "../../tools/hygiene.ts";
import { topLevelNames } from "../../tools/hygiene_names.ts";
import { brokenLines, countWords } from "../../tools/hygiene_prose.ts";
import { checkNotebook } from "../../tools/check_notebooks.ts";
import { markLastValue } from "../../tools/last_value.ts";
import { fixture, type FixtureCell } from "./fixture.ts";

const setup: FixtureCell = {
  source: 'import { conv2d } from "cnn";',
  metadata: { tags: ["setup"] },
};
const flags = { schema_version: 3, task: false };
const solution = (
  changes = {},
  source = "// BEGIN SOLUTION\n// END SOLUTION",
) => ({
  source,
  metadata: {
    nbgrader: {
      ...flags,
      grade: false,
      solution: true,
      locked: false,
      grade_id: "exercise-1-1",
      ...changes,
    },
  },
});
const check = (changes = {}, source = "await checkIt();") => ({
  source,
  metadata: {
    nbgrader: {
      ...flags,
      grade: true,
      solution: false,
      locked: true,
      grade_id: "check-1-1",
      points: 2,
      ...changes,
    },
  },
});

Deno.test("complaints() finds nothing wrong with a good notebook", () => {
  assertEquals(complaints(fixture([setup, solution(), check()])), []);
});

const bad: [string, (FixtureCell | string)[], RegExp][] = [
  ["an output", [{ source: "1", outputs: [{}] }], /cell 1 .*has outputs/],
  [
    "an execution count",
    [{ source: "1", execution_count: 3 }],
    /execution count/,
  ],
  [
    "a check that says the answer",
    [
      setup,
      solution(),
      check({}, "await cnn.checkNumber(1, {\n  expected: 1.4,\n});"),
    ],
    /cell 3 .*"expected: 1.4," says the answer/,
  ],
  [
    "a claim that is not awaited",
    ['claim("so", { holds: false, values: { a: 1 } });'],
    /cell 1 .*calls claim\(\) without await/,
  ],
  [
    "a call behind a prefix that is not awaited",
    ["cnn.fit(trainer, set);", "if (a)\n  cnn.checkGradient(f, x);"],
    /cell 1 .*calls cnn\.fit\(\) without await/,
  ],
  ["a cell without an id", [{ source: "1", id: "" }], /its id must be/],
  ["an id with a blank", [{ source: "1", id: "a b" }], /its id must be/],
  [
    "an id twice",
    [{ source: "1", id: "a" }, { source: "2", id: "a" }],
    /cell 2 \(a\): its id is taken/,
  ],
  ["26 lines", ["1;\n".repeat(25) + "1;"], /26 lines, more than 25/],
  ["an empty cell", [" "], /is empty/],
  [
    "a name twice",
    ["const a = 1;", "function a() {}"],
    /cell 2 .*declares a, which cell 1 declares/,
  ],
  ["too much prose", [
    "1",
    { type: "markdown", source: "word ".repeat(121) },
    "2",
  ], /cell 3 .*121 words/],
  [
    "another schema",
    [setup, solution({ schema_version: 2 })],
    /schema_version expects 3 but found 2/,
  ],
  [
    "a flag that is missing",
    [setup, solution({ task: undefined })],
    /nbgrader.task expects true or false/,
  ],
  [
    "a grade_id with a blank",
    [setup, solution({ grade_id: "a b" })],
    /grade_id expects/,
  ],
  [
    "a grade_id twice",
    [setup, solution(), check({ grade_id: "exercise-1-1" })],
    /"exercise-1-1" is taken/,
  ],
  [
    "a check without points",
    [setup, check({ points: undefined })],
    /needs nbgrader.points/,
  ],
  [
    "a cell that only shows but declares",
    [{ source: "let a = 1;", metadata: { tags: ["look"] } }],
    /is tagged "look" but does more than show/,
  ],
  ["points for nothing", [setup, solution({ points: 2 })], /counts nowhere/],
  ["an open check", [setup, check({ locked: false })], /must be locked/],
  [
    "a locked solution",
    [setup, solution({ locked: true })],
    /must not be locked/,
  ],
  [
    "another cell type",
    [setup, check({ cell_type: "markdown" })],
    /cell_type expects code/,
  ],
  [
    "a leaking solution",
    ["// BEGIN SOLUTION\n// END SOLUTION"],
    /would reach the students/,
  ],
  [
    "a solution without an end",
    [setup, solution({}, "// BEGIN SOLUTION")],
    /must come in pairs/,
  ],
  [
    "a solution cell without one",
    [setup, solution({}, "let a;")],
    /needs "\/\/ BEGIN SOLUTION"/,
  ],
  [
    "leaking tests",
    ["// BEGIN HIDDEN TESTS\n// END HIDDEN TESTS"],
    /outside a graded cell/,
  ],
  [
    "exercises without a setup cell",
    [solution()],
    /one cell tagged "setup" but found 0/,
  ],
  ["a setup cell that does work", [
    { ...setup, source: "let a = 1;" },
    solution(),
  ], /imports from "cnn" alone/],
  ["a wall of imports", [
    { ...setup, source: 'import {\n  a,\n  b,\n} from "cnn";' },
    solution(),
  ], /imports in 4 lines, more than 3: take a prefix/],
];
for (const [what, cells, message] of bad) {
  Deno.test(`complaints() names ${what}`, () => {
    const found = complaints(fixture(cells));
    assertEquals(found.length, 1, found.join("\n"));
    assertMatch(found[0], message);
  });
}

Deno.test("complaints() names another kernel and another language", () => {
  const found = complaints(fixture(["1"], { kernelspec: { name: "python3" } }));
  assertEquals(found.length, 2);
  assertMatch(found[0], /kernelspec .*python3.* expects the name "deno"/);
});

Deno.test("notes() names thin prose but not before the first cell or in exercises", () => {
  assertEquals(notes(fixture(["1", "2"])).length, 1);
  assertEquals(notes(fixture([setup, solution(), check()])).length, 0);
});

Deno.test("topLevelNames() finds declarations, patterns and imports", () => {
  const source = [
    'import { a, type B, c as d } from "cnn";',
    "const e = 1;",
    "const { f, g: h } = e;",
    "const [i, ...j] = h;",
    "async function k() {",
    "  const inside = 1;",
    "}",
    "interface L {}",
    "const m: Record<string, number> = {};",
  ].join("\n");
  assertEquals(
    topLevelNames(source).sort(),
    ["B", "L", "a", "d", "e", "f", "h", "i", "j", "k", "m"],
  );
});

Deno.test("countWords() leaves out headings, tables, code and link targets", () => {
  const text =
    "# Title here\n\nTwo words, [a link](https://example.org/x y).\n\n" +
    "```ts\nconst a = 1;\n```\n\n| a | b |\n$$x = y$$";
  assertEquals(countWords(text), 4);
});

Deno.test("linesToRead() leaves out imports, solutions and the ledger, nothing else", () => {
  const long = "1;\n".repeat(30);
  assertEquals(linesToRead(`${long}1;`), 31);
  assertEquals(linesToRead('import {\n  a,\n  b,\n} from "cnn";\na();'), 1);
  assertEquals(linesToRead(`await ledger([\n${long}]);\nlast();`), 1);
  assertEquals(
    linesToRead(
      `function f() {\n  // BEGIN SOLUTION\n${long}  // END SOLUTION\n}`,
    ),
    3,
  );
});

Deno.test("markLastValue() marks what the kernel would show, and nothing else", () => {
  // Each seen in the Deno kernel: the marked values were displayed.
  const shown = [
    ["list.push(1);", "list.push(1) satisfies void;"],
    ["a = 4;", "(a = 4) satisfies void;"],
    [
      "map.set(1, 2);\nconst z = 1;",
      "map.set(1, 2) satisfies void;\nconst z = 1;",
    ],
    [
      "list.push(5);\nfunction f() {}",
      "list.push(5) satisfies void;\nfunction f() {}",
    ],
    [
      "list.push(5);\ntype T = number;",
      "list.push(5) satisfies void;\ntype T = number;",
    ],
    [
      "for (const x of y) {\n  list.push(x);\n  const q = 1;\n}",
      "for (const x of y) {\n  list.push(x) satisfies void;\n  const q = 1;\n}",
    ],
    ["while (a) b();", "while (a) b() satisfies void;"],
    ["do b(); while (a);", "do b() satisfies void; while (a);"],
    [
      "if (a) b();\nelse { c(); }",
      "if (a) b() satisfies void;\nelse { c() satisfies void; }",
    ],
    [
      "try {\n  a();\n} catch { b(); } finally { c(); }",
      "try {\n  a() satisfies void;\n} catch { b() satisfies void; } finally { c(); }",
    ],
    [
      "switch (a) { case 1: b(); }",
      "switch (a) { case 1: b() satisfies void; }",
    ],
    ["{\n  a();\n}", "{\n  a() satisfies void;\n}"],
    ["out: for (;;) a();", "out: for (;;) a() satisfies void;"],
    [
      "for (;;) {\n  a();\n  if (b) continue;\n  await show(c);\n}",
      "for (;;) {\n  a() satisfies void;\n  if (b) continue;\n  await show(c) satisfies void;\n}",
    ],
    [
      "a();\nawait show(b);",
      "a();\nawait show(b) satisfies void;",
    ],
    // A loop hides what stands before it, also where it never runs.
    ["a();\nfor (const b of []) {}", "a();\nfor (const b of []) {}"],
    [
      "const a = () => {\n  list.push(1);\n};",
      "const a = () => {\n  list.push(1);\n};",
    ],
    ["", ""],
  ];
  for (const [cell, marked] of shown) assertEquals(markLastValue(cell), marked);
});

Deno.test("checkNotebook() finds a cell whose stray last value would be shown", async () => {
  const strays = [
    "export const list = [1];\nfor (const x of [1, 2]) {\n  list.push(x);\n}",
    "export const map = new Map([[1, 2]]);\nmap.set(3, 4);",
    "map.set(5, 6);\nexport const later = 1;",
    "export let a = 0;\na = map.size;",
    "a++;",
    "`text ${a}`;",
    "await Promise.resolve(a);",
    "Promise.resolve();",
  ];
  const found = await checkNotebook(fixture(strays));
  const values = found.match(/is the value of the cell's last statement/g);
  assertEquals(values?.length, strays.length, found);
  assertMatch(found, /demo\.ipynb, cell 1 \(cell-1\), line 3/);
  assertMatch(
    found,
    /write await show\(\.\.\.\) to show it, or void before it/,
  );
});

Deno.test("checkNotebook() takes cells that end without a value", async () => {
  const found = await checkNotebook(fixture([
    "export const list = [1];\nlist.forEach((x) => console.log(x));",
    "await Promise.resolve();",
    "void list.push(2);",
    "list.push(3);\nfor (const x of list) console.log(x);",
    "if (list.length > 9) throw new Error('too long');",
  ]));
  assertEquals(found, "");
});

Deno.test("a code span over a line's end is found, and a sum that becomes a list", () => {
  const fine = [
    "# Title",
    "- one `a + b`,",
    "  and more",
    "- two",
    "",
    "Return, in this order:",
    "",
    "- `x`",
    "",
    "```ts",
    "const a = `b",
    "`;",
    "```",
  ];
  assertEquals(brokenLines(fine.join("\n")), []);
  assertEquals(brokenLines("The gradient `a +\nb` is"), [
    "The gradient `a +",
    "b` is",
  ]);
  assertEquals(brokenLines("the root of variance\n+ epsilon, because"), [
    "+ epsilon, because",
  ]);
  assertEquals(brokenLines("pixel (n, r + i, c\n\n- j, ch) met"), [
    "- j, ch) met",
  ]);
});
