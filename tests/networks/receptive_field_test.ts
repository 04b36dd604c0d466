import { assertEquals } from "@std/assert";
import {
  type Architecture,
  buildNetwork,
  describe,
  initialWeights,
  layers,
  network,
  residualBlock,
  smallInception,
} from "../../lib/networks/mod.ts";
import { type Tensor, zeros } from "../../lib/base/tensor.ts";

/**
 * Columns of the image that change the middle value of a layer, found by moving
 * one column at a time on a network whose kernels are all positive.
 */
function perturbed(architecture: Architecture, name: string): number {
  const weights = initialWeights(architecture, 1);
  for (const [key, { data }] of weights) {
    if (key.endsWith("/kernel")) data.fill(0.1);
  }
  const net = buildNetwork(architecture, { weights });
  const [height, width, channels] = architecture.inputShape;
  const middle = (x: Tensor) => {
    net.forward(x);
    const { shape, data } = net.activations.get(name)!;
    const [, h, w, c] = shape;
    let sum = 0;
    const start = (Math.floor(h / 2) * w + Math.floor(w / 2)) * c;
    for (let i = 0; i < c; i++) sum += data[start + i];
    return sum;
  };
  const x = zeros([1, height, width, channels]);
  const still = middle(x);
  let changed = 0;
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < height; row++) {
      x.data.fill(
        1,
        (row * width + column) * channels,
        (row * width + column + 1) * channels,
      );
    }
    if (middle(x) !== still) changed++;
    x.data.fill(0);
  }
  return changed;
}

const nets: [Architecture, string][] = [
  [
    network("chain", [33, 33, 1], [
      layers.conv2d({ filters: 1, kernelSize: 3 }),
      layers.maxPool2d({ poolSize: 2 }),
      layers.conv2d({
        filters: 1,
        kernelSize: 3,
        dilations: 2,
        padding: "same",
      }),
      layers.avgPool2d({ poolSize: 3, strides: 2, padding: "same" }),
      layers.conv2d({
        filters: 1,
        kernelSize: 2,
        padding: "same",
        name: "last",
      }),
    ]),
    "last",
  ],
  [
    smallInception({ width: 0.1, inputShape: [40, 40, 1] }),
    "inception2/concat",
  ],
  [
    network("residual", [48, 48, 1], [
      layers.conv2d({ filters: 2, kernelSize: 7, strides: 2, padding: "same" }),
      residualBlock({ name: "a", channels: 2, filters: 2 }),
      residualBlock({
        name: "b",
        channels: 2,
        filters: 4,
        strides: 2,
        shortcut: "pad",
      }),
    ]),
    "b/relu2",
  ],
];

for (const [architecture, name] of nets) {
  Deno.test(`describe() gives the receptive field that moving pixels shows, ${architecture.name}`, () => {
    const row = describe(architecture).rows.find((row) => row.name === name)!;
    assertEquals(perturbed(architecture, name), row.receptiveField);
  });
}
