import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "node:path";
import { describe, loadRuns } from "cnn";
import { evidenceOptions } from "../../../tools/evidence.ts";
import {
  addRun,
  engineNow,
  headOf,
  openLog,
} from "../../../tools/evidence/log.ts";
import { type Recipe, recipes } from "../../../tools/evidence/recipe.ts";
import { partsOf, trainOnce } from "../../../tools/evidence/train.ts";
import { SetupError } from "../../../tools/process.ts";

const engine = { deno: "2", tensorflow: "4", backend: "wasm" };
const recipeOf = (name: string) => recipes.find((one) => one.name === name)!;
/** The augmentation recipe on a handful of pictures. */
const tiny: Recipe = {
  ...recipeOf("augmentation"),
  ...{ training: 40, validation: 30, epochs: 4, every: 2, batchSize: 16 },
};

Deno.test("deno task evidence reads a name and its options", () => {
  const { recipe, seeds, out } = evidenceOptions(["depth"])!;
  assertEquals([recipe.name, seeds, out], ["depth", 5, undefined]);
  const asked = evidenceOptions(["inception", "--seeds=2", "--out", "x"])!;
  assertEquals([asked.recipe.name, asked.seeds, asked.out], [
    "inception",
    2,
    "x",
  ]);
  assertEquals(evidenceOptions(["--help"]), undefined);
});

for (
  const [args, message] of [
    [[], "expects one name but found none"],
    [["deepness"], "expects one name but found deepness"],
    [["depth", "inception"], "expects one name but found depth inception"],
    [["depth", "--seed=3"], "Unknown option '--seed'"],
    [["depth", "--seeds=0"], 'from 1 to 1000 but found "0"'],
    [["depth", "--seeds=2.5"], 'from 1 to 1000 but found "2.5"'],
    [["depth", "--out="], "--out as a folder but found nothing"],
  ] as const
) {
  Deno.test(`deno task evidence refuses ${args.join(" ") || "no name"}`, () => {
    assertThrows(() => evidenceOptions(args), SetupError, message);
  });
}

Deno.test("what is compared at equal parameters or equal work is equal", () => {
  const counts = (name: string) =>
    recipeOf(name).conditions.map(({ network }) => describe(network));
  const spread = (values: number[]) =>
    Math.max(...values) / Math.min(...values) - 1;
  assert(spread(counts("depth").map((net) => net.parameters)) < 0.05);
  assert(spread(counts("inception").map((net) => net.multiplyAdds)) < 0.01);
  assertEquals(
    counts("shortcuts").map((net) => net.parameters),
    [19074, 19074, 165570, 165570],
  );
  assert(spread(counts("backbones").map((net) => net.parameters)) < 0.08);
  const [inception, , deep] = counts("inception");
  assertEquals(inception.layers, deep.layers);
});

Deno.test("no picture is in two parts, and a seed draws the same ones again", async () => {
  const first = await partsOf(tiny, 3), again = await partsOf(tiny, 3);
  assertEquals(first.training, again.training);
  assertEquals(first.test.labels.length, 10_000);
  const pictures = [first.training, first.validation].flatMap((set) =>
    Array.from(
      set.labels,
      (_, i) => set.images.data.slice(784 * i, 784 * (i + 1)).join(),
    )
  );
  assertEquals(new Set(pictures).size, 40 + 30);
});

Deno.test("a training is measured where the recipe says, and is repeatable", async () => {
  await engineNow();
  const parts = await partsOf(tiny, 1);
  const part = { ...parts, test: parts.validation };
  const [, condition] = tiny.conditions;
  const run = await trainOnce(tiny, condition, 1, part);
  assertEquals([run.condition, run.seed], ["moved", 1]);
  assertEquals(run.epochs.map(({ epoch }) => epoch), [2, 4]);
  assertEquals(run.test, run.epochs[1].validation);
  const { seconds: _, ...again } = await trainOnce(tiny, condition, 1, part);
  assertEquals({ ...again, seconds: run.seconds }, run);
});

Deno.test("a condition's own rate and epochs are used and told, and pictures are moved", async () => {
  await engineNow();
  const [condition] = tiny.conditions;
  const own = { ...condition, epochs: 2, learningRate: 0.01 };
  const recipe = { ...tiny, shifts: [0, 2], conditions: [own] };
  const parts = await partsOf(tiny, 1);
  const part = { ...parts, test: parts.validation };
  const run = await trainOnce(recipe, own, 1, part);
  assertEquals(run.epochs.map(({ epoch }) => epoch), [2]);
  const same = await trainOnce(
    { ...tiny, epochs: 2, learningRate: 0.01 },
    condition,
    1,
    part,
  );
  assertEquals(run.epochs, same.epochs);
  assertEquals(same.shifted, undefined);
  const [still, moved] = run.shifted!;
  assertEquals([still.shift, moved.shift], [0, 2]);
  assertEquals(still.accuracy, run.epochs[0].validation.accuracy); // 30 pictures are all
  const [told] = headOf(recipe).conditions;
  assertEquals([told.epochs, told.learningRate], [2, 0.01]);
});

Deno.test("a log goes on where it stopped, and another recipe's is left alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "tiny.json");
    const run = {
      condition: "moved",
      seed: 1,
      seconds: 1,
      epochs: [],
      test: { loss: 1, accuracy: 0.5 },
    };
    let log = await openLog(path, tiny, engine);
    assertEquals(log.runs, []);
    log = await addRun(path, log, run);
    log = await addRun(path, log, { ...run, seed: 2 });
    const found = await openLog(path, tiny, engine);
    assertEquals(found, log);
    assertEquals(found.runs.map(({ seed }) => seed), [1, 2]);
    assertEquals([...Deno.readDirSync(folder)].length, 1); // no draft is left
    const others: [Recipe, typeof engine][] = [
      [{ ...tiny, epochs: 5 }, engine],
      [tiny, { ...engine, deno: "3" }],
      [{ ...tiny, conditions: tiny.conditions.slice(1) }, engine],
    ];
    for (const [recipe, with_] of others) {
      await assertRejects(
        () => openLog(path, recipe, with_),
        SetupError,
        "to be of the recipe and the versions of today",
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const recipe of recipes) {
  Deno.test(`data/runs/${recipe.name}.json is of today's recipe, with each condition once a seed`, async () => {
    const { seeds, ...log } = await loadRuns(recipe.name);
    const { engine: _, runs, ...head } = log;
    assertEquals(JSON.stringify(head), JSON.stringify(headOf(recipe)));
    assert(seeds.length >= 2); // fewer have no interval
    const keys = runs.map(({ condition, seed }) => `${condition} ${seed}`);
    assertEquals(new Set(keys).size, keys.length);
    assertEquals(keys.length, recipe.conditions.length * seeds.length);
    for (const { epochs, condition, shifted } of runs) {
      const own = recipe.conditions.find(({ name }) => name === condition)!;
      assertEquals(epochs.at(-1)!.epoch, own.epochs ?? recipe.epochs);
      assertEquals(shifted?.map(({ shift }) => shift), recipe.shifts);
    }
  });
}

Deno.test("two logs that share a network, its data and its seeds hold the same runs", async () => {
  const [depth, kernels] = [await loadRuns("depth"), await loadRuns("kernels")];
  const runsOf = (of: typeof depth, name: string) =>
    kernels.seeds.map((wanted) => {
      const run = of.runs.find(({ condition, seed }) =>
        condition === name && seed === wanted
      )!;
      return { epochs: run.epochs, test: run.test };
    });
  assert(kernels.seeds.length >= 2);
  assertEquals(
    runsOf(kernels, "two 3x3 a stage"),
    runsOf(depth, "6 convolutions"),
  );
});

Deno.test("SOURCE.md names each log", async () => {
  const text = await Deno.readTextFile(join("data", "runs", "SOURCE.md"));
  for (const { name } of recipes) assertStringIncludes(text, `\`${name}\``);
});

Deno.test("the help names each recipe", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "tools/evidence.ts", "--help"],
    cwd: join(import.meta.dirname!, "../../.."),
  }).output();
  const text = new TextDecoder().decode(stdout);
  for (const { name } of recipes) assertStringIncludes(text, name);
});
