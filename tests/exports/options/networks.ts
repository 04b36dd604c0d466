// deno-lint-ignore-file no-explicit-any
import {
  auxiliaryHead,
  buildNetwork,
  cifarResnet,
  describe,
  drawArchitecture,
  efficientNetLite0,
  googlenet,
  inception,
  initialWeights,
  layers,
  lenet,
  mlp,
  residualBlock,
  resnet,
  smallHybrid,
  smallInception,
  smallResnet,
  smallVgg,
  smallVit,
  transformerBlock,
  vgg,
  vit,
  zeros,
} from "cnn";
import type { Table } from "./table.ts";

/** Options as the compiler would not let them pass. */
const wrong = (options: object): any => options;

const filters = { one: 1, three: [1, 1], five: [1, 1], pool: 1 } as const;
const block = { name: "block", channels: 4, filters: 4 };

export const calls: Table["calls"] = {
  initialWeights: (extra) => initialWeights(mlp(), 1, extra),
  buildNetwork: (extra) => buildNetwork(mlp(), extra),
  "Network.forward": (extra) =>
    buildNetwork(mlp()).forward(zeros([1, 28, 28, 1]), extra),

  lenet,
  mlp,
  vgg: (extra) => vgg(11, extra),
  describe: (extra) => describe(lenet(), undefined, extra),
  drawArchitecture: (extra) => drawArchitecture(lenet(), extra),
  inception: (extra) => inception(filters, extra),
  googlenet,
  auxiliaryHead,
  residualBlock: (extra) => residualBlock({ ...block, ...extra }),
  resnet: (extra) => resnet(18, extra),
  cifarResnet: (extra) => cifarResnet(8, extra),
  smallVgg,
  smallInception,
  smallResnet,
  transformerBlock: (extra) =>
    transformerBlock({ name: "block", size: 4, heads: 2, ...extra }),
  vit: (extra) => vit("Ti/16", extra),
  smallVit,
  smallHybrid,
  efficientNetLite0,

  // Every kind of layer; what it lacks is missed after what it does not know.
  ...Object.fromEntries(
    Object.entries(layers).map(([name, make]) => [
      `layers.${name}`,
      (extra) => wrong(make)(extra),
    ]),
  ),
  "layers.sequence": (extra) => layers.sequence([], extra),
  "layers.parallel": (extra) =>
    layers.parallel([[]], { join: "add", ...extra }),
};

export const words: Table["words"] = {
  initialWeights: [[
    "float16",
    () => initialWeights(mlp(), 1, wrong({ dtype: "float16" })),
  ]],
  buildNetwork: [[
    "float",
    () => buildNetwork(mlp(), wrong({ dtype: "float" })),
  ]],
  transformerBlock: [[
    "tanh",
    () =>
      transformerBlock(wrong({
        ...{ name: "block", size: 4, heads: 2 },
        activation: "tanh",
      })),
  ]],
  vit: [["H/14", () => vit("H/14" as "B/16")]],
  lenet: [["avgg", () => lenet(wrong({ pool: "avgg" }))]],
  residualBlock: [
    ["basik", () => residualBlock(wrong({ ...block, block: "basik" }))],
    ["padd", () => residualBlock(wrong({ ...block, shortcut: "padd" }))],
  ],
  "layers.conv2d": [[
    "Same",
    () => layers.conv2d(wrong({ filters: 1, kernelSize: 1, padding: "Same" })),
  ]],
  "layers.maxPool2d": [[
    "full",
    () => layers.maxPool2d(wrong({ padding: "full" })),
  ]],
  "layers.avgPool2d": [[
    "SAME",
    () => layers.avgPool2d(wrong({ padding: "SAME" })),
  ]],
  "layers.parallel": [[
    "sum",
    () => layers.parallel([[]], wrong({ join: "sum" })),
  ]],
};
