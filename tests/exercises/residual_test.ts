import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Architecture,
  blockConditions,
  checkConditions,
  CheckError,
  cifarResnet,
  describe,
  type Layer,
  layers,
  levelGradientConditions,
  network,
  residualBlock,
} from "cnn";
import { quietly } from "./student.ts";

const given = { channels: 8, filters: 16, strides: 2 };

/** A student's block, with what may be wrong in it. */
function block(wrong: {
  first?: number;
  second?: number;
  useBias?: boolean;
  join?: "add" | "concat";
  last?: Layer[];
  between?: Layer[];
  shortcut?: Layer[];
  shortcutKernel?: number;
} = {}): Layer {
  const conv = (kernelSize: number, strides: number) => [
    layers.conv2d({
      filters: 16,
      kernelSize,
      strides,
      padding: "same",
      useBias: wrong.useBias ?? false,
    }),
    layers.batchNorm(),
  ];
  const main = [
    ...conv(3, wrong.first ?? 2),
    ...wrong.between ?? [layers.relu()],
    ...conv(3, wrong.second ?? 1),
  ];
  const shortcut = wrong.shortcut ?? conv(wrong.shortcutKernel ?? 1, 2);
  return layers.sequence([
    layers.parallel([main, shortcut], { join: wrong.join ?? "add" }),
    ...wrong.last ?? [layers.relu()],
  ]);
}

const check = (layer: Layer, what = given) =>
  checkConditions(blockConditions(layer, what), { exercise: "7.3" });

Deno.test("blockConditions() accept a right block and the library's", async () => {
  const lines = await quietly(async () => {
    await check(block());
    await check(residualBlock({ name: "block", ...given }));
  });
  assertEquals(lines.length, 2);
});

for (
  const [mistake, layer, found] of [
    ["no addition", block({ join: "concat" }), "found none"],
    ["no addition", layers.relu(), "found none"],
    ["no ReLU after the addition", block({ last: [] }), "found add at the end"],
    [
      "wrong output shape",
      block({ first: 1, shortcut: [layers.padShortcut({ filters: 16 })] }),
      "expected 7 x 7 x 16, found 14 x 14 x 16",
    ],
    [
      "wrong shortcut",
      block({ shortcut: [layers.padShortcut({ filters: 16, strides: 2 })] }),
      "expected 3 convolutions, found 2 convolutions",
    ],
    ["wrong layers", block({ between: [] }), "a ReLU between"],
    ["wrong number of parameters", block({ useBias: true }), "no biases"],
    ["wrong number of parameters", block({ shortcutKernel: 3 }), "1x1"],
    ["wrong receptive field", block({ first: 1, second: 2 }), "found 5"],
  ] as const
) {
  Deno.test(`blockConditions() name "${mistake}": ${found}`, async () => {
    const error = await assertRejects(() => check(layer), CheckError);
    assertEquals(error.mistake, mistake, error.message);
    assert(error.message.includes(found), error.message);
  });
}

Deno.test("blockConditions() name a convolution in a shortcut that needs none", async () => {
  const same = { channels: 16, filters: 16, strides: 1 };
  const projecting = block({
    first: 1,
    shortcut: [
      layers.conv2d({ filters: 16, kernelSize: 1, useBias: false }),
      layers.batchNorm(),
    ],
  });
  const error = await assertRejects(() => check(projecting, same), CheckError);
  assertEquals(error.mistake, "wrong shortcut");
});

const level = async (net: Architecture) =>
  await checkConditions(
    await levelGradientConditions(net, { least: 0.1, most: 10, seeds: [1] }),
    { exercise: "7.5" },
  );
const small = { inputShape: [14, 14, 1], width: 0.25 } as const;

Deno.test("levelGradientConditions() accept a residual net", async () => {
  const net = cifarResnet(14, small);
  assertEquals(describe(net).layers, 14);
  assertEquals((await quietly(() => level(net))).length, 1);
});

Deno.test("levelGradientConditions() name gradients that vanish or explode", async () => {
  for (
    const [options, mistake] of [
      [{ plain: true, batchNorm: false }, "a gradient vanishes"],
      [{ plain: true }, "a gradient explodes"],
    ] as const
  ) {
    const net = cifarResnet(44, { ...small, ...options });
    const error = await assertRejects(() => level(net), CheckError);
    assertEquals(error.mistake, mistake, error.message);
    assert(/expected lengths of .*, found .* at .*: try/.test(error.message));
  }
});

Deno.test("levelGradientConditions() look at dense kernels too", async () => {
  const { conv2d, dense, flatten, parallel, batchNorm } = layers;
  const step = () =>
    parallel([[dense({ units: 16 }), batchNorm()], []], { join: "add" });
  const net = network("a tower of dense layers", [14, 14, 1], [
    conv2d({ filters: 8, kernelSize: 3, strides: 2 }),
    flatten(),
    dense({ units: 16 }),
    ...Array.from({ length: 28 }, step),
    dense({ units: 10 }),
  ]);
  const error = await assertRejects(() => level(net), CheckError);
  assertEquals(error.mistake, "a gradient explodes");
  assert(error.message.includes("dense1/kernel"), error.message);
  const one = network("one", [14, 14, 1], [layers.globalAvgPool2d()]);
  await assertRejects(() => level(one));
});

Deno.test("blockConditions() name a block of the right layers in another order of joining", async () => {
  const same = { channels: 8, filters: 8, strides: 1 };
  const conv = () =>
    layers.conv2d({
      filters: 8,
      kernelSize: 3,
      padding: "same",
      useBias: false,
    });
  const chain = [
    ...[conv(), layers.batchNorm(), layers.relu()],
    ...[conv(), layers.batchNorm()],
  ];
  const right = layers.sequence([
    layers.parallel([chain, []], { join: "add" }),
    layers.relu(),
  ]);
  await quietly(() => check(right, same));
  // Twice the main branch, and no shortcut at all.
  const doubled = layers.sequence([
    ...chain,
    layers.parallel([[], []], { join: "add" }),
    layers.relu(),
  ]);
  const error = await assertRejects(() => check(doubled, same), CheckError);
  assertEquals(error.mistake, "wired differently", error.message);
});
