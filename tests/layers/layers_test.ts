/** Dense, softmax, losses, normalisation and the small layers. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
} from "@std/assert";
import {
  add,
  batchNorm,
  batchNormBackward,
  checkGradient,
  concat,
  concatBackward,
  dense,
  denseBackward,
  dropout,
  dropoutBackward,
  flatten,
  flattenBackward,
  matmul,
  randomNormal,
  relu,
  reluBackward,
  softmax,
  softmaxBackward,
  softmaxCrossEntropy,
  type Tensor,
  tensor,
} from "cnn";
import { moments } from "../../lib/layers/moments.ts";
import { assertClose } from "./close.ts";

const normal = (shape: number[], seed: number) =>
  randomNormal(shape, seed, { dtype: "float64" });

Deno.test("matmul() and dense() agree with three loops on odd sizes", () => {
  for (let m = 1; m <= 9; m += 2) {
    for (const [k, n] of [[1, 1], [3, 5], [8, 4], [5, 7], [17, 6]]) {
      const a = normal([m, k], m);
      const b = normal([k, n], n);
      const expected = new Float64Array(m * n);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          for (let p = 0; p < k; p++) {
            expected[i * n + j] += a.data[i * k + p] * b.data[p * n + j];
          }
        }
      }
      const want = { shape: [m, n], data: expected };
      assertClose(matmul(a, b), want, { tolerance: 1e-12 });
      assertClose(dense(a, b), want, { tolerance: 1e-12 });
    }
  }
});

Deno.test("denseBackward() agrees with numeric gradients within 1e-9", () => {
  for (const [batch, inputs, units] of [[1, 1, 1], [3, 5, 4], [6, 9, 10]]) {
    const x = normal([batch, inputs], 1);
    const kernel = normal([inputs, units], 2);
    const bias = normal([units], 3);
    const dy = normal([batch, units], 4);
    const { dx, dKernel, dBias } = denseBackward(x, kernel, dy);
    const check = { dy, epsilon: 1e-2, tolerance: 1e-9 };
    checkGradient((at) => dense(at, kernel), x, { ...check, analytic: dx });
    checkGradient((at) => dense(x, at), kernel, {
      ...check,
      analytic: dKernel,
    });
    checkGradient((at) => dense(x, kernel, { bias: at }), bias, {
      ...check,
      analytic: dBias,
    });
  }
});

Deno.test("relu() keeps NaN, turns -0 into 0, and has gradient 0 at 0", () => {
  const y = relu(tensor([-2, -0, 0, 3, NaN, -Infinity, Infinity])).data;
  assertEquals([...y], [0, 0, 0, 3, NaN, 0, Infinity]);
  const dx = reluBackward(tensor([-2, 0, 3]), tensor([5, 6, 7]));
  assertEquals([...dx.data], [0, 0, 7]);
});

Deno.test("softmax() sums to 1 however large the scores", () => {
  const y = softmax(tensor([[1e4, 0, -1e4], [1, 2, 3]], undefined, {
    dtype: "float64",
  }));
  assertEquals([...y.data.subarray(0, 3)], [1, 0, 0]);
  assertAlmostEquals(y.data[3] + y.data[4] + y.data[5], 1, 1e-15);
  assertAlmostEquals(y.data[5] / y.data[4], Math.E, 1e-12);
});

Deno.test("softmaxBackward() agrees with numeric gradients within 1e-7", () => {
  const x = normal([3, 4], 1);
  const dy = normal([3, 4], 2);
  const analytic = softmaxBackward(softmax(x), dy);
  checkGradient(softmax, x, { analytic, dy, tolerance: 1e-7 });
});

Deno.test("softmaxCrossEntropy() starts at log C for equal scores", () => {
  const { loss } = softmaxCrossEntropy(tensor([[0, 0, 0, 0]]), [2]);
  assertAlmostEquals(loss, Math.log(4), 1e-12);
});

Deno.test("softmaxCrossEntropy() is right where the probability is 0", () => {
  const { loss, probabilities } = softmaxCrossEntropy(tensor([[1000, 0]]), [1]);
  assertEquals(loss, 1000);
  assertEquals(probabilities.data[1], 0);
});

Deno.test("softmaxCrossEntropy() agrees with numeric gradients within 1e-7", () => {
  const x = normal([5, 4], 1);
  const labels = Uint8Array.of(0, 3, 1, 2, 2);
  checkGradient((at) => softmaxCrossEntropy(at, labels).loss, x, {
    analytic: softmaxCrossEntropy(x, labels).dLogits,
    tolerance: 1e-7,
  });
});

Deno.test("batchNorm() gives mean beta and deviation gamma", () => {
  const x = normal([4, 3, 3, 2], 1);
  const gamma = tensor([2, 3]);
  const beta = tensor([5, -1]);
  const y = batchNorm(x, { gamma, beta, epsilon: 0 });
  const { mean, variance } = moments(y);
  assertClose(mean, beta, { tolerance: 1e-12 });
  assertClose(variance, tensor([4, 9]), { tolerance: 1e-12 });
});

Deno.test("batchNorm() uses a given mean and variance, unless training", () => {
  const x = tensor([[1], [3]]);
  const one = tensor([1]);
  const zero = tensor([0]);
  const given = { gamma: one, beta: zero, epsilon: 0 };
  const statistics = { mean: tensor([5]), variance: tensor([4]) };
  const y = batchNorm(x, { ...given, ...statistics });
  assertEquals([...y.data], [-2, -1]); // (1 - 5) / 2, (3 - 5) / 2
  const own = batchNorm(x, { ...given, ...statistics, training: true });
  assertEquals([...own.data], [-1, 1]);
});

Deno.test("batchNormBackward() agrees with numeric gradients within 1e-7", () => {
  const x = normal([3, 2, 2, 3], 1);
  const gamma = normal([3], 2);
  const beta = normal([3], 3);
  const dy = normal([3, 2, 2, 3], 4);
  const mean = normal([3], 5);
  const variance = tensor([1, 2, 3]);
  for (const more of [{}, { mean, variance }, { epsilon: 0.1 }]) {
    const options = { gamma, beta, ...more };
    const back = batchNormBackward(x, dy, options);
    const check = { dy, tolerance: 1e-7 };
    checkGradient((at) => batchNorm(at, options), x, {
      ...check,
      analytic: back.dx,
    });
    checkGradient((at) => batchNorm(x, { ...options, gamma: at }), gamma, {
      ...check,
      analytic: back.dGamma,
    });
    checkGradient((at) => batchNorm(x, { ...options, beta: at }), beta, {
      ...check,
      analytic: back.dBeta,
    });
  }
});

Deno.test("batchNorm() loses no digits far from 0", () => {
  const far = tensor([1e6 + 1, 1e6 + 3], [2, 1], { dtype: "float64" });
  assertEquals([...moments(far).variance.data], [1]);
});

Deno.test("flatten() keeps the batch axis and every value in order", () => {
  const x = normal([2, 3, 2, 2], 1);
  const y = flatten(x);
  assertEquals(y.shape, [2, 12]);
  assertEquals(y.data, x.data);
  assertEquals(flattenBackward(x, y), x);
});

Deno.test("concatBackward() undoes concat()", () => {
  const parts = [normal([2, 3, 3, 1], 1), normal([2, 3, 3, 4], 2)];
  const y = concat(parts);
  assertEquals(y.shape, [2, 3, 3, 5]);
  assertEquals([...y.data.subarray(0, 2)], [
    parts[0].data[0],
    parts[1].data[0],
  ]);
  assertEquals(concatBackward(parts, y), parts);
});

Deno.test("add() adds, and only equal shapes", () => {
  assertEquals([...add(tensor([1, 2]), tensor([3, 5])).data], [4, 7]);
});

Deno.test("dropout() keeps the mean, repeats by seed and passes its mask back", () => {
  const ones: Tensor = {
    shape: [20000],
    data: new Float32Array(20000).fill(1),
  };
  const { y, mask } = dropout(ones, { rate: 0.25, seed: 1 });
  const mean = [...y.data].reduce((a, b) => a + b) / 20000;
  assertAlmostEquals(mean, 1, 0.02); // deviation of the mean: 0.004
  assertEquals(dropout(ones, { rate: 0.25, seed: 1 }).y, y);
  assertNotEquals(dropout(ones, { rate: 0.25, seed: 2 }).y, y);
  assertEquals(dropoutBackward(mask, ones), y);
  assertEquals(dropout(ones, { rate: 0, seed: 1 }).y, ones);
});

Deno.test("layers return the precision of x, in both directions", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const x = randomNormal([2, 4], 1, { dtype });
    const kernel = randomNormal([4, 3], 2, { dtype: "float32" });
    const dy = randomNormal([2, 3], 3, { dtype: "float64" });
    const kind = x.data.constructor;
    const back = denseBackward(x, kernel, dy);
    for (const t of [dense(x, kernel), back.dx, back.dKernel, back.dBias]) {
      assert(t.data.constructor === kind);
    }
    const options = { gamma: tensor([1, 1, 1, 1]), beta: tensor([0, 0, 0, 0]) };
    assert(batchNorm(x, options).data.constructor === kind);
    assert(softmaxCrossEntropy(x, [0, 1]).dLogits.data.constructor === kind);
  }
});
