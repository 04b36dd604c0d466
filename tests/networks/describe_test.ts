import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Architecture,
  auxiliaryHead,
  cifarResnet,
  describe,
  googlenet,
  layers,
  lenet,
  network,
  resnet,
  smallInception,
  smallResnet,
  vgg,
} from "../../lib/networks/mod.ts";
import reference from "../reference/architectures.json" with { type: "json" };

/** Parameters and multiply-adds of torchvision's models, or from the papers' tables. */
const published: [string, Architecture, number, number][] = [
  ["vgg11", vgg(11), 132863336, 7609090048],
  ["vgg13", vgg(13), 133047848, 11308466176],
  ["vgg16", vgg(16), 138357544, 15470264320],
  ["vgg19", vgg(19), 143667240, 19632062464],
  ["vgg16_bn", vgg(16, { batchNorm: true }), 138365992, 15470264320],
  ["googlenet", googlenet(), 6998552, 1582671872],
  ["resnet18", resnet(18), 11689512, 1814073344],
  ["resnet34", resnet(34), 21797672, 3663761408],
  ["resnet50", resnet(50), 25557032, 4089184256],
  ["resnet101", resnet(101), 44549160, 7801405440],
  ["resnet152", resnet(152), 60192808, 11513626624],
  ["resnet20_cifar", cifarResnet(20), 269722, 40551040],
  ["resnet32_cifar", cifarResnet(32), 464154, 68862592],
  ["resnet44_cifar", cifarResnet(44), 658586, 97174144],
  ["resnet56_cifar", cifarResnet(56), 853018, 125485696],
  ["resnet110_cifar", cifarResnet(110), 1727962, 252887680],
];

for (const [name, architecture, parameters, multiplyAdds] of published) {
  Deno.test(`describe() counts ${name} as published`, () => {
    const found = describe(architecture);
    assertEquals(found.parameters, parameters);
    assertEquals(found.multiplyAdds, multiplyAdds);
    assertEquals(found.layers, Number(name.match(/\d+/)?.[0] ?? 22));
  });
}

Deno.test("describe() equals every figure of architectures.json", () => {
  const built = new Map(published.map(([name, net]) => [name, describe(net)]));
  for (const [name, figures] of Object.entries(reference.networks)) {
    const found = built.get(name)!;
    assertEquals(found.parameters, figures.parameters, name);
    assertEquals(found.multiplyAdds, figures.multiplyAdds, name);
    if ("receptiveFieldAtLastPool" in figures) {
      const pool = found.rows.findLast(({ kind }) => kind === "maxPool2d")!;
      assertEquals(pool.receptiveField, figures.receptiveFieldAtLastPool);
    }
  }
});

Deno.test("describe() gives LeNet's rows as worked out by hand", () => {
  const { rows } = describe(lenet());
  assertEquals(
    rows.filter(({ kind }) => kind !== "relu").map((row) => [
      row.name,
      row.kind,
      row.outputShape,
      row.parameters,
      row.multiplyAdds,
      row.receptiveField,
      row.stride,
    ]),
    [
      ["conv1", "conv2d", [28, 28, 6], 156, 117600, 5, 1],
      ["pool1", "maxPool2d", [14, 14, 6], 0, 0, 6, 2],
      ["conv2", "conv2d", [10, 10, 16], 2416, 240000, 14, 2],
      ["pool2", "maxPool2d", [5, 5, 16], 0, 0, 16, 4],
      ["flatten1", "flatten", [400], 0, 0, 16, null],
      ["dense1", "dense", [120], 48120, 48000, 32, null],
      ["dense2", "dense", [84], 10164, 10080, 32, null],
      ["dense3", "dense", [10], 850, 840, 32, null],
    ],
  );
});

Deno.test("describe() gives the published output sizes at 224 x 224", () => {
  const sizes = (architecture: Architecture, names: RegExp) =>
    describe(architecture).rows.filter(({ name }) => names.test(name))
      .map(({ outputShape }) => outputShape);
  assertEquals(sizes(vgg(16), /^pool/), [
    [112, 112, 64],
    [56, 56, 128],
    [28, 28, 256],
    [14, 14, 512],
    [7, 7, 512],
  ]);
  assertEquals(
    sizes(googlenet(), /^(conv1|pool\d|inception(3b|4e|5b).concat)$/),
    [
      [112, 112, 64],
      [56, 56, 64],
      [28, 28, 192],
      [28, 28, 480],
      [14, 14, 480],
      [14, 14, 832],
      [7, 7, 832],
      [7, 7, 1024],
    ],
  );
  assertEquals(sizes(resnet(50), /^(conv1|pool1|stage\d.block3.relu3)$/), [
    [112, 112, 64],
    [56, 56, 64],
    [56, 56, 256],
    [28, 28, 512],
    [14, 14, 1024],
    [7, 7, 2048],
  ]);
});

Deno.test("describe() takes the larger receptive field of two branches", () => {
  const { rows, receptiveField } = describe(network("two", [16, 16, 1], [
    layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    layers.parallel([
      layers.conv2d({ filters: 2, kernelSize: 5, padding: "same" }),
      [layers.conv2d({
        filters: 3,
        kernelSize: 3,
        dilations: 3,
        padding: "same",
      })],
      [],
    ], { join: "concat", name: "both" }),
  ]));
  assertEquals(rows.map(({ receptiveField }) => receptiveField), [
    3,
    11,
    15,
    15,
  ]);
  assertEquals(rows.at(-1)!.outputShape, [8, 8, 7]);
  assertEquals(rows.at(-1)!.name, "both/concat");
  assertEquals(receptiveField, 15);
});

Deno.test("describe() counts groups, missing biases and batch normalisation", () => {
  const { rows } = describe(network("grouped", [8, 8, 6], [
    layers.conv2d({ filters: 12, kernelSize: 3, groups: 6, useBias: false }),
    layers.batchNorm(),
    layers.flatten(),
    layers.dense({ units: 5, useBias: false }),
  ]));
  // 3 * 3 * 1 * 12 weights, used at 6 x 6 places; scale and shift of 12 channels
  assertEquals(rows.map(({ parameters }) => parameters), [108, 24, 0, 2160]);
  assertEquals(rows.map(({ multiplyAdds }) => multiplyAdds), [
    3888,
    0,
    0,
    2160,
  ]);
});

Deno.test("describe() reads another inputShape, with or without a batch axis", () => {
  const net = smallInception();
  const size = (shape?: (number | null)[]) =>
    describe(net, shape).rows[0].outputShape;
  assertEquals(size(), [28, 28, 16]);
  assertEquals(size([40, 32, 3]), [40, 32, 16]);
  assertEquals(size([1, 40, 32, 3]), [40, 32, 16]);
  assertEquals(size([null, 40, 32, 3]), [40, 32, 16]);
});

Deno.test("describe() reads an architecture that was written to JSON", () => {
  for (const net of [lenet(), googlenet(), smallResnet(), auxiliaryHead()]) {
    assertEquals(JSON.parse(JSON.stringify(net)), net);
    assertEquals(describe(JSON.parse(JSON.stringify(net))), describe(net));
  }
});

Deno.test("describe() shows as a table in a notebook", () => {
  const description = describe(lenet());
  const display = Symbol.for(
    "Jupyter.display",
  ) as unknown as keyof typeof description;
  const bundle =
    (description[display] as unknown as () => Record<string, string>)();
  assertStringIncludes(bundle["text/plain"], "LeNet, input [28, 28, 1]");
  assertStringIncludes(bundle["text/plain"], "5 layers");
  assertStringIncludes(bundle["text/html"], "61,706");
  assertEquals(bundle["text/html"].match(/<tr>/g)!.length, 12 + 2);
  // as table() has it; JupyterLab centres captions
  assertStringIncludes(
    bundle["text/html"],
    '<caption style="caption-side:top;text-align:left',
  );
});

Deno.test("width scales the channels of the makers", () => {
  assertEquals(describe(vgg(11, { width: 0.25 })).rows[0].outputShape, [
    224,
    224,
    16,
  ]);
  assertEquals(describe(googlenet({ width: 0.5 })).rows[0].outputShape, [
    112,
    112,
    32,
  ]);
  assertEquals(describe(resnet(18, { width: 2 })).rows[0].outputShape, [
    112,
    112,
    128,
  ]);
  assertEquals(describe(lenet({ width: 0.01 })).rows[0].outputShape, [
    28,
    28,
    1,
  ]);
});

Deno.test("cifarResnet() without shortcuts has the same parameters and multiply-adds", () => {
  const { totals } = describe(cifarResnet(56));
  assertEquals(describe(cifarResnet(56, { plain: true })).totals, totals);
});

Deno.test("resnet() counts its projections", () => {
  // stage 3: 64 to 128 channels, 1x1, with scale and shift
  const row = describe(resnet(18)).rows
    .find(({ name }) => name === "stage3/block1/convShortcut")!;
  assertEquals(row.parameters, 64 * 128);
  assertEquals(row.outputShape, [28, 28, 128]);
});
