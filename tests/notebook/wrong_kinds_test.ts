/** No public function of lib/notebook answers a wrong argument in JavaScript's own words. */
import { assert, assertEquals } from "@std/assert";
import {
  batchNorm,
  batchNormBackward,
  concat,
  conv2d,
  conv2dBackward,
  dense,
  denseBackward,
  flatten,
  gather,
  layers,
  lenet,
  loadMnist,
  maxPool2d,
  maxPool2dBackward,
  mlp,
  network,
  outputLength,
  relu,
  reluBackward,
  residualBlock,
} from "cnn";
import * as exercises from "../../lib/exercises/mod.ts";
import { resetClaims } from "../../lib/notebook/record.ts";
import * as shown from "../../lib/notebook/mod.ts";
import { judgeSetup } from "../../lib/notebook/setup_check.ts";
import { quietly } from "../exercises/student.ts";
import { wrongWords } from "../exports/wrong_kinds.ts";

const notebook = { ...shown, ...exercises, judgeSetup };

const options = { exercise: "1.1" };
const block = { channels: 4, filters: 4, strides: 1 };
const condition = { holds: true, mistake: "none", details: "none" };
const few = await loadMnist({ limit: 3 });
const tiny = network("tiny", [2, 2, 1], [layers.flatten()]);

// deno-lint-ignore no-explicit-any
type Any = any;

/** Arguments that are right, by function. */
const RIGHT: Record<string, unknown[]> = {
  claim: ["1 = 1", { holds: true, values: { one: 1 } }],
  experiment: ["It grows", {
    id: "grows",
    compares: "one side with the other",
    baseline: "the other",
    seeds: [1, 2],
    above: 0,
    because: "none",
  }],
  drawSeeds: [3],
  ledger: [[{
    says: "It is",
    source: "often said",
    verdict: "holds",
    evidence: ["1 = 1"],
  }]],
  judgeSetup: [{
    deno: "2.9.6",
    kernel: true,
    folder: "/a",
    course: "/a",
    missingData: [],
    backend: "wasm",
    backendReason: "it has SIMD",
  }],
  checkNumber: [1, { ...options, expected: 1 }],
  checkTensor: [[1], { ...options, expected: [1] }],
  checkConditions: [[condition], options],
  checkChoice: ["a", { ...options, among: { a: "b" }, expected: "a" }],
  checkPrediction: [1, { ...options, expected: 1, within: 1 }],
  checkDiagnosis: ["inputs not scaled", { ...options, patient: 1 }],
  checkFlaw: ["one seed", { ...options, digest: "5c42d3897e" }],
  checkShapeTable: [[{ layer: "flatten1", shape: [4] }], tiny, {
    ...options,
    columns: ["shape"],
  }],
  budgetConditions: [lenet(), { parameters: 1e6, without: ["dropout"] }],
  layerConditions: [lenet(), { kinds: ["conv2d"], window: 3, learns: true }],
  blockConditions: [residualBlock({ name: "block", ...block }), block],
  learningConditions: [mlp({ hidden: [2] }), few, {
    ...{ training: 2, least: 0, epochs: 1, seeds: [1] },
  }],
  levelGradientConditions: [lenet(), { least: 1e-9, most: 1e9, seeds: [1] }],
  pixelOrderConditions: [[0], { width: 1, far: 1, share: 0 }],
  checkConv2d: [conv2d, { ...options, features: ["bias"] }],
  checkConv2dBackward: [conv2dBackward, options],
  checkOutputLength: [outputLength, options],
  checkMaxPool: [maxPool2d, options],
  checkMaxPoolBackward: [maxPool2dBackward, options],
  checkFlatten: [flatten, options],
  checkConcat: [concat, options],
  checkDense: [dense, options],
  checkDenseBackward: [denseBackward, options],
  checkUnshuffled: [
    (kernel: Any, order: number[]) =>
      gather(kernel, order.map((_, i) => order.indexOf(i))),
    options,
  ],
  checkRelu: [relu, options],
  checkReluBackward: [reluBackward, options],
  checkBatchNorm: [batchNorm, options],
  checkBatchNormBackward: [batchNormBackward, options],
};

for (const [name, right] of Object.entries(RIGHT)) {
  Deno.test(`${name}() names itself for arguments of the wrong kind`, async () => {
    const fn = (notebook as Record<string, Any>)[name];
    await quietly(async () => {
      resetClaims();
      await notebook.claim("1 = 1", { holds: true, values: { one: 1 } });
      assertEquals(await wrongWords(name, fn, right), []);
    });
  });
}

Deno.test("options of the wrong kind are told by the function that got them", async () => {
  const parts: [string, object, string[]][] = [
    ["claim", RIGHT.claim[1] as object, ["holds", "values", "id"]],
    ["ledger", (RIGHT.ledger[0] as object[])[0], [
      "id",
      "says",
      "source",
      "verdict",
      "evidence",
    ]],
    ["experiment", RIGHT.experiment[1] as object, [
      "id",
      "compares",
      "baseline",
      "seeds",
      "above",
      "because",
    ]],
    ["checkConditions", condition, ["holds", "mistake", "details"]],
    ["checkNumber", RIGHT.checkNumber[1] as object, [
      "exercise",
      "expected",
      "tolerance",
      "hints",
    ]],
    ["checkTensor", RIGHT.checkTensor[1] as object, [
      "exercise",
      "expected",
      "tolerance",
      "hints",
    ]],
    ["checkConv2d", RIGHT.checkConv2d[1] as object, [
      "exercise",
      "seed",
      "features",
    ]],
    ["checkFlatten", RIGHT.checkFlatten[1] as object, ["exercise", "seed"]],
    ["budgetConditions", RIGHT.budgetConditions[1] as object, [
      "inputShape",
      "classes",
      "parameters",
      "multiplyAdds",
      "without",
    ]],
    ["layerConditions", RIGHT.layerConditions[1] as object, [
      "kinds",
      "window",
      "convolutions",
      "branches",
      "learns",
    ]],
    ["blockConditions", block, Object.keys(block)],
    ["pixelOrderConditions", RIGHT.pixelOrderConditions[1] as object, [
      "width",
      "far",
      "share",
    ]],
    ["learningConditions", RIGHT.learningConditions[2] as object, [
      "training",
      "least",
      "epochs",
      "seeds",
    ]],
    ["levelGradientConditions", RIGHT.levelGradientConditions[1] as object, [
      "least",
      "most",
      "seeds",
    ]],
    [
      "judgeSetup",
      RIGHT.judgeSetup[0] as object,
      Object.keys(RIGHT.judgeSetup[0] as object),
    ],
  ];
  const listed = ["ledger", "checkConditions"];
  await quietly(async () => {
    await notebook.claim("1 = 1", { holds: true, values: { one: 1 } });
    for (const [name, usual, names] of parts) {
      const fn = (notebook as Record<string, Any>)[name];
      const at = RIGHT[name].findIndex((argument) =>
        argument === usual || Array.isArray(argument) && argument[0] === usual
      );
      assert(at >= 0);
      for (const part of names) {
        const call = (value: unknown) => {
          const changed = { ...usual, [part]: value };
          return fn(
            ...RIGHT[name].with(
              at,
              listed.includes(name) ? [changed] : changed,
            ),
          );
        };
        const right = (usual as Record<string, unknown>)[part];
        assertEquals(
          await wrongWords(name, call, [right]),
          [],
          `${name} ${part}`,
        );
      }
    }
  });
});
