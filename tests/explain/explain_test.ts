import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { buildNetwork, layers, network } from "../../lib/networks/mod.ts";
import { randomUniform } from "../../lib/base/random.ts";
import {
  slice,
  type Tensor,
  tensor,
  toNested,
  zeros,
} from "../../lib/base/tensor.ts";
import { toLayersModel, useBackend } from "../../lib/engine/mod.ts";
import {
  activations,
  gradCam,
  occlusionMap,
  tfTrainer,
} from "../../lib/mod.ts";

const { tf } = await useBackend("cpu");

/** Branches, batch normalisation and a name with a slash in it. */
const branched = network("branched", [4, 4, 1], [
  layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", name: "conv1" }),
  layers.batchNorm(),
  layers.relu(),
  layers.sequence([
    layers.parallel([
      layers.conv2d({ filters: 2, kernelSize: 1, name: "one" }),
      layers.conv2d({
        filters: 2,
        kernelSize: 3,
        padding: "same",
        name: "three",
      }),
    ], { join: "concat", name: "mixed" }),
  ], { name: "block" }),
  layers.relu(),
  layers.flatten(),
  layers.dense({ units: 4, name: "dense1" }),
]);

/** 1 x 2 images; both maps are the pixel; class 0 reads 2 a - b, class 1 the opposite. */
function byHand() {
  const architecture = network("hand", [1, 2, 1], [
    layers.conv2d({ filters: 2, kernelSize: 1, useBias: false, name: "conv1" }),
    layers.flatten(),
    layers.dense({ units: 2, useBias: false, name: "dense1" }),
  ]);
  return buildNetwork(architecture, {
    weights: new Map([
      ["conv1/kernel", tensor([1, 3], [1, 1, 1, 2])],
      // rows: left map 1, left map 2, right map 1, right map 2
      ["dense1/kernel", tensor([[2, -2], [-1, 1], [4, -4], [0, 0]])],
    ]),
  });
}

function assertClose(found: Tensor, expected: Tensor, tolerance = 1e-5) {
  assertEquals(found.shape, expected.shape);
  found.data.forEach((value, i) =>
    assertAlmostEquals(value, expected.data[i], tolerance)
  );
}

Deno.test("activations() of both kinds of network agree", async () => {
  const scratch = buildNetwork(branched, { seed: 1 });
  const model = toLayersModel(branched, { seed: 1 });
  const images = randomUniform([230, 4, 4, 1], 1);
  const before = tf.memory().numTensors;
  for (const layer of ["conv1", "block/mixed/three", "dense1"]) {
    const found = await activations(scratch, layer, images);
    assertClose(await activations(model, layer, images), found);
    assertEquals(found.shape[0], 230);
  }
  assertEquals(tf.memory().numTensors, before);
  const logits = scratch.forward(slice(images, 220, 230));
  assertClose(
    slice(await activations(scratch, "dense1", images), 220, 230),
    logits,
  );
});

Deno.test("activations() names the layers there are", async () => {
  for (const net of [buildNetwork(branched), toLayersModel(branched)]) {
    await assertRejects(
      () => activations(net, "conv9", zeros([1, 4, 4, 1])),
      RangeError,
      'found "conv9": choose one of',
    );
  }
});

Deno.test("gradCam() by hand", async () => {
  // image [1, 2]: maps [1, 2] and [3, 6]; class 0's mean gradients (2 + 4) / 2 = 3
  // and (-1 + 0) / 2 = -0.5; weighted sum 3 * [1, 2] - 0.5 * [3, 6] = [1.5, 3]
  const image = tensor([1, 2], [1, 1, 2, 1]);
  const { grid, map, label } = await gradCam(byHand(), image, {
    layer: "conv1",
  });
  assertEquals(label, 0); // logits 2 - 3 + 8 = 7 and -7
  assertEquals(toNested(grid), [[1.5, 3]]);
  assertEquals(map, grid);
  // what speaks for class 1 is below 0 everywhere, and cut off
  const other = await gradCam(byHand(), image, { layer: "conv1", label: 1 });
  assertEquals(toNested(other.grid), [[0, 0]]);
});

Deno.test("gradCam() of both kinds of network agree, and nothing is left over", async () => {
  const scratch = buildNetwork(branched, { seed: 1 });
  const model = toLayersModel(branched, { seed: 1 });
  const image = randomUniform([1, 4, 4, 1], 2);
  const before = tf.memory().numTensors;
  for (const layer of ["conv1", "block/mixed/three"]) {
    const options = { layer, label: 2 };
    const expected = await gradCam(scratch, image, options);
    const found = await gradCam(model, image, options);
    assertClose(found.grid, expected.grid);
    assertEquals(found.map.shape, [4, 4]);
  }
  assertEquals(tf.memory().numTensors, before);
  // the model is as it was
  const plain = await tfTrainer(model).logits(image);
  assertClose(plain, scratch.forward(image));
});

Deno.test("gradCam() says what it needs", async () => {
  const net = byHand(), image = zeros([1, 1, 2, 1]);
  const reject = (
    images: Tensor,
    options: { layer: string; label?: number },
    message: string,
  ) => assertRejects(() => gradCam(net, images, options), Error, message);
  await reject(
    zeros([2, 1, 2, 1]),
    { layer: "conv1" },
    "one image [1, H, W, C] but found [2, 1, 2, 1]",
  );
  await reject(image, { layer: "pool1" }, 'found "pool1": choose one of conv1');
  await reject(
    image,
    { layer: "dense1" },
    "maps [1, h, w, C] but found [1, 2]",
  );
  await reject(
    image,
    { layer: "conv1", label: 2 },
    "label from 0 to 1 but found 2",
  );
});

Deno.test("occlusionMap() finds the pixel that matters", async () => {
  // class 1 where the pixel in row 1, column 2 is bright
  const logits = ({ shape, data }: Tensor) => {
    const y = zeros([shape[0], 2]);
    for (let i = 0; i < shape[0]; i++) {
      y.data[2 * i + 1] = data[i * 12 + 6] * Math.log(3);
    }
    return y;
  };
  const image = { shape: [1, 3, 4, 1], data: new Float32Array(12).fill(1) };
  const found = await occlusionMap(logits, image, { size: 1, stride: 1 });
  assertEquals(found.label, 1);
  assertAlmostEquals(found.probability, 0.75, 1e-6);
  // covered, the two classes are equal: 3/4 - 1/2
  found.grid.data.forEach((value, i) =>
    assertAlmostEquals(value, i === 6 ? 0.25 : 0, 1e-6)
  );
  assertClose(found.map, found.grid);

  // squares of 2: corners rows 0, 1 and columns 0, 2; the right two cover the pixel
  const wide = await occlusionMap(logits, image, {
    size: 2,
    stride: 2,
    label: 0,
  });
  assertEquals(wide.grid.shape, [2, 2]);
  wide.grid.data.forEach((value, i) =>
    assertAlmostEquals(value, i % 2 === 1 ? -0.25 : 0, 1e-6)
  );
  assertEquals(wide.map.data.every(Number.isFinite), true);
  assertAlmostEquals(wide.map.data[7], -0.25, 1e-6);
});

Deno.test("occlusionMap() fills every channel with the given value", async () => {
  const seen: Tensor[] = [];
  const logits = (images: Tensor) => {
    seen.push(images);
    return zeros([images.shape[0], 2]);
  };
  await occlusionMap(logits, zeros([1, 2, 2, 2]), {
    size: 1,
    stride: 1,
    fill: 9,
  });
  assertEquals([...seen[1].data.slice(8, 16)], [0, 0, 9, 9, 0, 0, 0, 0]);
});

Deno.test("occlusionMap() rejects squares that do not fit", async () => {
  const logits = (x: Tensor) => zeros([x.shape[0], 2]);
  const reject = (options: Record<string, number>, message: string) =>
    assertRejects(
      () => occlusionMap(logits, zeros([1, 4, 5, 1]), options),
      RangeError,
      message,
    );
  await reject({ size: 5 }, "size from 1 to 4 but found 5");
  await reject(
    { size: 2, stride: 3 },
    "stride from 1 to the size 2 but found 3",
  );
  await reject({ size: 2, label: 2 }, "label from 0 to 1 but found 2");
});
