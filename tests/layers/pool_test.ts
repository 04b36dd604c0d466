import { assert, assertEquals } from "@std/assert";
import {
  avgPool2d,
  avgPool2dBackward,
  checkGradient,
  globalAvgPool2d,
  globalAvgPool2dBackward,
  maxPool2d,
  maxPool2dBackward,
  permutation,
  type Pool2dOptions,
  pool2dShape,
  random,
  randomNormal,
  type Tensor,
  tensor,
} from "cnn";
import { assertClose } from "./close.ts";

/** A pooling by its definition: `pick` sees the numbers of each window. */
function byDefinition(
  x: Tensor,
  { poolSize, strides, padding }: Pool2dOptions,
  pick: (values: number[]) => number,
): Tensor {
  const shape = pool2dShape(x.shape, { poolSize, strides, padding });
  const [, height, width, channels] = x.shape;
  const [ph, pw] = poolSize as [number, number];
  const [sh, sw] = strides as [number, number];
  const same = padding === "same";
  const before = (out: number, stride: number, size: number, length: number) =>
    same ? Math.max((out - 1) * stride + size - length, 0) >> 1 : 0;
  const top = before(shape[1], sh, ph, height);
  const left = before(shape[2], sw, pw, width);
  const y: number[] = [];
  for (let n = 0; n < shape[0]; n++) {
    for (let i = 0; i < shape[1]; i++) {
      for (let j = 0; j < shape[2]; j++) {
        for (let c = 0; c < channels; c++) {
          const values: number[] = [];
          for (let a = 0; a < ph; a++) {
            for (let b = 0; b < pw; b++) {
              const [row, column] = [i * sh - top + a, j * sw - left + b];
              if (row < 0 || row >= height) continue;
              if (column < 0 || column >= width) continue;
              const place = (n * height + row) * width + column;
              values.push(x.data[place * channels + c]);
            }
          }
          y.push(pick(values));
        }
      }
    }
  }
  return tensor(y, shape, { dtype: "float64" });
}

/** A random pooling; all values differ by 0.01 or more, so no tie is near. */
function randomPool(seed: number): { x: Tensor; options: Pool2dOptions } {
  const stream = random(seed);
  const from = (low: number, high: number) =>
    low + stream.integer(high - low + 1);
  const shape = [from(1, 2), from(4, 9), from(4, 9), from(1, 3)];
  const order = permutation(shape.reduce((a, b) => a * b), stream);
  const values = Float64Array.from(order, (v) => v / 100 - 1);
  const options = {
    poolSize: [from(1, 4), from(1, 4)],
    strides: [from(1, 3), from(1, 3)],
    padding: seed % 2 ? "same" : "valid",
  } as Pool2dOptions;
  return { x: tensor(values, shape), options };
}

const mean = (values: number[]) =>
  values.reduce((a, b) => a + b) / values.length;

Deno.test("maxPool2d() and avgPool2d() agree with their definition", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { x, options } = randomPool(seed);
    const largest = byDefinition(x, options, (values) => Math.max(...values));
    assertClose(maxPool2d(x, options), largest, { tolerance: 0 });
    const average = byDefinition(x, options, mean);
    assertClose(avgPool2d(x, options), average, { tolerance: 1e-9 });
  }
});

Deno.test("pooling gradients agree with numeric ones: 1e-12 max, 1e-10 average", () => {
  for (let seed = 1; seed <= 16; seed++) {
    const { x, options } = randomPool(seed);
    const shape = pool2dShape(x.shape, options);
    // Whole numbers and a power of two as step: the arithmetic is exact.
    const real = randomNormal(shape, seed, { dtype: "float64" });
    const dy = { shape, data: real.data.map((v) => Math.round(4 * v)) };
    const scaled = tensor(x.data.map((v) => Math.round(v * 100)), x.shape);
    checkGradient((at) => maxPool2d(at, options), scaled, {
      analytic: maxPool2dBackward(scaled, dy, options),
      ...{ dy, epsilon: 2 ** -10, tolerance: 1e-12 },
    });
    checkGradient((at) => avgPool2d(at, options), x, {
      analytic: avgPool2dBackward(x, real, options),
      ...{ dy: real, epsilon: 1e-2, tolerance: 1e-10 },
    });
  }
});

Deno.test("maxPool2dBackward() gives the first of equal maxima everything", () => {
  const x = tensor([3, 3, 3, 3], [1, 2, 2, 1]);
  const dx = maxPool2dBackward(x, tensor([5], [1, 1, 1, 1]));
  assertEquals([...dx.data], [5, 0, 0, 0]);
  // Reading order inside the window: (0, 1) comes before (1, 0).
  const later = tensor([1, 3, 3, 2], [1, 2, 2, 1]);
  const back = maxPool2dBackward(later, tensor([5], [1, 1, 1, 1]));
  assertEquals([...back.data], [0, 5, 0, 0]);
});

Deno.test("maxPool2dBackward() adds up where windows overlap", () => {
  const x = tensor([1, 9, 2], [1, 1, 3, 1]);
  const options = { poolSize: [1, 2], strides: 1 } as const;
  const dx = maxPool2dBackward(x, tensor([5, 7], [1, 1, 2, 1]), options);
  assertEquals([...dx.data], [0, 12, 0]);
});

Deno.test("maxPool2d() keeps negative values beside padding, and NaN", () => {
  const x = tensor([-1, -2, -3], [1, 1, 3, 1]);
  const options = { poolSize: [1, 3], strides: 1, padding: "same" } as const;
  assertEquals([...maxPool2d(x, options).data], [-1, -1, -2]);
  const broken = tensor([1, NaN, 3, 4], [1, 2, 2, 1]);
  assert(Number.isNaN(maxPool2d(broken).data[0]));
  const low = tensor([-Infinity, -Infinity], [1, 1, 2, 1]);
  assertEquals([...maxPool2d(low, { poolSize: [1, 2] }).data], [-Infinity]);
});

Deno.test("avgPool2d() does not count padding", () => {
  const x = tensor([3, 6, 9], [1, 1, 3, 1]);
  const options = { poolSize: [1, 3], strides: 1, padding: "same" } as const;
  assertEquals([...avgPool2d(x, options).data], [4.5, 6, 7.5]);
});

Deno.test("pooling defaults: 2x2, strides as the window, no padding", () => {
  assertEquals(pool2dShape([1, 7, 9, 3]), [1, 3, 4, 3]);
  assertEquals(pool2dShape([1, 7, 9, 3], { poolSize: 3 }), [1, 2, 3, 3]);
});

Deno.test("globalAvgPool2d() and its gradient agree with numeric ones", () => {
  const x = randomNormal([2, 3, 5, 4], 1, { dtype: "float64" });
  const dy = randomNormal([2, 4], 2, { dtype: "float64" });
  const analytic = globalAvgPool2dBackward(x, dy);
  checkGradient(globalAvgPool2d, x, {
    ...{ analytic, dy, epsilon: 1e-2, tolerance: 1e-10 },
  });
});
