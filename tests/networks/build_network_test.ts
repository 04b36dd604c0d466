import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Architecture,
  buildNetwork,
  cifarResnet,
  describe,
  initialWeights,
  layers,
  lenet,
  mlp,
  network,
  smallInception,
  smallResnet,
} from "../../lib/networks/mod.ts";
import { softmaxCrossEntropy } from "../../lib/layers/mod.ts";
import { randomNormal } from "../../lib/base/random.ts";
import { cast, tensor, zeros } from "../../lib/base/tensor.ts";

/** Every kind of layer, small enough for numeric gradients. */
const everything = network("everything", [6, 5, 2], [
  layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", groups: 2 }),
  layers.batchNorm(),
  layers.relu(),
  layers.parallel([
    layers.conv2d({ filters: 2, kernelSize: 1, strides: 2 }),
    [layers.maxPool2d({ poolSize: 3, strides: 2, padding: "same" })],
    [
      layers.relu(),
      layers.parallel([
        layers.avgPool2d({ poolSize: 2, padding: "same" }),
        layers.padShortcut({ filters: 4, strides: 2 }),
      ], { join: "add" }),
    ],
  ], { join: "concat" }),
  layers.parallel([
    layers.conv2d({
      filters: 10,
      kernelSize: 3,
      padding: "same",
      useBias: false,
    }),
    [],
  ], { join: "add" }),
  layers.parallel([
    layers.globalAvgPool2d(),
    [layers.flatten(), layers.dense({ units: 3 })],
  ], { join: "concat" }),
  layers.dense({ units: 3 }),
  layers.softmax(),
]);

for (const training of [true, false]) {
  Deno.test(`buildNetwork() has the numeric gradient of every layer, training ${training}`, () => {
    const net = buildNetwork(everything, { seed: 3, dtype: "float64" });
    const x = randomNormal([2, 6, 5, 2], 1, { dtype: "float64" });
    const dy = randomNormal([2, 3], 2, { dtype: "float64" });
    const loss = () => {
      const y = net.forward(x, { training });
      return [...y.data].reduce((sum, v, i) => sum + v * dy.data[i], 0);
    };
    loss();
    const { dx, gradients } = net.backward(dy);
    assertEquals(gradients.size, 11);
    const step = 1e-6;
    const compare = (
      data: Float64Array,
      gradient: ArrayLike<number>,
      name: string,
    ) => {
      for (let i = 0; i < data.length; i++) {
        const value = data[i];
        data[i] = value + step;
        const high = loss();
        data[i] = value - step;
        const expected = (high - loss()) / (2 * step);
        data[i] = value;
        assert(
          Math.abs(expected - gradient[i]) < 1e-7 + 1e-5 * Math.abs(expected),
          `${name}[${i}]: expected ${expected} but found ${gradient[i]}`,
        );
      }
    };
    compare(x.data as Float64Array, dx.data, "x");
    for (const [name, gradient] of gradients) {
      compare(net.weights.get(name)!.data as Float64Array, gradient.data, name);
    }
  });
}

Deno.test("initialWeights() draws He before a ReLU and Glorot for the last layer", () => {
  const weights = initialWeights(mlp({ hidden: [400] }), 1);
  const spread = (name: string) => {
    const { data } = weights.get(name)!;
    return Math.sqrt(
      [...data].reduce((sum, v) => sum + v * v, 0) / data.length,
    );
  };
  assert(Math.abs(spread("dense1/kernel") / Math.sqrt(2 / 784) - 1) < 0.02);
  assert(Math.abs(spread("dense2/kernel") / Math.sqrt(2 / 410) - 1) < 0.05);
  const limit = Math.sqrt(6 / 410);
  assert(weights.get("dense2/kernel")!.data.every((w) => Math.abs(w) <= limit));
  assert(weights.get("dense1/bias")!.data.every((b) => b === 0));
});

Deno.test("initialWeights() has one number for each parameter, and the moving averages", () => {
  for (const net of [lenet(), smallInception(), smallResnet()]) {
    let parameters = 0;
    for (const [name, { data }] of initialWeights(net, 1)) {
      if (!name.includes("/moving")) parameters += data.length;
    }
    assertEquals(parameters, describe(net).parameters);
  }
  const norm = initialWeights(network("n", [1, 1, 2], [layers.batchNorm()]), 1);
  assertEquals([...norm].map(([name, { data }]) => [name, ...data]), [
    ["bn1/gamma", 1, 1],
    ["bn1/beta", 0, 0],
    ["bn1/movingMean", 0, 0],
    ["bn1/movingVariance", 1, 1],
  ]);
});

Deno.test("initialWeights() is decided by the seed", () => {
  assertEquals(initialWeights(lenet(), 4), initialWeights(lenet(), 4));
  assert(
    String(initialWeights(lenet(), 4).get("conv1/kernel")!.data) !==
      String(initialWeights(lenet(), 5).get("conv1/kernel")!.data),
  );
});

Deno.test("buildNetwork() follows the batch's moments in training and uses them after", () => {
  const net = buildNetwork(
    network("n", [1, 2, 1], [layers.batchNorm({ momentum: 0.75, epsilon: 0 })]),
  );
  const x = tensor([1, 3, 5, 7], [2, 1, 2, 1]); // mean 4, variance 5
  const y = net.forward(x, { training: true });
  assert(Math.abs(y.data[0] - (1 - 4) / Math.sqrt(5)) < 1e-6);
  assertEquals(net.weights.get("bn1/movingMean")!.data[0], 1); // 0.75 * 0 + 0.25 * 4
  assertEquals(net.weights.get("bn1/movingVariance")!.data[0], 2); // 0.75 * 1 + 0.25 * 5
  const used = net.forward(x);
  assert(Math.abs(used.data[3] - (7 - 1) / Math.sqrt(2)) < 1e-6);
  assertEquals(net.weights.get("bn1/movingMean")!.data[0], 1);
});

Deno.test("buildNetwork() drops by the seed in training, and nothing in use", () => {
  const architecture = network("n", [4, 4, 4], [
    layers.dropout({ rate: 0.25 }),
  ]);
  const x = tensor(new Float32Array(64).fill(3), [1, 4, 4, 4]);
  const net = buildNetwork(architecture, { seed: 2 });
  const first = net.forward(x, { training: true });
  assertEquals(
    first,
    buildNetwork(architecture, { seed: 2 }).forward(x, { training: true }),
  );
  assert(first.data.every((v) => v === 0 || v === 4));
  assertEquals(net.backward(x).dx, first);
  assert(
    String(net.forward(x, { training: true }).data) !== String(first.data),
  );
  assertEquals(net.forward(x), x);
  assertEquals(net.backward(x).dx, x);
});

Deno.test("buildNetwork() keeps every layer's output and its gradient by name", () => {
  const net = buildNetwork(
    smallResnet({ width: 0.25, inputShape: [8, 8, 1] }),
    { seed: 1 },
  );
  const logits = net.forward(randomNormal([2, 8, 8, 1], 1));
  const { activationGradients } = net.backward(logits);
  for (const { name, outputShape } of describe(net.architecture).rows) {
    assertEquals(net.activations.get(name)!.shape, [2, ...outputShape], name);
    assertEquals(
      activationGradients.get(name)!.shape,
      [2, ...outputShape],
      name,
    );
  }
  assertEquals(net.activations.get("classifier"), logits);
});

Deno.test("backward() gives the input's gradient of the weights at that time", () => {
  const net = buildNetwork(lenet({ inputShape: [12, 12, 1], pool: "none" }), {
    seed: 1,
  });
  const dy = net.forward(randomNormal([1, 12, 12, 1], 1));
  const expected = net.backward(dy).dx;
  const later = net.backward(dy);
  net.weights.get("conv1/kernel")!.data.fill(0);
  assertEquals(later.dx, expected);
});

/** Trains on a few images by plain gradient descent; returns the accuracy on them. */
function overfit(
  architecture: Architecture,
  rate: number,
  steps: number,
): number {
  const net = buildNetwork(architecture, { seed: 1 });
  const x = randomNormal([6, ...architecture.inputShape], 2);
  const labels = Uint8Array.from([0, 1, 2, 0, 1, 2]);
  for (let step = 0; step < steps; step++) {
    const { dLogits } = softmaxCrossEntropy(
      net.forward(x, { training: true }),
      labels,
    );
    for (const [name, gradient] of net.backward(dLogits).gradients) {
      const { data } = net.weights.get(name)!;
      for (let i = 0; i < data.length; i++) data[i] -= rate * gradient.data[i];
    }
  }
  const { data } = net.forward(x, { training: true });
  let right = 0;
  labels.forEach((label, i) => {
    const row = [...data.subarray(3 * i, 3 * i + 3)];
    if (row.indexOf(Math.max(...row)) === label) right++;
  });
  return right / 6;
}

for (
  const architecture of [
    lenet({ classes: 3, inputShape: [12, 12, 1] }),
    smallInception({ classes: 3, width: 0.5, inputShape: [8, 8, 1] }),
    smallResnet({ classes: 3, width: 0.25, inputShape: [8, 8, 1] }),
  ]
) {
  Deno.test(`buildNetwork() learns six images by heart with ${architecture.name}`, () => {
    assertEquals(overfit(architecture, 0.03, 120), 1);
  });
}

Deno.test("buildNetwork() copies the weights it is given", () => {
  const weights = initialWeights(lenet(), 1);
  const net = buildNetwork(lenet(), { weights });
  net.weights.get("conv1/kernel")!.data.fill(0);
  assert(weights.get("conv1/kernel")!.data.some((w) => w !== 0));
  const double = buildNetwork(lenet(), { weights, dtype: "float64" });
  assertEquals(
    double.weights.get("conv1/kernel"),
    cast(weights.get("conv1/kernel")!, "float64"),
  );
});

Deno.test("buildNetwork() names weights that do not fit", () => {
  const weights = initialWeights(lenet(), 1);
  assertThrows(
    () => buildNetwork(lenet({ classes: 7 }), { weights }),
    TypeError,
    'buildNetwork() expects the weight "dense3/kernel" of shape [84, 7] for the network "LeNet" but found [84, 10]',
  );
  assertThrows(
    () => buildNetwork(cifarResnet(8), { weights }),
    TypeError,
    'expects the weight "conv1/kernel" of shape [3, 3, 3, 16] for the network "ResNet-8" but found [5, 5, 1, 6]',
  );
  weights.set("extra/bias", zeros([1]));
  assertThrows(
    () => buildNetwork(lenet(), { weights }),
    TypeError,
    'expects only weights of the network "LeNet" but found "extra/bias"',
  );
  weights.delete("conv2/bias");
  assertThrows(
    () => buildNetwork(lenet(), { weights }),
    TypeError,
    'expects the weight "conv2/bias" [16] for the network "LeNet" but found none',
  );
});

Deno.test("forward() and backward() name inputs that do not fit", () => {
  const net = buildNetwork(lenet());
  assertThrows(
    () => net.backward(zeros([1, 10])),
    TypeError,
    "backward() expects a forward pass before it but found none",
  );
  assertThrows(
    () => net.forward(zeros([28, 28, 1])),
    TypeError,
    'forward() of "LeNet" expects images [N, 28, 28, 1] but found [28, 28, 1]',
  );
  net.forward(zeros([2, 28, 28, 1]));
  assertThrows(
    () => net.backward(zeros([2, 9])),
    TypeError,
    "backward() expects the gradient of the last output [2, 10] but found [2, 9]",
  );
});
