/** Convolution against hand arithmetic, the naive loop and numeric gradients. */
import { assert, assertEquals } from "@std/assert";
import {
  checkGradient,
  conv2d,
  conv2dBackward,
  conv2dKernelBackward,
  conv2dKernelShape,
  conv2dNaive,
  conv2dNaiveBackward,
  type Conv2dOptions,
  conv2dShape,
  randomNormal,
  tensor,
} from "cnn";
import { assertClose } from "./close.ts";
import { randomConv } from "./random_case.ts";

Deno.test("conv2d() adds up the products under the kernel, unflipped", () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const kernel = tensor([1, 2, 3, 4], [2, 2, 1, 1]);
  // 1*1 + 2*2 + 4*3 + 5*4 = 37, and so on.
  assertEquals([...conv2d(x, kernel).data], [37, 47, 67, 77]);
});

Deno.test("conv2d() puts the odd zero of padding same at the end", () => {
  const x = tensor([1, 2, 3], [1, 1, 3, 1]);
  const kernel = tensor([10, 1], [1, 2, 1, 1]);
  const y = conv2d(x, kernel, { padding: "same" });
  assertEquals([...y.data], [12, 23, 30]); // the last window is 3, 0
});

Deno.test("conv2d() sums over input channels and adds the bias once", () => {
  const x = tensor([1, 10, 2, 20], [1, 1, 2, 2]);
  const kernel = tensor([1, 2, 3, 4], [1, 1, 2, 2]); // [Cin, Cout]
  const y = conv2d(x, kernel, { bias: tensor([100, 200]) });
  assertEquals([...y.data], [131, 242, 162, 284]); // 1*1 + 10*3 + 100 = 131
});

Deno.test("conv2d() skips pixels with dilations and places with strides", () => {
  const x = tensor([1, 2, 4, 8, 16, 32], [1, 1, 6, 1]);
  const kernel = tensor([1, 1], [1, 2, 1, 1]);
  const dilated = conv2d(x, kernel, { dilations: 3 });
  assertEquals([...dilated.data], [9, 18, 36]); // 1 + 8, 2 + 16, 4 + 32
  const strided = conv2d(x, kernel, { strides: 2 });
  assertEquals([...strided.data], [3, 12, 48]); // 1 + 2, 4 + 8, 16 + 32
});

Deno.test("conv2d() keeps groups apart", () => {
  const x = tensor([1, 2, 3, 4], [1, 1, 1, 4]);
  const kernel = tensor([1, 1, 1, 1], [1, 1, 2, 2]);
  assertEquals([...conv2d(x, kernel, { groups: 2 }).data], [3, 7]);
});

Deno.test("conv2d() agrees with the naive loop on 100 random cases", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const c = randomConv(seed);
    const name = JSON.stringify({ seed, ...c.describe });
    const options = { tolerance: 1e-9, name };
    const y = conv2d(c.x, c.kernel, c.options);
    assertClose(y, conv2dNaive(c.x, c.kernel, c.options), options);
    assertEquals(y.shape, conv2dShape(c.x.shape, c.kernel.shape, c.options));
    const dy = randomNormal(y.shape, seed, { dtype: "float64" });
    const fast = conv2dBackward(c.x, c.kernel, dy, c.options);
    const slow = conv2dNaiveBackward(c.x, c.kernel, dy, c.options);
    assertClose(fast.dx, slow.dx, options);
    assertClose(fast.dKernel, slow.dKernel, options);
    assertClose(fast.dBias, slow.dBias, options);
    const part = conv2dKernelBackward(c.x, c.kernel, dy, c.options);
    assertEquals(part, { dKernel: fast.dKernel, dBias: fast.dBias });
  }
});

Deno.test("conv2d() cuts big inputs into chunks without a seam", () => {
  // Several images a chunk, and several chunks an image; none a multiple of 4.
  for (const [batch, side, cin, groups] of [[7, 11, 8, 1], [2, 55, 8, 2]]) {
    const shape = [batch, side, side, cin];
    const x = randomNormal(shape, 1, { dtype: "float64" });
    const depth = cin / groups;
    const kernel = randomNormal([3, 3, depth, 2], 2, { dtype: "float64" });
    const options: Conv2dOptions = { groups, padding: "same" };
    const y = conv2d(x, kernel, options);
    const close = { tolerance: 1e-9 };
    assertClose(y, conv2dNaive(x, kernel, options), close);
    const fast = conv2dBackward(x, kernel, y, options);
    const slow = conv2dNaiveBackward(x, kernel, y, options);
    assertClose(fast.dx, slow.dx, close);
    assertClose(fast.dKernel, slow.dKernel, close);
  }
});

Deno.test("conv2dBackward() agrees with numeric gradients within 1e-8", () => {
  for (let seed = 201; seed <= 212; seed++) {
    const { x, kernel, options } = randomConv(seed);
    const shape = conv2dShape(x.shape, kernel.shape, options);
    const dy = randomNormal(shape, seed, { dtype: "float64" });
    const back = conv2dBackward(x, kernel, dy, options);
    // A convolution is linear in each argument: a wide step has no error.
    const check = { dy, tolerance: 1e-8, epsilon: 1e-2, samples: 40 };
    checkGradient((at) => conv2d(at, kernel, options), x, {
      ...check,
      analytic: back.dx,
    });
    checkGradient((at) => conv2d(x, at, options), kernel, {
      ...check,
      analytic: back.dKernel,
    });
    const bias = randomNormal([shape[3]], seed, { dtype: "float64" });
    checkGradient((at) => conv2d(x, kernel, { ...options, bias: at }), bias, {
      ...check,
      analytic: back.dBias,
    });
  }
});

Deno.test("conv2d() returns the precision of x and leaves its inputs alone", () => {
  const x = randomNormal([1, 5, 5, 3], 1, { dtype: "float64" });
  const kernel = randomNormal([3, 3, 3, 2], 2, { dtype: "float64" });
  const before = x.data.slice();
  const single = { shape: x.shape, data: Float32Array.from(x.data) };
  assert(conv2d(single, kernel).data instanceof Float32Array);
  assert(conv2d(x, kernel).data instanceof Float64Array);
  assertEquals(x.data, before);
});

Deno.test("conv2dKernelShape() fits conv2dShape()", () => {
  const xShape = [2, 9, 9, 6];
  const kernel = conv2dKernelShape(xShape, {
    filters: 4,
    kernelSize: [3, 5],
    groups: 2,
  });
  assertEquals(kernel, [3, 5, 3, 4]);
  assertEquals(conv2dShape(xShape, kernel, { groups: 2 }), [2, 7, 5, 4]);
});
