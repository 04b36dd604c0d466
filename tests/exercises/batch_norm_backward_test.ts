import { assertEquals } from "@std/assert";
import { batchNorm, batchNormBackward } from "../../lib/layers/mod.ts";
import {
  at,
  concatRows,
  map,
  slice,
  sum,
  transpose,
} from "../../lib/base/mod.ts";
import { casesOf, exerciseOf } from "../../lib/exercises/check.ts";
import { checkBatchNormBackward } from "../../lib/exercises/mod.ts";
import { assertMistake, assertPasses, testMistakes } from "./student.ts";

const root = "Math.sqrt(variance + epsilon)";
const own = "(x.data[i] - mean) / s";
const dGamma = "dy.data[i] * z[i]";
const dx =
  "gamma.data[c] / s * (dy.data[i] - dBeta.data[c] / n - z[i] * dGamma.data[c] / n)";
const after = "return { dx, dGamma, dBeta };";

testMistakes(
  checkBatchNormBackward,
  `(x, dy, { gamma, epsilon }) => {
    const C = gamma.data.length, n = x.data.length / C, N = x.shape[0];
    const dx = zeros(x.shape), dGamma = zeros([C]), dBeta = zeros([C]);
    const z = new Float64Array(x.data.length);
    for (let c = 0; c < C; c++) {
      let mean = 0, variance = 0;
      for (let i = c; i < x.data.length; i += C) mean += x.data[i] / n;
      for (let i = c; i < x.data.length; i += C) variance += (x.data[i] - mean) ** 2 / n;
      const s = ${root};
      for (let i = c; i < x.data.length; i += C) {
        z[i] = ${own};
        dBeta.data[c] += dy.data[i];
        dGamma.data[c] += ${dGamma};
      }
      for (let i = c; i < x.data.length; i += C) dx.data[i] = ${dx};
    }
    ${after}
  }`,
  [
    ["mean and variance taken as constants", [
      dx,
      "gamma.data[c] / s * dy.data[i]",
    ]],
    ["the mean's path forgotten", [dx, dx.replace(" - dBeta.data[c] / n", "")]],
    ["the variance's path forgotten", [
      dx,
      dx.replace(" - z[i] * dGamma.data[c] / n", ""),
    ]],
    ["sums instead of means in dx", [dx, dx.replaceAll(" / n", "")]],
    ["divided by the images alone", [dx, dx.replaceAll(" / n", " / N")]],
    ["divided by all values", [dx, dx.replaceAll(" / n", " / x.data.length")]],
    ["gamma forgotten in dx", [dx, dx.replace("gamma.data[c]", "1")]],
    ["not divided by the deviation", [dx, dx.replace(" / s", "")]],
    ["divided by the variance", [dx, dx.replace(" / s", " / s / s")]],
    ["dGamma from x instead of xHat", [dGamma, "dy.data[i] * x.data[i]"]],
    ["dGamma from x instead of xHat", [
      after,
      `dGamma.data.fill(0);
       x.data.forEach((v, i) => dGamma.data[i % C] += dy.data[i] * v); ${after}`,
    ]],
    ["dGamma from x - mean", [dGamma, "dy.data[i] * (x.data[i] - mean)"]],
    ["dGamma times gamma", [
      after,
      `dGamma.data.forEach((_, c) => dGamma.data[c] *= gamma.data[c]); ${after}`,
    ]],
    ["mean over the batch", [
      after,
      `for (const d of [dGamma, dBeta]) d.data.forEach((_, c) => d.data[c] /= N); ${after}`,
    ]],
    ["mean over the values", [
      after,
      `for (const d of [dGamma, dBeta]) d.data.forEach((_, c) => d.data[c] /= n); ${after}`,
    ]],
    ["epsilon missing", [root, "Math.sqrt(variance)"]],
    ["epsilon outside the root", [root, "Math.sqrt(variance) + epsilon"]],
    ["variance divided by N - 1", [
      root,
      "Math.sqrt(variance * n / (n - 1) + epsilon)",
    ]],
  ],
);

/** The library's gradients of each image, put together. */
const imageByImage: typeof batchNormBackward = (x, dy, options) => {
  const images = Array.from({ length: x.shape[0] }, (_, n) => n);
  const each = images.map((n) =>
    batchNormBackward(slice(x, n, n + 1), slice(dy, n, n + 1), options)
  );
  const total = (name: "dGamma" | "dBeta") =>
    map(
      each[0][name],
      (_, c) => each.reduce((sum, one) => sum + at(one[name], c), 0),
    );
  return {
    dx: concatRows(each.map(({ dx }) => dx)),
    dGamma: total("dGamma"),
    dBeta: total("dBeta"),
  };
};

/** The library's gradients, with the images taken for NCHW. */
const channelsFirst: typeof batchNormBackward = (x, dy, options) => {
  if (x.shape.length !== 4) return batchNormBackward(x, dy, options);
  const [n, h, w, c] = x.shape;
  const read = ({ data }: typeof x) =>
    transpose({ shape: [n, c, h, w], data }, [0, 2, 3, 1]);
  const { dx, ...sums } = batchNormBackward(read(x), read(dy), options);
  const { data } = transpose(dx, [0, 3, 1, 2]);
  return { ...sums, dx: { shape: x.shape, data } };
};

Deno.test('checkBatchNormBackward() names "each image for itself" and "NHWC/NCHW swap"', async () => {
  const check = checkBatchNormBackward;
  await assertMistake(check, imageByImage, "each image for itself");
  await assertMistake(check, channelsFirst, "NHWC/NCHW swap");
});

Deno.test("checkBatchNormBackward() accepts the library", async () => {
  await assertPasses(checkBatchNormBackward, batchNormBackward);
});

Deno.test("the cases of checkBatchNormBackward() agree with slopes that are measured", () => {
  const { expected } = exerciseOf(checkBatchNormBackward)!;
  for (
    const args of casesOf(exerciseOf(checkBatchNormBackward)!, {
      exercise: "9.9",
    })
  ) {
    const [x, dy, { gamma, epsilon }] = args;
    const beta = map(gamma, () => 0);
    const loss = (moved: typeof x, scale = gamma) => {
      const y = batchNorm(moved, { gamma: scale, beta, epsilon });
      return sum(map(y, (v, ...index) => v * at(dy, ...index)));
    };
    const { dx, dGamma } = expected(...args) as Record<string, typeof x>;
    const slope = (
      of: typeof x,
      place: number,
      f: (of: typeof x) => number,
    ) => {
      const by = (step: number) =>
        f({
          shape: of.shape,
          data: Float64Array.from(
            of.data,
            (v, i) => i === place ? v + step : v,
          ),
        });
      return (by(1e-4) - by(-1e-4)) / 2e-4;
    };
    const double = { shape: x.shape, data: Float64Array.from(x.data) };
    for (const place of [0, x.data.length - 1]) {
      const off = slope(double, place, loss) - dx.data[place];
      assertEquals(Math.abs(off) < 1e-3, true, `dx: ${off}`);
    }
    const off = slope(gamma, 0, (scale) => loss(double, scale)) -
      dGamma.data[0];
    assertEquals(Math.abs(off) < 1e-2, true, `dGamma: ${off}`);
  }
});
