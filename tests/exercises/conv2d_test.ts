import { assertRejects } from "@std/assert";
import { conv2d, conv2dNaive } from "../../lib/layers/mod.ts";
import { checkConv2d, CheckError } from "../../lib/exercises/mod.ts";
import {
  assertMistake,
  assertPasses,
  student,
  testMistakes,
} from "./student.ts";

/** A loop over everything, as the exercise asks for. */
const SOLUTION = `(x, kernel, { bias, strides, padding, dilations }) => {
  const [N, H, W, C] = x.shape;
  const [KH, KW, , F] = kernel.shape;
  const places = (length, size) => {
    const span = (size - 1) * dilations + 1;
    if (padding === "valid") {
      return { count: Math.floor((length - span) / strides) + 1, before: 0 };
    }
    const count = Math.ceil(length / strides);
    const total = Math.max((count - 1) * strides + span - length, 0);
    return { count, before: Math.floor(total / 2) };
  };
  const rows = places(H, KH), columns = places(W, KW);
  const y = zeros([N, rows.count, columns.count, F]);
  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < rows.count; oy++) {
      for (let ox = 0; ox < columns.count; ox++) {
        for (let f = 0; f < F; f++) {
          let sum = bias.data[f];
          for (let ky = 0; ky < KH; ky++) {
            for (let kx = 0; kx < KW; kx++) {
              for (let c = 0; c < C; c++) {
                const iy = oy * strides + ky * dilations - rows.before;
                const ix = ox * strides + kx * dilations - columns.before;
                if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
                const pixel = ((n * H + iy) * W + ix) * C + c;
                const weight = ((ky * KW + kx) * C + c) * F + f;
                sum += x.data[pixel] * kernel.data[weight];
              }
            }
          }
          const place = ((n * rows.count + oy) * columns.count + ox) * F + f;
          y.data[place] = sum;
        }
      }
    }
  }
  return y;
}`;

const stepY = "oy * strides", stepX = "ox * strides";
const pixel = "((n * H + iy) * W + ix) * C + c";
const weight = "((ky * KW + kx) * C + c) * F + f";
const place = "((n * rows.count + oy) * columns.count + ox) * F + f";
const before = "before: Math.floor(total / 2)";
const nchwPixel = "((n * C + c) * H + iy) * W + ix";
const nchwPlace = "((n * F + f) * rows.count + oy) * columns.count + ox";

testMistakes(checkConv2d, SOLUTION, [
  ["flipped kernel", [
    weight,
    "(((KH - 1 - ky) * KW + KW - 1 - kx) * C + c) * F + f",
  ]],
  ["missing bias", ["let sum = bias.data[f]", "let sum = 0"]],
  // The bias inside the loop over the window.
  [
    "bias added too often",
    ["let sum = bias.data[f]", "let sum = 0"],
    [
      "for (let c = 0; c < C; c++) {",
      "sum += bias.data[f]; for (let c = 0; c < C; c++) {",
    ],
  ],
  // Strides forgotten where the pixel is read.
  ["strides ignored", [stepY, "oy"], [stepX, "ox"]],
  // Strides forgotten altogether.
  [
    "strides ignored",
    [stepY, "oy"],
    [stepX, "ox"],
    ["/ strides", "/ 1"],
    ["* strides", "* 1"],
  ],
  // The odd zero at the start.
  ["padding off by one", [before, "before: Math.ceil(total / 2)"]],
  // One too many, one too few.
  ["padding off by one", [before, "before: Math.floor(total / 2) + 1"]],
  ["padding off by one", [before, "before: Math.floor(total / 2) - 1"]],
  // The total counted from the size, not from size - 1; the output grows.
  ["padding off by one", [
    "const count = Math.ceil(length / strides);",
    "const count = Math.floor((length + size - span) / strides) + 1;",
  ]],
  ["padding ignored", [before, "before: 0"]],
  ["padding ignored", [`padding === "valid"`, "true"]],
  ["padding computed without the stride", [
    before,
    "before: Math.floor((span - 1) / 2)",
  ]],
  [
    "output size without + 1",
    [
      "Math.floor((length - span) / strides) + 1",
      "Math.floor((length - span) / strides)",
    ],
    ["Math.ceil(length / strides)", "Math.ceil(length / strides) - 1"],
    [
      "Math.max((count - 1)",
      "Math.max(count",
    ],
  ],
  ["NHWC/NCHW swap", [pixel, nchwPixel]],
  ["NHWC/NCHW swap", [place, nchwPlace]],
  ["NHWC/NCHW swap", [pixel, nchwPixel], [place, nchwPlace]],
  ["NHWC/NCHW swap", [place, nchwPlace], [
    "zeros([N, rows.count, columns.count, F])",
    "zeros([N, F, rows.count, columns.count])",
  ]],
  ["kernel axes swapped", [weight, "((f * C + c) * KH + ky) * KW + kx"]],
  ["kernel axes swapped", [weight, "((ky * KW + kx) * F + f) * C + c"]],
  ["height and width swapped", [weight, "((kx * KH + ky) * C + c) * F + f"]],
  ["input channels not summed", ["c < C; c++", "c < 1; c++"]],
  ["products not summed", [
    "sum += x.data[pixel] * kernel.data[weight]",
    "sum = x.data[pixel] * kernel.data[weight] + bias.data[f]",
  ]],
  ["only one image of the batch", ["n < N", "n < 1"]],
  ["ReLU applied", ["y.data[place] = sum", "y.data[place] = Math.max(0, sum)"]],
], {
  features: ["channels", "batch", "bias", "strides", "padding", "dilations"],
});

const dilated = { features: ["dilations"] };
const plain = SOLUTION.replace("bias, strides, padding, dilations", "dilations")
  .replaceAll("strides", "1").replaceAll("bias.data[f]", "0")
  .replaceAll("padding", '"valid"');

testMistakes(checkConv2d, plain, [
  ["dilation ignored", ["ky * dilations", "ky"], ["kx * dilations", "kx"]],
  [
    "dilation ignored",
    ["ky * dilations", "ky"],
    ["kx * dilations", "kx"],
    ["(size - 1) * dilations + 1", "size"],
  ],
], dilated);

Deno.test("checkConv2d() accepts the library and asynchronous solutions", async () => {
  await assertPasses(checkConv2d, conv2d);
  await assertPasses(checkConv2d, conv2dNaive);
  await assertPasses(
    checkConv2d,
    async (...args: Parameters<typeof conv2d>) => {
      await Promise.resolve();
      return conv2d(...args);
    },
  );
});

Deno.test("checkConv2d() passes only the options that the exercise has", async () => {
  const seen = new Set<string>();
  await assertPasses(checkConv2d, (...args: Parameters<typeof conv2d>) => {
    Object.keys(args[2]!).forEach((key) => seen.add(key));
    return conv2d(...args);
  }, { features: ["strides"] });
  if ([...seen].join() !== "strides") throw new Error([...seen].join());
});

const one = `(x, kernel) => {
  const [, H, W] = x.shape, [KH, KW] = kernel.shape;
  const y = zeros([1, H - KH + 1, W - KW + 1, 1]);
  for (let oy = 0; oy < y.shape[1]; oy++) for (let ox = 0; ox < y.shape[2]; ox++)
    for (let ky = 0; ky < KH; ky++) for (let kx = 0; kx < KW; kx++)
      y.data[oy * y.shape[2] + ox] += x.data[(oy + ky) * W + ox + kx] * kernel.data[ky * KW + kx];
  return y;
}`;

testMistakes(checkConv2d, one, [
  ["flipped kernel", [
    "kernel.data[ky * KW + kx]",
    "kernel.data[(KH - 1 - ky) * KW + KW - 1 - kx]",
  ]],
  ["products not summed", ["+= x.data", "= x.data"]],
  ["height and width swapped", ["ky * KW + kx", "kx * KH + ky"]],
], { features: [] });

Deno.test("checkConv2d() with channels alone turns down who knows one channel", async () => {
  await assertMistake(checkConv2d, student(one), "wrong shape", {
    features: ["channels"],
  });
});

Deno.test("checkConv2d() names the first of two mistakes", async () => {
  const fn = student(
    SOLUTION.replace(", dilations }", " }").replaceAll(" * dilations", ""),
    ["let sum = bias.data[f]", "let sum = 0"],
    [stepY, "oy"],
    [stepX, "ox"],
  );
  await assertMistake(checkConv2d, fn, "missing bias");
});

Deno.test("checkConv2d() shows the first index of an unknown mistake", async () => {
  const fn = (...args: Parameters<typeof conv2d>) => {
    const y = conv2d(...args);
    y.data[2] += 1;
    return y;
  };
  await assertMistake(checkConv2d, fn, "wrong value");
  await assertRejects(
    () => checkConv2d(fn, { exercise: "2.1" }),
    CheckError,
    "expected -9, found -8 at index [0, 0, 2, 0]: work this value out by hand",
  );
});

Deno.test("checkConv2d() writes the call, the values and the remedy", async () => {
  const error = await assertRejects(
    () =>
      checkConv2d(
        (x, kernel, options) => conv2d(x, kernel, { ...options, strides: 1 }),
        { exercise: "2.1" },
      ),
    CheckError,
    'Exercise 2.1: strides ignored. conv2d(x [1, 7, 6, 1], kernel [3, 2, 1, 2], { bias: [2], strides: 2, padding: "valid" }) expected the shape [1, 3, 3, 2], found [1, 5, 5, 2]: a step of `strides` pixels',
  );
  if (error.name !== "CheckError") throw error;
});
