/** The students' folder: its checks say what the repository's say, and hold no answer. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { exerciseOf, mistakesOf } from "../../../lib/exercises/check.ts";
import * as room from "../../../lib/exercises/mod.ts";
import { rateSweepAnswer } from "../../../lib/exercises/rate_sweep_answer.ts";
import {
  loadNotebook,
  notebookPaths,
} from "../../../tools/homework/notebook/load.ts";
import { checkCalls } from "../../../tools/homework/release/check_calls.ts";
import { record } from "../../../tools/homework/release/record.ts";
import { release } from "../../../tools/homework/release/release.ts";
import { root } from "../../../tools/paths.ts";
import { quietly } from "../../exercises/student.ts";
import { edited, withFolder } from "./fixture.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

const notebooks = await Promise.all(
  (await notebookPaths(join(root, "notebooks"))).map((path) =>
    loadNotebook(path)
  ),
);

const exercises = new Map(
  Object.entries(room as Record<string, Any>).flatMap(([name, check]) => {
    const exercise = exerciseOf(check);
    return exercise ? [[name, exercise as Any] as const] : [];
  }),
);

/** Files with text below a folder, by their path in it. */
async function textsBelow(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const walk = async (path: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
      const inner = join(path, name);
      if (isDirectory && name !== "data") await walk(inner);
      else if (isFile && /\.(ts|js|json|py|md|ipynb)$/.test(name)) {
        texts.set(relative(folder, inner), await Deno.readTextFile(inner));
      }
    }
  };
  await walk(folder);
  return texts;
}

/** What a check says: the line of a pass, or the error. */
async function verdict(check: () => Promise<void>): Promise<string> {
  try {
    return (await quietly(check)).join("\n");
  } catch (error) {
    const { name, message, mistake } = error as Error & { mistake?: string };
    return `${name} (${mistake}): ${message}`;
  }
}

/** A result with one number changed a little, or a lot. */
function bent(result: Any, by: number): Any {
  if (typeof result === "number") return result + by;
  if (!result?.data) {
    return Object.fromEntries(
      Object.entries(result).map(([name, part]) => [name, bent(part, by)]),
    );
  }
  const data = result.data.slice();
  data[data.length - 1] += by;
  return { ...result, data };
}

/** Answers to any exercise, right and wrong. */
function answersTo({ expected, ...exercise }: Any): Record<string, Any> {
  const variants = mistakesOf({ expected, ...exercise } as Any).map((
    { mistake, wrong },
    i,
  ) => [`${i} ${mistake}`, wrong]);
  return {
    "a right one": expected,
    "the same, later": (...args: Any[]) => Promise.resolve(expected(...args)),
    "the stub": () => {
      throw new Error("Not implemented: see the exercise above");
    },
    "one that breaks": () => {
      throw new TypeError("x is undefined");
    },
    "none": undefined,
    "no result": () => {},
    "an odd result": () => "7",
    "almost right": (...args: Any[]) => bent(expected(...args), 1e-11),
    "a last number that is wrong": (...args: Any[]) =>
      bent(expected(...args), 0.5),
    "one that changes what it gets": (...args: Any[]) => {
      const result = expected(...args);
      const first = args[0]?.data ?? args[0]?.[0]?.data ?? args[0];
      if (typeof first === "object") first[0] = 99;
      return result;
    },
    ...Object.fromEntries(variants),
  };
}

/** A line without what formatting decides. */
const bare = (line: string) => line.replaceAll(/\s+/g, " ").trim();

/** Lines that say enough to be found again. */
const telling = (source: string) =>
  source.split("\n").map(bare).filter((line) =>
    line.length >= 25 && /[=(]/.test(line) &&
    !/^(\/\/|\*|\/\*|import)/.test(line)
  );

/** What is between the marks of a solution. */
const solutionOf = (source: string) =>
  /BEGIN SOLUTION\n([\s\S]*?)\n *\/\/ END SOLUTION/.exec(source)?.[1] ?? "";

/** Texts of all functions in a file. */
function functionsIn(text: string): string[] {
  const file = ts.createSourceFile("m.ts", text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) {
      found.push(node.getText());
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

Deno.test("the students' folder", async (t) => {
  await withFolder(async (folder) => {
    const out = join(folder, "out");
    await release(notebooks, { out, data: "none" });
    const texts = await textsBelow(out);
    const own = await textsBelow(join(root, "lib"));

    await t.step("has checks that say what the repository's say", async () => {
      const students = await import(
        pathToFileURL(join(out, "lib/exercises/mod.ts")).href
      );
      let compared = 0;
      for (const { notebook } of notebooks) {
        for (
          const { check, ...options } of checkCalls(
            withoutHidden(notebook),
            new Set(exercises.keys()),
          )
        ) {
          for (
            const [what, answer] of Object.entries(
              answersTo(exercises.get(check)),
            )
          ) {
            const given = { ...options, exercise: "9.9" };
            const here = await verdict(() =>
              (room as Any)[check](answer, given)
            );
            const there = await verdict(() => students[check](answer, given));
            assertEquals(there, here, `${check}, ${what}`);
            compared++;
          }
        }
      }
      assert(compared > 400, `${compared}`);
    });

    await t.step(
      "bears seeds of students' own, and no other features",
      async () => {
        const students = await import(
          pathToFileURL(join(out, "lib/exercises/mod.ts")).href
        );
        const seed = room.personalSeed("ann", "2.3");
        assertEquals(students.personalSeed("ann", "2.3"), seed);
        const { expected } = exercises.get("checkConv2d")!;
        const given = { exercise: "2.3", features: [], seed };
        const pass = await verdict(() => students.checkConv2d(expected, given));
        assert(pass.startsWith("✓ Exercise 2.3 passed"), pass);
        const other = { exercise: "2.3", features: ["dilations"] };
        const refused = await verdict(() =>
          students.checkConv2d(expected, other)
        );
        assert(refused.includes('but found features "dilations"'), refused);
      },
    );

    await t.step(
      "has no line of a solution outside of the library and the lecture",
      () => {
        const given = [...own].filter(([path]) =>
          !path.startsWith("exercises/")
        )
          .map(([, text]) => text).concat(
            notebooks.flatMap(({ notebook }) =>
              notebook.cells.map(({ source }) =>
                source.replace(solutionOf(source), "")
              )
            ),
          ).join("\n").split("\n").map(bare);
        const known = new Set(given);
        const files = [...texts].map(([path, text]) =>
          [path, new Set(linesOf(path, text).map(bare))] as const
        );
        let looked = 0;
        for (const { name, notebook } of notebooks) {
          for (const { source } of notebook.cells) {
            for (const line of telling(solutionOf(source))) {
              if (known.has(line)) continue;
              looked++;
              for (const [path, lines] of files) {
                assert(
                  !lines.has(line),
                  `${name}: "${line}" stands in ${path}`,
                );
              }
            }
          }
        }
        assert(looked > 200, `${looked}`);
      },
    );

    await t.step(
      "has no function that a check takes for right or wrong",
      () => {
        const released = [...texts].filter(([path]) =>
          /^(lib|tools)\//.test(path)
        )
          .map(([path, text]) => [path, text.split("\n").map(bare)] as const);
        const lines = new Map(
          released.map(([path, all]) => [path, new Set(all)]),
        );
        const library = new Set(
          [...own].filter(([path]) => !path.startsWith("exercises/"))
            .flatMap(([, text]) => text.split("\n").map(bare)),
        );
        let looked = 0;
        for (const [path, text] of own) {
          if (!path.startsWith("exercises/")) continue;
          const now = texts.get(join("lib", path));
          const makesCheck = /= check\(/.test(text);
          if (
            now !== undefined && !makesCheck && !path.endsWith("_answer.ts")
          ) {
            continue;
          }
          assertEquals(functionsIn(now ?? ""), [], path);
          for (const line of functionsIn(text).flatMap(telling)) {
            if (library.has(line)) continue;
            looked++;
            for (const [where, all] of lines) {
              // Others may check, say, their arguments in the same words.
              if (
                /^tools\//.test(where) && where.includes("/notebook/")
              ) continue;
              assert(!all.has(line), `${path}: "${line}" stands in ${where}`);
            }
          }
        }
        assert(looked > 500, `${looked}`);
        for (const [path, text] of texts) {
          if (!path.startsWith("lib/exercises/")) continue;
          assert(!text.includes("@example"), `an example in ${path}`);
        }
      },
    );

    await t.step("has the inputs of visible checks alone", () => {
      const seeds = [...texts].filter(([path]) =>
        path.startsWith("lib/exercises/")
      )
        .flatMap(([, text]) => [...text.matchAll(/"seed":(\d+),"features"/g)])
        .map(([, seed]) => seed);
      assert(seeds.length > 20, `${seeds.length}`);
      assertEquals([...new Set(seeds)], ["1"]);
    });

    await t.step("takes the accuracies of a sweep as numbers", async () => {
      const { rateSweepAnswer: given } = await import(
        pathToFileURL(join(out, "lib/exercises/rate_sweep_answer.ts")).href
      );
      assertEquals(await given(1), await rateSweepAnswer(1));
      assertEquals(await given(2), await given(1));
    });
  });
});

/** The lines of a file, of a notebook those of its code. */
function linesOf(path: string, text: string): string[] {
  if (!path.endsWith(".ipynb")) return text.split("\n");
  return (JSON.parse(text).cells as { source: string[] | string }[])
    .flatMap(({ source }) => [source].flat().join("").split("\n"));
}

/** What is checked before a notebook is handed in. */
function withoutHidden<N extends { cells: readonly { source: string }[] }>(
  notebook: N,
): N {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: cell.source.replace(
      /^.*BEGIN HIDDEN TESTS[\s\S]*?END HIDDEN TESTS.*$/m,
      "",
    ),
  }));
  return { ...notebook, cells };
}

Deno.test("checkCalls() reads seeds and features as cells write them", () => {
  const calls = (source: string) =>
    checkCalls(edited({ lecture: source }), new Set(["checkConv2d"]))
      .filter(({ check }) => check === "checkConv2d");
  assertEquals(
    calls(`const used = ["channels"] as const;
      await cnn.checkConv2d(f, { exercise: "1", features: used, seed: 7 });
      await checkConv2d(f, { exercise: "1", seed: personalSeed(student, "1") });
      const features = []; const given = { features };
      await cnn.checkConv2d(f, given);`),
    [
      { check: "checkConv2d", seed: 7, features: ["channels"] },
      { check: "checkConv2d" },
      { check: "checkConv2d", features: [] },
    ],
  );
  assertThrows(
    () => calls("cnn.checkConv2d(f, { features: cases() })"),
    Error,
    "features of checkConv2d() as a list of texts",
  );
});

Deno.test("record() keeps what JSON has no word for", () => {
  const { check, ...exercise } = exercises.get("checkRelu")!;
  for (const array of [Float32Array, Float64Array]) {
    const odd = array.of(-0, Infinity, -Infinity, NaN, 0.1);
    const text = JSON.stringify(record({
      ...exercise,
      check,
      cases: () => [[{ shape: [5], data: odd }]],
      expected: (x: Any) => x,
    }, [{ check }]));
    assert(text.includes('["-0","Infinity","-Infinity","NaN",0.1]'), text);
  }
});
