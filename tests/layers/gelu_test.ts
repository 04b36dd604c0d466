import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkGradient,
  describe,
  drawArchitecture,
  gelu,
  geluBackward,
  initialWeights,
  layers,
  network,
  randomNormal,
  toLayersModel,
  useBackend,
  zeros,
} from "cnn";
import { tensor } from "../../lib/base/tensor.ts";
import type { Architecture } from "cnn";

/** x, gelu and its gradient as PyTorch 2.13 has them in float64. */
const torch = [
  [-8, -4.884981308350689e-15, -3.9807546004751306e-14],
  [-4.5, -1.5289529061324192e-05, -6.852916185633593e-05],
  [-3, -0.00404969409489031, -0.01194564720418392],
  [-1.5, -0.10021080190328704, -0.1274691922299796],
  [-1, -0.15865525393145702, -0.08331547058768635],
  [-0.75, -0.16997051428265111, 0.0007742782607648296],
  [-0.1, -0.0460172162722971, 0.4204769079752698],
  [-1e-09, -4.999999996010577e-10, 0.49999999920211546],
  [0, 0.0, 0.5],
  [1e-05, 5.00003989422804e-06, 0.5000079788456078],
  [0.3, 0.1853734266566858, 0.7323277668271099],
  [0.5, 0.34573123063700656, 0.8674951246561629],
  [1.25, 1.117937782916431, 1.1226615830694222],
  [1.5, 1.399789198096713, 1.1274691922299795],
  [2, 1.9544997361036416, 1.085231801078197],
  [3.75, 3.7496684351804968, 1.0012338165236772],
  [6, 5.999999994080474, 1.0000000354687093],
  [20, 20.0, 1.0],
];
const f64 = (values: number[]) =>
  tensor(values, undefined, { dtype: "float64" });

Deno.test("gelu() and its gradient have PyTorch's values", () => {
  const x = f64(torch.map(([x]) => x));
  const y = gelu(x), dx = geluBackward(x, f64(torch.map(() => 1)));
  torch.forEach(([at, value, slope], i) => {
    const near = 4e-16 * Math.max(1, Math.abs(at));
    assert(Math.abs(y.data[i] - value) <= near, `gelu(${at}) = ${y.data[i]}`);
    assert(Math.abs(dx.data[i] - slope) <= 5e-16, `at ${at}: ${dx.data[i]}`);
  });
});

Deno.test("gelu() keeps its digits in the tail, where 1 + erf(x) loses them", () => {
  // -10 * P(-10), the share of a normal distribution below -10 by mpmath
  const [y] = gelu(f64([-10])).data;
  assert(Math.abs(y / -7.619853024160527e-23 - 1) < 1e-14, `${y}`);
});

Deno.test("gelu(x) - gelu(-x) is x, on both sides of where the formula changes", () => {
  for (const x of [1e-9, 0.1, 1, 1.4999999, 1.5, 1.5000001, 3, 9, 38, 40]) {
    const [high, low] = gelu(f64([x, -x])).data;
    assert(Math.abs(high - low - x) <= 2e-16 * Math.max(1, x), `${x}`);
  }
});

Deno.test("gelu() keeps NaN, and what is far above or below", () => {
  assertEquals([...gelu(f64([NaN, 100, -100])).data], [NaN, 100, -0]);
  assertEquals([...geluBackward(f64([100, -100]), f64([5, 5])).data], [5, 0]);
});

Deno.test("geluBackward() is the numeric gradient", () => {
  const x = randomNormal([5, 7], 1, { dtype: "float64" });
  const dy = randomNormal([5, 7], 2, { dtype: "float64" });
  const analytic = geluBackward(x, dy);
  assert(checkGradient(gelu, x, { analytic, dy, tolerance: 1e-7 }) < 1e-7);
  assertThrows(
    () => geluBackward(x, zeros([5, 6])),
    TypeError,
    "geluBackward() expects dy [5, 7] but found [5, 6]",
  );
});

/** A small net with this layer between a convolution and a dense layer. */
const netWith = (kind: "gelu" | "relu"): Architecture =>
  network("small", [6, 6, 1], [
    layers.conv2d({ filters: 4, kernelSize: 3 }),
    layers[kind](),
    layers.flatten(),
    layers.dense({ units: 3 }),
  ]);

Deno.test("layers.gelu() starts the kernels before it as a ReLU does", () => {
  assertEquals(
    initialWeights(netWith("gelu"), 1),
    initialWeights(netWith("relu"), 1),
  );
});

Deno.test("describe() and the drawing know layers.gelu()", () => {
  const [, row] = describe(netWith("gelu")).rows;
  assertEquals([row.name, row.kind, row.parameters], ["gelu1", "gelu", 0]);
  assertEquals(row.outputShape, [4, 4, 4]);
  const text = JSON.stringify(drawArchitecture(netWith("gelu")));
  assert(text.includes("3×3 conv 4<br>") && text.includes(">GELU<"));
});

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`layers.gelu() has the gradient on ${backend} that it has from scratch`, async () => {
    const { tf } = await useBackend(backend);
    const model = toLayersModel(network("one", [2, 3, 4], [layers.gelu()]));
    const x = randomNormal([2, 2, 3, 4], 3), dy = randomNormal(x.shape, 4);
    const found = tf.tidy(() => {
      const gradient = tf.grad((x) => model.apply(x) as typeof x);
      return gradient(
        tf.tensor(x.data as Float32Array, [2, 2, 3, 4]),
        tf.tensor(dy.data as Float32Array, [2, 2, 3, 4]),
      ).dataSync();
    });
    geluBackward(x, dy).data.forEach((value, i) =>
      assert(Math.abs(value - found[i]) < 1e-5, `${value} and ${found[i]}`)
    );
    model.dispose();
  });
}
