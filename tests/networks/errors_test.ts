import { assertThrows } from "@std/assert";
import {
  type Architecture,
  cifarResnet,
  describe,
  type Layer,
  layers,
  lenet,
  network,
  resnet,
  smallInception,
  vgg,
} from "../../lib/networks/mod.ts";

const net = (...parts: unknown[]): Architecture =>
  network("n", [8, 8, 3], parts as Layer[]);

const conv = layers.conv2d({ filters: 4, kernelSize: 3 });

/** What is wrong, the architecture, and a part of the message. */
const wrong: [string, Architecture, string][] = [
  [
    "dense before flatten",
    net(conv, layers.dense({ units: 3, name: "head" })),
    'network "n", dense "head" expects a flat input [units] but found [6, 6, 4]: put flatten or globalAvgPool2d before it',
  ],
  [
    "conv after flatten",
    net(layers.flatten(), conv),
    'conv2d "conv1" expects an image [H, W, C] but found [192]',
  ],
  [
    "a window larger than the image",
    net(conv, layers.maxPool2d({ poolSize: 7 })),
    'maxPool2d "pool1" expects a window that fits into the image but found a window [7, 7] on an image [6, 6, 4]',
  ],
  [
    "a dilated kernel larger than the image",
    net(layers.conv2d({ filters: 1, kernelSize: 3, dilations: 4 })),
    "found a window [9, 9] on an image [8, 8, 3]",
  ],
  [
    "an unknown kind",
    net({ kind: "conv3d", filters: 3 }),
    'expects a known kind but found "conv3d"',
  ],
  [
    "no layer",
    net(undefined),
    "expects layers as values with a kind but found undefined",
  ],
  [
    "added branches of different shapes",
    net(layers.parallel([conv, []], { join: "add" })),
    '"add1" expects branches of one shape but found [6, 6, 4] from branch 1 and [8, 8, 3] from branch 2 (identity)',
  ],
  [
    "concatenated branches of different sizes",
    net(layers.parallel([layers.relu(), conv], { join: "concat", name: "m" })),
    '"m/concat" expects branches of one height and width but found [8, 8, 3] from branch 1 and [6, 6, 4] from branch 2 ("m/conv1")',
  ],
  [
    "no branches",
    net(layers.parallel([], { join: "add" })),
    "expects at least one branch but found none",
  ],
  [
    "an unknown join",
    net({ kind: "parallel", branches: [[]], join: "mul" }),
    'expects join "concat" or "add" but found "mul"',
  ],
  [
    "branches that are no array",
    net({ kind: "parallel", branches: conv, join: "add" }),
    "expects the branches of a parallel as an array",
  ],
  [
    "groups that do not divide",
    net(layers.conv2d({ filters: 4, kernelSize: 1, groups: 2 })),
    "expects groups that divide the 3 input channels and the 4 filters but found 2",
  ],
  [
    "no filters",
    net({ kind: "conv2d", kernelSize: 3 }),
    'conv2d "conv1" expects filters of 1 or more, a whole number, but found undefined',
  ],
  [
    "half a stride",
    net(layers.conv2d({ filters: 4, kernelSize: 1, strides: 0.5 })),
    "expects strides of 1 or more, a whole number, but found 0.5",
  ],
  [
    "three strides",
    net({ kind: "maxPool2d", strides: [1, 2, 3] }),
    "expects strides as a number or [height, width] but found [1,2,3]",
  ],
  [
    "an unknown padding",
    net({ kind: "maxPool2d", padding: "full" }),
    'expects padding "same" or "valid" but found "full"',
  ],
  [
    "a misspelt setting",
    net({ kind: "maxPool2d", stride: 2 }),
    'maxPool2d "pool1" expects only the settings poolSize, strides, padding, name but found "stride"',
  ],
  [
    "a misspelt field of a sequence",
    net({ kind: "sequence", layers: [], nmae: "a" }),
    'network "n", sequence expects only the settings layers, trainable, name but found "nmae": check the spelling',
  ],
  [
    "a misspelt field of branches",
    net({
      kind: "parallel",
      branches: [[]],
      join: "add",
      naem: "a",
      name: "b",
    }),
    'network "n", parallel "b" expects only the settings branches, join, trainable, name but found "naem"',
  ],
  [
    "filters that are no number",
    net({ kind: "conv2d", filters: NaN, kernelSize: 1 }),
    "expects filters of 1 or more, a whole number, but found NaN",
  ],
  [
    "an endless stride",
    net({ kind: "maxPool2d", strides: [2, Infinity] }),
    "expects strides of 1 or more, a whole number, but found Infinity",
  ],
  [
    "a bias that is neither on nor off",
    net({ kind: "conv2d", filters: 1, kernelSize: 1, useBias: "no" }),
    'expects useBias true or false but found "no"',
  ],
  [
    "a maker that was not called",
    net(layers.relu),
    "expects layers as values with a kind but found a function: make them with layers.conv2d()",
  ],
  [
    "a list among the layers",
    net([conv]),
    'expects layers as values with a kind but found [{"kind":"conv2d","filters":4,"kernelSize":3}]: make them with layers.conv2d() and its neighbours; layers.sequence() holds several',
  ],
  [
    "a dropout of everything",
    net(layers.dropout({ rate: 1 })),
    "expects a rate from 0 to below 1 but found 1",
  ],
  [
    "a shortcut that drops channels",
    net(layers.padShortcut({ filters: 2 })),
    "expects at least as many filters as the 3 input channels but found 2",
  ],
  [
    "a name that is used twice",
    net(layers.relu({ name: "a" }), layers.relu({ name: "a" })),
    'expects every name once but found "a" twice',
  ],
  [
    "a name with a space",
    net(layers.relu({ name: "my relu" })),
    'expects names of letters, digits and ._-/ but found "my relu"',
  ],
  [
    "a name of a sequence that starts with a slash",
    net(layers.sequence([conv], { name: "/a" })),
    'expects names of letters, digits and ._-/ but found "/a"',
  ],
];

for (const [what, architecture, message] of wrong) {
  Deno.test(`describe() refuses ${what}`, () => {
    assertThrows(() => describe(architecture), Error, message);
  });
}

Deno.test("describe() refuses what is no architecture", () => {
  const message = "expects an architecture { name, inputShape, layers }";
  const call = describe as (value: unknown) => unknown;
  assertThrows(
    () => call(lenet),
    TypeError,
    `${message} but found a function: make one with network(), or call a maker`,
  );
  assertThrows(
    () => call(undefined),
    TypeError,
    `${message} but found undefined`,
  );
  assertThrows(() => call([conv]), TypeError, message);
});

Deno.test("describe() refuses an inputShape that is no image", () => {
  const message = "expects an inputShape [H, W, C]";
  assertThrows(() => describe(lenet(), [28, 28]), TypeError, message);
  assertThrows(() => describe(lenet(), [2, 28, 28, 1]), TypeError, message);
  assertThrows(() => describe(lenet(), [28, 0, 1]), TypeError, message);
});

Deno.test("describe() says where an image becomes too small", () => {
  assertThrows(
    () => describe(vgg(16), [16, 16, 3]),
    RangeError,
    'network "VGG-16", maxPool2d "pool5" expects a window that fits',
  );
});

Deno.test("makers name the depths and widths they know", () => {
  assertThrows(
    () => vgg(12),
    RangeError,
    "vgg() expects a depth of 11, 13, 16, 19 but found 12",
  );
  assertThrows(
    () => resnet(20),
    RangeError,
    "resnet() expects a depth of 18, 34, 50, 101, 152",
  );
  assertThrows(
    () => cifarResnet(18),
    RangeError,
    "cifarResnet() expects a depth of 6n + 2 but found 18",
  );
  assertThrows(
    () => smallInception({ width: 0 }),
    RangeError,
    "smallInception() expects a width above 0 but found 0",
  );
});
