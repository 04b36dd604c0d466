/** An exercise that asks to write what the library has refuses to let it be called. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  defaultLimits,
  type ExerciseResult,
  exercisesOf,
  markOf,
  parseNotebook,
  prepareSandbox,
  studentVersion,
  withGrader,
} from "cnn/homework";
import * as cnn from "cnn";
import { validateNotebook } from "../../../tools/homework/grade/validate.ts";
import { notebookPaths } from "../../../tools/homework/notebook/load.ts";
import { guarded } from "../../../tools/homework/sandbox/student_library.ts";
import { root } from "../../../tools/paths.ts";
import { gradeCells, only } from "./one_exercise.ts";

const files = await prepareSandbox();

const convolution = await only("02_convolution", ["2-3"]);
const mirror = "const at = (path) => `file://${Deno.cwd()}/${path}`;";

/** Ways to the library's convolution: the cell, and cells before it. */
const ways: Record<string, [cell: string, ...added: string[]]> = {
  "its name": ["const onePlane = (x, kernel) => cnn.conv2d(x, kernel);"],
  "a name put together": [
    'const onePlane = (x, kernel) => cnn["conv" + "2d"](x, kernel);',
  ],
  "a name taken before": [
    "const { conv2d } = cnn; const onePlane = (x, k) => conv2d(x, k);",
  ],
  "its relative": [
    "const onePlane = (x, kernel) => cnn.conv2dNaive(x, kernel);",
  ],
  "another room": [
    'import { conv2d } from "cnn/layers"; const onePlane = (x, k) => conv2d(x, k);',
  ],
  "a dynamic import": [
    'const onePlane = async (x, k) => (await import("cn" + "n")).conv2d(x, k);',
  ],
  "its file": [
    `${mirror} const { conv2d } = await import(at("lib/layers/conv2d.js"));
    const onePlane = (x, k) => conv2d(x, k);`,
  ],
  "its fast form": [
    `${mirror} const { convolve } = await import(at("lib/layers/fast/convolution.js"));
    const onePlane = (x, k) => convolve("conv2d", {}, x, k);`,
  ],
  "a layer in a network": [
    `function onePlane(x, kernel) {
      const net = cnn.buildNetwork(cnn.network("one", x.shape.slice(1), [
        cnn.layers.conv2d({ name: "c", filters: 1, kernelSize: kernel.shape.slice(0, 2), useBias: false }),
      ]), { seed: 1 });
      net.weights.get("c/kernel").data.set(kernel.data);
      return net.forward(x);
    }`,
  ],
  "a helper in another cell": [
    "const onePlane = (x, kernel) => helper(x, kernel);",
    "const kept = cnn.conv2d; const helper = (x, kernel) => kept(x, kernel);",
  ],
  "a patched realm": [
    "const onePlane = (x, kernel) => cnn.conv2d(x, kernel);",
    `Set.prototype.has = Map.prototype.has = () => false;
    Object.prototype.hasOwnProperty = () => false;
    Error.prototype.constructor = Object; globalThis.Error = Object;`,
  ],
  "the guard itself": [
    `${mirror} const guard = await import(at("tools/homework/sandbox/inside/forbidden.js"));
    let control;
    try { control = guard.takeControl(); } catch {}
    const onePlane = (x, kernel) => { control?.(); return cnn.conv2d(x, kernel); };`,
  ],
  "TensorFlow.js through the library": [
    `const tf = await cnn.loadTf();
    await tf.setBackend("cpu");
    const onePlane = (x, k) => {
      const y = tf.conv2d(tf.tensor(x.data, x.shape), tf.tensor(k.data, k.shape), 1, "valid");
      return { shape: y.shape, data: y.dataSync() };
    };`,
  ],
  "the package TensorFlow.js": [
    `import * as tf from "@tensorflow/tfjs";
    await tf.setBackend("cpu");
    const onePlane = (x, k) => {
      const y = tf.conv2d(tf.tensor(x.data, x.shape), tf.tensor(k.data, k.shape), 1, "valid");
      return { shape: y.shape, data: y.dataSync() };
    };`,
  ],
};

Deno.test("exercise 2.3 refuses the library's convolution by whatever way", async (t) => {
  await withGrader(files, defaultLimits, async (grader) => {
    for (const [way, [cell, ...added]] of Object.entries(ways)) {
      await t.step(way, async () => {
        const edits = { "exercise-2-3": cell };
        const result = await gradeCells(convolution, edits, added, grader);
        assertEquals(result.points, 0);
        assertRefused(result.exercises[0], "2.3");
      });
    }
  });
});

function assertRefused(found: ExerciseResult, id: string): void {
  assertEquals(found.mistake, "calls the library", found.details);
  assertStringIncludes(
    found.details!,
    `exercise ${id} asks you to write it`,
  );
}

Deno.test("the ways work where the exercise forbids nothing", async () => {
  const free = {
    ...convolution,
    cells: convolution.cells.map((
      { metadata: { forbids: _, ...rest }, ...cell },
    ) => ({
      ...cell,
      metadata: rest,
    })),
  };
  await withGrader(files, defaultLimits, async (grader) => {
    for (const [way, [cell, ...added]] of Object.entries(ways)) {
      // These name no right arguments, or break their own realm.
      if (way === "its fast form" || way === "a patched realm") continue;
      const edits = { "exercise-2-3": cell };
      const { exercises: [found] } = await gradeCells(
        free,
        edits,
        added,
        grader,
      );
      assertEquals(found.status, "passed", `${way}: ${found.details}`);
    }
  });
});

Deno.test("what one exercise refuses, own cells and the next exercise may call", async () => {
  const two = await only("02_convolution", ["2-3", "2-10"]);
  const right = two.cells.find((c) => markOf(c)?.grade_id === "exercise-2-3")!;
  const result = await gradeCells(two, { "exercise-2-3": right.source }, [
    "const seen = cnn.conv2d(cnn.zeros([1, 3, 3, 1]), cnn.zeros([2, 2, 1, 1]));",
    'await cnn.checkConv2d(cnn.conv2d, { exercise: "2.3" });',
  ]);
  assertEquals(result.notes, []);
  assertEquals(result.exercises.map((e) => e.status), ["passed", "passed"]);
});

Deno.test("a solution cell that calls it while it is run is refused too", async () => {
  const { exercises: [found] } = await gradeCells(convolution, {
    "exercise-2-3":
      `const made = cnn.conv2d(cnn.zeros([1, 3, 3, 1]), cnn.zeros([2, 2, 1, 1]));
    const onePlane = () => made;`,
  });
  assertRefused(found, "2.3");
});

Deno.test("the sandbox of a student's code has no check and no answer", async () => {
  const { exercises: [found] } = await gradeCells(convolution, {
    "exercise-2-3": `${mirror}
    const { averageKernelExercise } = await import(at("lib/exercises/average_kernel.js"));
    const onePlane = () => averageKernelExercise({});`,
  });
  assertStringIncludes(found.details!, "Module not found");
  const names = [
    ...Deno.readDirSync(join(files.students.folder, "lib/exercises")),
  ]
    .map(({ name }) => name);
  for (const name of ["unshuffled", "dense", "check", "momentum", "number"]) {
    assert(!names.includes(`${name}.js`), name);
  }
  assert(
    files.students.readable.every((path) => !files.folder.startsWith(path)),
  );
});

Deno.test("a residual block of the library's does not count as one's own", async () => {
  const block = await only("07_resnet", ["7-3"]);
  const { exercises: [found] } = await gradeCells(block, {
    "exercise-7-3": `const myBlock = (channels, filters, strides) =>
      cnn.residualBlock({ name: "b", channels, filters, strides });`,
  });
  assertRefused(found, "7.3");
});

Deno.test("validate refuses what grading refuses", async () => {
  const cells = studentVersion(convolution).cells.map((cell) =>
    markOf(cell)?.grade_id === "exercise-2-3"
      ? { ...cell, source: ways["its name"][0] }
      : cell
  );
  const result = await validateNotebook("x", { ...convolution, cells });
  assertRefused(result.exercises[0], "2.3");
});

Deno.test("guarded() lets each exported function ask first", () => {
  const text = guarded(
    "lib/layers/max_pool2d.js",
    "export function maxPool2d(x) { return x; }\nfunction own() {}\n" +
      "export const back = (y) => { return y; };",
  );
  assertStringIncludes(
    text,
    'maxPool2d(x) {if ($forbidden.active) $forbidden.refuse("maxPool2d", "maxPool2d")',
  );
  assertStringIncludes(text, '$forbidden.refuse("back", "maxPool2d")');
  assertStringIncludes(text, "function own() {}");
});

Deno.test("each name that the course's exercises forbid is the library's", async () => {
  const inner = ["sicknessOf"]; // the clinic's answers: not for notebooks
  let count = 0;
  for (const path of await notebookPaths(join(root, "notebooks"))) {
    const notebook = parseNotebook(await Deno.readFile(path));
    for (const { id, forbids = [] } of exercisesOf(notebook)) {
      for (const name of forbids) {
        assert(inner.includes(name) || name in cnn, `${id}: ${name}`);
        count++;
      }
    }
  }
  assert(count > 20);
});
