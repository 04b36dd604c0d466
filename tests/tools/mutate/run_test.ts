/** The whole tool on a tree of two files, in which it is known who notices what. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { dirname, join } from "node:path";
import { copyTree, filesBelow } from "../../../tools/mutate/tree.ts";
import { mutate, type MutateOptions } from "../../../tools/mutate/run.ts";
import { summary } from "../../../tools/mutate/summary.ts";
import { SetupError } from "../../../tools/process.ts";

const files: Record<string, string> = {
  "deno.json": "{}",
  "lib/maths/clamp.ts": `
/** The number itself, within the bounds. */
export const clamp = (x: number, low: number) => x < low ? low : x;
export function low(x: number): number {
  if (x === 7) return 8;
  return x;
}


export function unseen(x: number) {
  const more = x;

  return more * 2;
}
`,
  "lib/maths/count.ts": `
export function count(upTo: number): number {
  let at = upTo;
  while (at < 9) {
    at += 3;
  }
  return at;
}
`,
  "notebooks/A_one.ipynb": "{}",
  "tests/maths/clamp_test.ts": `
import { clamp, low } from "../../lib/maths/clamp.ts";
Deno.test("clamp() keeps a number that is above", () => {
  if (clamp(3, 2) !== 3) throw new Error("no");
});
Deno.test("clamp() lifts one that is below", () => {
  if (clamp(1, 2) !== 2 || low(2) !== 2) throw new Error("no");
});
`,
  "tests/maths/count_test.ts": `
import { count } from "../../lib/maths/count.ts";
Deno.test("count() goes by threes", () => {
  if (count(0) !== 9) throw new Error("no");
});
`,
  "tests/maths/red_test.ts": `
Deno.test("this fails anyway", () => {
  throw new Error("no");
});
`,
  "tests/tools/other_test.ts": `
Deno.test("a tool's test is not asked", () => {
  throw new Error("no");
});
`,
};

async function makeTree(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(path, name)), { recursive: true });
    await Deno.writeTextFile(join(path, name), text);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const plain: Omit<MutateOptions, "root"> = {
  ...{ rooms: [], files: [], sample: 100, seed: 1 },
  patience: 1,
};

Deno.test("mutate() tells killed, surviving and hanging mutants apart, and touches no file of the tree", async () => {
  await using tree = await makeTree();
  const seen: string[] = [];
  const report = await mutate({
    ...plain,
    root: tree.path,
    onMutant: async ({ judged }, total) => {
      seen.push(`${judged.length} of ${total}`);
      for (const [name, text] of Object.entries(files)) {
        assertEquals(await Deno.readTextFile(join(tree.path, name)), text);
      }
    },
  });
  const judged = report.judged.toSorted((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start
  );
  const told = judged.map((
    { file, line, from, to, outcome, by },
  ) => [file.slice(10), line, from, to, outcome, by ?? ""]);
  assertEquals(told, [
    ["clamp.ts", 3, "<", "<=", "survived", ""],
    [
      "clamp.ts",
      5,
      "===",
      "!==",
      "killed",
      "tests/maths/clamp_test.ts: clamp() lifts one that is below",
    ],
    ["clamp.ts", 13, "*", "/", "survived", ""],
    [
      ...["count.ts", 4, "<", "<=", "killed"],
      "tests/maths/count_test.ts: count() goes by threes",
    ],
    ["count.ts", 5, "at += 3;", ";", "timeout", ""],
  ]);
  const [clamp, count] = ["clamp", "count"]
    .map((name) => [`tests/maths/${name}_test.ts`]);
  assertEquals(judged.map(({ asked }) => asked), [
    clamp,
    clamp,
    [],
    count,
    count,
  ]);
  assertEquals(report.red, ["tests/maths/red_test.ts"]);
  assertEquals(seen.at(-1), "5 of 5");
  const text = summary(report);
  assertStringIncludes(text, "nobody noticed: lib/maths/clamp.ts:3:52 < -> <=");
  assertStringIncludes(text, "fails as it is: tests/maths/red_test.ts");
  assertMatch(text, /maths +5 +5 +2 +1 +2 +60 %/);
});

Deno.test("mutate() draws the same sample from a seed, and another from another one", async () => {
  await using tree = await makeTree();
  const draw = async (seed: number, files: string[] = []) => {
    const found = await mutate({
      ...plain,
      ...{ root: tree.path, seed, files, sample: 2 },
    });
    return found.judged.map(({ line, from }) => `${line} ${from}`).sort();
  };
  const first = await draw(1, ["lib/maths/clamp.ts"]);
  assertEquals(first.length, 2);
  const drawn = await Promise.all([2, 2, 3, 4].map((seed) => draw(seed)));
  assertEquals(drawn[0], drawn[1]);
  assertEquals(drawn[0].length, 2);
  assert(new Set(drawn.map(String)).size > 1);
});

Deno.test("mutate() refuses a room, a file and a notebook that there are not", async () => {
  await using tree = await makeTree();
  const root = tree.path;
  for (
    const [options, message] of [
      [{ rooms: ["mathes"] }, 'found "mathes": maths'],
      [{ files: ["lib/clamp.ts"] }, "found lib/clamp.ts"],
      [{ notebooks: ["02"] }, 'found "02": A_one.ipynb'],
    ] as const
  ) {
    await assertRejects(
      () => mutate({ ...plain, ...options, root }),
      SetupError,
      message,
    );
  }
});

Deno.test("mutate() asks notebooks about each mutant but those that hang", async () => {
  await using tree = await makeTree();
  const { judged } = await mutate({
    ...plain,
    root: tree.path,
    files: ["lib/maths/clamp.ts"],
    notebooks: ["A"],
    // The notebook needs the smaller sign, which "<=" takes away.
    runNotebook: async (path) => {
      assert(path.endsWith(join("notebooks", "A_one.ipynb")), path);
      const module = join(dirname(path), "..", "lib", "maths", "clamp.ts");
      return (await Deno.readTextFile(module)).includes("x < low");
    },
  });
  const told = judged.map(({ line, notebooks }) => `${line} ${notebooks}`);
  assertEquals(told.sort(), ["13 ", "3 A_one", "5 "]);
});

Deno.test("copyTree() copies the tree without what commands make, and leaves nothing behind", async () => {
  await using tree = await makeTree();
  for (const name of ["output", "node_modules", ".git"]) {
    await Deno.mkdir(join(tree.path, name));
    await Deno.writeTextFile(join(tree.path, name, "made.txt"), "");
  }
  let path: string;
  {
    await using copy = await copyTree(tree.path);
    path = copy.path;
    assertEquals(await filesBelow(path), Object.keys(files).sort());
    assertEquals(
      await Deno.readLink(join(path, "node_modules")),
      join(tree.path, "node_modules"),
    );
  }
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  await Deno.stat(join(tree.path, "node_modules", "made.txt"));
});
