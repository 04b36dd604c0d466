/**
 * Open exercises have many right answers. These are wrong ones that fulfil the
 * letter of a condition and miss what it means: none may get a point.
 */
import { assertEquals } from "@std/assert";
import { defaultLimits, prepareSandbox, withGrader } from "cnn/homework";
import { gradeCells, only } from "./one_exercise.ts";

const limits = { ...defaultLimits, seconds: 120 }; // other work may run beside

/** By notebook and exercise: what it is, the code, and the mistake that is named. */
const nonsense: Record<
  string,
  Record<string, [code: string, mistake: string]>
> = {
  "02_convolution 2-9": {
    "weights so small that no ground is too flat": [
      `const risingKernel = () => cnn.tensor([0, 0, 1e-7, 0, 1e-7, 0, 1e-7, 0, 0], [3, 3, 1, 1]);`,
      "answers to flat ground",
    ],
    "weights of nothing": [
      `const risingKernel = () => cnn.zeros([3, 3, 1, 1]);`,
      "answers to falling lines",
    ],
    "no numbers": [
      `const risingKernel = () => cnn.tensor(Array(9).fill(NaN), [3, 3, 1, 1]);`,
      "answers to flat ground",
    ],
    "a larger kernel": [
      `const risingKernel = () => {
        const right = [-1, -1, 2, -1, 2, -1, 2, -1, -1];
        return cnn.map(cnn.zeros([5, 5, 1, 1]), (_, r, c) =>
          r < 3 && c < 3 ? right[r * 3 + c] : 0);
      };`,
      "another shape",
    ],
  },
  "04_fully_connected 4-5": {
    "a line through the pixels": [
      `const myNetwork = () => cnn.network("line", [28, 28, 1], [
        cnn.layers.maxPool2d(), cnn.layers.flatten(), cnn.layers.dense({ units: 10 }),
      ]);`,
      "too few convolutions",
    ],
    "the same behind a convolution that changes nothing": [
      `const myNetwork = () => cnn.network("line", [28, 28, 1], [
        cnn.layers.conv2d({ filters: 1, kernelSize: 1 }),
        cnn.layers.maxPool2d(), cnn.layers.flatten(), cnn.layers.dense({ units: 10 }),
      ]);`,
      "does not classify well enough",
    ],
    "convolutions that never learn": [
      `const myNetwork = () => cnn.network("still", [28, 28, 1], [
        cnn.layers.sequence([
          cnn.layers.conv2d({ filters: 8, kernelSize: 5, strides: 2 }), cnn.layers.relu(),
        ], { trainable: false }),
        cnn.layers.maxPool2d(), cnn.layers.flatten(), cnn.layers.dense({ units: 10 }),
      ]);`,
      "a layer that does not learn",
    ],
  },
  "05_vgg 5-4": {
    "a large kernel inside a sequence": [
      `const farSeeing = () => [cnn.layers.sequence([cnn.layers.conv2d({ filters: 1, kernelSize: 20 })])];`,
      "a large window",
    ],
    "a large kernel inside a branch": [
      `const farSeeing = () => [cnn.layers.parallel([
        cnn.layers.conv2d({ filters: 1, kernelSize: 20 }), cnn.layers.conv2d({ filters: 1, kernelSize: 20 }),
      ], { join: "concat" })];`,
      "a large window",
    ],
    "a large window that pools": [
      `const farSeeing = () => [
        cnn.layers.conv2d({ filters: 4, kernelSize: 1 }),
        cnn.layers.maxPool2d({ poolSize: 20, strides: 1 }),
      ];`,
      "a large window",
    ],
    "pooling alone": [
      `const farSeeing = () => Array.from({ length: 10 }, () =>
        cnn.layers.maxPool2d({ poolSize: 3, strides: 1 }));`,
      "too few convolutions",
    ],
  },
  "06_googlenet 6-4": {
    "empty branches behind a large pooling": [
      `const myNetwork = () => cnn.network("empty", [32, 32, 3], [
        cnn.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2 }), cnn.layers.relu(),
        ...Array.from({ length: 3 }, () => cnn.layers.maxPool2d({ poolSize: 5, strides: 1 })),
        cnn.layers.parallel([[], [], []], { join: "concat" }),
        cnn.layers.globalAvgPool2d(), cnn.layers.dense({ units: 6 }),
      ]);`,
      "no module of 3 branches",
    ],
    "branches with a convolution behind a large pooling": [
      `const conv = () => cnn.layers.conv2d({ filters: 2, kernelSize: 1 });
      const myNetwork = () => cnn.network("wide", [32, 32, 3], [
        cnn.layers.maxPool2d({ poolSize: 24, strides: 1 }),
        cnn.layers.parallel([conv(), conv(), conv()], { join: "concat" }),
        cnn.layers.globalAvgPool2d(), cnn.layers.dense({ units: 6 }),
      ]);`,
      "a large window",
    ],
    "branches of pooling and ReLU": [
      `const myNetwork = () => cnn.network("idle", [32, 32, 3], [
        cnn.layers.conv2d({ filters: 8, kernelSize: 5, strides: 2 }), cnn.layers.relu(),
        ...Array.from({ length: 6 }, () => cnn.layers.maxPool2d({ poolSize: 3, strides: 1, padding: "same" })),
        cnn.layers.parallel([[cnn.layers.relu()], [cnn.layers.relu()], []], { join: "concat" }),
        cnn.layers.globalAvgPool2d(), cnn.layers.dense({ units: 6 }),
      ]);`,
      "no module of 3 branches",
    ],
  },
  "07_resnet 7-3": {
    "the main branch twice and no shortcut": [
      `const { conv2d, batchNorm, relu, parallel, sequence } = cnn.layers;
      const conv = (filters, kernelSize, strides) => [
        conv2d({ filters, kernelSize, strides, padding: "same", useBias: false }), batchNorm(),
      ];
      const myBlock = (channels, filters, strides) => {
        const main = [...conv(filters, 3, strides), relu(), ...conv(filters, 3, 1)];
        return channels === filters && strides === 1
          ? sequence([...main, parallel([[], []], { join: "add" }), relu()])
          : sequence([parallel([main, conv(filters, 1, strides)], { join: "add" }), relu()]);
      };`,
      "wired differently",
    ],
    "the library's block": [
      `const myBlock = (channels, filters, strides) =>
        cnn.residualBlock({ name: "mine", channels, filters, strides });`,
      "calls the library",
    ],
  },
  "07_resnet 7-5": {
    "one convolution and a tower of dense layers": [
      `const { batchNorm, conv2d, dense, flatten, parallel } = cnn.layers;
      const levelNetwork = () => cnn.network("tower", [14, 14, 1], [
        conv2d({ filters: 8, kernelSize: 3, strides: 2 }), flatten(), dense({ units: 16 }),
        ...Array.from({ length: 28 }, () =>
          parallel([[dense({ units: 16 }), batchNorm()], []], { join: "add" })),
        dense({ units: 10 }),
      ]);`,
      "a gradient explodes",
    ],
    "layers whose gradient nobody asks for": [
      `const { batchNorm, conv2d, dense, globalAvgPool2d, parallel, relu } = cnn.layers;
      const levelNetwork = () => cnn.network("still", [14, 14, 1], [
        conv2d({ filters: 8, kernelSize: 3, strides: 2 }), batchNorm(), relu(),
        ...Array.from({ length: 29 }, () => parallel([
          [conv2d({ filters: 8, kernelSize: 1, trainable: false }), batchNorm()], [],
        ], { join: "add" })),
        globalAvgPool2d(), dense({ units: 10 }),
      ]);`,
      "a layer that does not learn",
    ],
  },
};

for (const [place, answers] of Object.entries(nonsense)) {
  const [name, id] = place.split(" ");
  Deno.test(`exercise ${id.replace("-", ".")} gives its solution all points and nonsense none`, async () => {
    const notebook = await only(name, [id]);
    await withGrader(await prepareSandbox(), limits, async (grader) => {
      const { exercises: [solved] } = await gradeCells(
        notebook,
        {},
        [],
        grader,
      );
      assertEquals(solved.status, "passed", solved.details);
      for (const [what, [code, mistake]] of Object.entries(answers)) {
        const edits = { [`exercise-${id}`]: code };
        const { exercises: [found] } = await gradeCells(
          notebook,
          edits,
          [],
          grader,
        );
        assertEquals(found.points, 0, what);
        assertEquals(found.mistake, mistake, `${what}: ${found.details}`);
      }
    });
  });
}
