/**
 * A check whose inputs are too tame passes wrong solutions: each solution here is
 * right for many inputs and wrong for some, and must fail on every seed.
 */
import { assert, assertRejects } from "@std/assert";
import {
  avgPool2d,
  batchNorm,
  batchNormBackward,
  concat,
  conv2d,
  conv2dBackward,
  dense,
  denseBackward,
  flatten,
  gather,
  maxPool2d,
  maxPool2dBackward,
  outputLength,
  relu,
  reluBackward,
  softmaxCrossEntropy,
  type Tensor,
  zeros,
} from "cnn";
import * as checks from "../../lib/exercises/mod.ts";

// Solutions of all exercises have different arguments.
// deno-lint-ignore no-explicit-any
type Any = any;
type Solution = (...args: Any[]) => Any;

/** Changes every number of a result: of a tensor, of tensors by name, or itself. */
function mapped(result: Any, change: (value: number) => number): Any {
  if (typeof result === "number") return change(result);
  if (result?.data) {
    return { shape: result.shape, data: result.data.map(change) };
  }
  return Object.fromEntries(
    Object.entries(result).map(([name, part]) => [name, mapped(part, change)]),
  );
}

const isTensor = (x: Any): x is Tensor => ArrayBuffer.isView(x?.data);

/** All tensors of the arguments, also those in lists and options. */
function tensorsOf(args: unknown): Tensor[] {
  if (isTensor(args)) return [args];
  if (typeof args !== "object" || args === null) return [];
  return Object.values(args).flatMap(tensorsOf);
}

/** Arguments for which many a solution happens to be right. */
const TAME: Record<string, (tensors: Tensor[], args: Any[]) => boolean> = {
  "whole numbers": (all) => all.every((x) => x.data.every(Number.isInteger)),
  "multiples of a half": (all) =>
    all.every((x) => x.data.every((v) => Number.isInteger(2 * v))),
  "positive numbers": ([x]) => x.data.every((v) => v > 0),
  "numbers up to 127": (all) => all.every((x) => x.data.every((v) => v < 127)),
  "one image": ([x]) => x.shape.length < 2 || x.shape[0] === 1,
  "square images": ([x]) => x.shape.length < 4 || x.shape[1] === x.shape[2],
  "images wider than high": ([x]) =>
    x.shape.length < 4 || x.shape[1] < x.shape[2],
  "images higher than wide": ([x]) =>
    x.shape.length < 4 || x.shape[1] > x.shape[2],
  "one channel": ([x]) => x.shape.at(-1) === 1,
  "one filter": ([, kernel]) => !kernel || kernel.shape.at(-1) === 1,
  "as many outputs as inputs": ([, kernel]) =>
    !kernel || kernel.shape.at(-1) === kernel.shape.at(-2),
  "fewer outputs than inputs": ([, kernel]) =>
    !kernel || kernel.shape.at(-1)! < kernel.shape.at(-2)!,
  "more outputs than inputs": ([, kernel]) =>
    !kernel || kernel.shape.at(-1)! > kernel.shape.at(-2)!,
  "square windows": ([, kernel], args) =>
    kernel?.shape.length !== 4 || Boolean(args.at(-1)?.poolSize) ||
    kernel.shape[0] === kernel.shape[1],
  "symmetrical kernels": ([, kernel]) =>
    kernel !== undefined &&
    kernel.data.every((v, i) => v === kernel.data.at(-1 - i)),
  "steps of the window's length": ([, kernel], args) => {
    const { strides = 1, poolSize = kernel?.shape[0] } = args.at(-1);
    return strides === poolSize;
  },
  "steps up to the window's length": ([, kernel], args) => {
    const { strides = 1, poolSize = kernel?.shape[0] } = args.at(-1);
    return strides <= poolSize;
  },
  "steps of 1": (_, args) => (args.at(-1).strides ?? 1) === 1,
  "windows that fill the image": ([x, kernel], args) => {
    const { strides = 1, poolSize = kernel?.shape[0] } = args.at(-1);
    return (x.shape[1] - poolSize) % strides === 0;
  },
};

const some = ["whole numbers", "multiples of a half", "numbers up to 127"];
const images = [...some, "positive numbers", "one image", "one channel"];
const shapes = [
  "square images",
  "images wider than high",
  "images higher than wide",
];
const outputs = [
  "one filter",
  "as many outputs as inputs",
  "fewer outputs than inputs",
  "more outputs than inputs",
];
const steps = [
  ...["steps of the window's length", "steps up to the window's length"],
  ...["steps of 1", "windows that fill the image"],
];
const kernels = ["square windows", "symmetrical kernels"];

/** Each check: a right solution, its options, and the tame inputs it must leave. */
const CHECKS: [Any, Solution, object, string[]][] = [
  [checks.checkConv2d, conv2d, {}, [
    ...[...images, ...shapes, ...outputs, ...kernels, ...steps],
  ]],
  [checks.checkConv2d, conv2d, { features: [] }, [
    ...[...some, "positive numbers", ...shapes, ...kernels],
  ]],
  [checks.checkConv2d, conv2d, { features: ["channels"] }, [
    ...[...some, "positive numbers", "one channel", ...outputs, ...kernels],
  ]],
  [checks.checkConv2d, conv2d, { features: ["channels", "batch", "bias"] }, [
    ...[...images, "square images", ...outputs, ...kernels],
  ]],
  [checks.checkConv2dBackward, conv2dBackward, {}, [
    ...[...images, ...shapes, ...outputs, ...kernels, ...steps],
  ]],
  [checks.checkMaxPool, maxPool2d, {}, [...images, ...shapes, ...steps]],
  [checks.checkMaxPool, maxPool2d, { features: ["padding"] }, [
    ...[...images, ...shapes, ...steps],
  ]],
  [checks.checkMaxPoolBackward, maxPool2dBackward, {}, [
    ...[...images, ...shapes, ...steps],
  ]],
  [checks.checkFlatten, flatten, {}, [...images, ...shapes]],
  [checks.checkConcat, concat, {}, [...images, ...shapes]],
  [checks.checkDense, dense, {}, [...some, "one image", ...outputs]],
  [checks.checkDenseBackward, denseBackward, {}, [
    ...[...some, "one image", ...outputs],
  ]],
  [checks.checkRelu, relu, {}, images],
  [checks.checkReluBackward, reluBackward, {}, images],
  [checks.checkBatchNorm, batchNorm, {}, images],
  [
    checks.checkBatchNormBackward,
    (...args: Parameters<typeof batchNormBackward>) => ({
      ...batchNormBackward(...args),
    }),
    {},
    images,
  ],
  [
    checks.checkCrossEntropyGradient,
    (logits, labels: number[]) => softmaxCrossEntropy(logits, labels).dLogits,
    {},
    ["whole numbers", "multiples of a half", "positive numbers", "one image"],
  ],
  [
    checks.checkUnshuffled,
    (kernel, order: number[]) =>
      gather(kernel, order.map((_, i) => order.indexOf(i))),
    {},
    [...some, "one channel"],
  ],
];

/** Asserts that a check turns a solution down, whatever its seed. */
async function assertFails(check: Any, fn: Solution, options: object) {
  for (let seed = 1; seed <= 12; seed++) {
    await assertRejects(
      () => check(fn, { exercise: "9.9", seed, ...options }),
      checks.CheckError,
      "Exercise 9.9",
      `seed ${seed} lets it pass`,
    );
  }
}

for (const [check, right, options, tame] of CHECKS) {
  const name = `${check.name}(${Deno.inspect(options)})`;
  for (const kind of tame) {
    Deno.test(`${name} turns down what is right only for ${kind}`, async () => {
      await assertFails(check, (...args) => {
        const result = right(...args);
        const isTame = TAME[kind](tensorsOf(args), args);
        return isTame
          ? result
          : mapped(result, (v) => v + 0.01 * (1 + Math.abs(v)));
      }, options);
    });
  }

  Deno.test(`${name} turns down results that are rounded, cut off or clamped`, async () => {
    for (const change of [Math.round, Math.trunc, Math.floor, Math.ceil]) {
      await assertFails(
        check,
        (...args) => mapped(right(...args), change),
        options,
      );
    }
    for (const Kind of [Int8Array, Int16Array, Int32Array, Uint8Array]) {
      await assertFails(
        check,
        (...args) => mapped(right(...args), (v) => Kind.of(v)[0]),
        options,
      );
    }
    await assertFails(
      check,
      (...args) => mapped(right(...args), (v) => v * 1.001),
      options,
    );
  });
}

/** Pixels under each window that a wrong pooling chooses from. */
const choose = (
  wins: (value: number, best: number) => boolean,
): Solution =>
(x: Tensor, dy: Tensor, { poolSize, strides }: Any) => {
  const [n, h, w, c] = x.shape;
  const [, oh, ow] = dy.shape;
  const dx = zeros(x.shape);
  for (let i = 0; i < dy.data.length; i++) {
    const channel = i % c, column = Math.floor(i / c) % ow;
    const row = Math.floor(i / c / ow) % oh;
    const image = Math.floor(i / c / ow / oh);
    assert(image < n);
    let best = -Infinity, winner = -1;
    for (let a = 0; a < poolSize; a++) {
      for (let b = 0; b < poolSize; b++) {
        const at = ((image * h + row * strides + a) * w + column * strides +
              b) * c + channel;
        if (winner < 0 || wins(x.data[at], best)) {
          [best, winner] = [x.data[at], at];
        }
      }
    }
    dx.data[winner] += dy.data[i];
  }
  return dx;
};

Deno.test("checkMaxPoolBackward() passes who compares exactly", async () => {
  const { log } = console;
  console.log = () => {};
  try {
    await checks.checkMaxPoolBackward(choose((v, best) => v > best), {
      exercise: "9.9",
    });
  } finally {
    console.log = log;
  }
});

for (const tolerance of [0.5, 0.01, 1e-3, 1e-4, 2e-6]) {
  Deno.test(`checkMaxPoolBackward() turns down ties within ${tolerance}`, async () => {
    await assertFails(
      checks.checkMaxPoolBackward,
      choose((v, best) => v > best + tolerance),
      {},
    );
    await assertFails(
      checks.checkMaxPoolBackward,
      choose((v, best) =>
        v > best && Math.abs(v - best) > tolerance * Math.abs(v)
      ),
      {},
    );
  });

  Deno.test(`checkMaxPool() turns down maxima within ${tolerance}`, async () => {
    await assertFails(checks.checkMaxPool, (x, options) => {
      const dy = maxPool2d(x, options);
      // The place of each window's winner, read back from a gradient.
      const y = zeros(dy.shape);
      for (let i = 0; i < dy.data.length; i++) {
        const one = zeros(dy.shape);
        one.data[i] = 1;
        const dx = choose((v, best) => v > best + tolerance)(x, one, options);
        y.data[i] = x.data[dx.data.indexOf(1)];
      }
      return y;
    }, {});
  });

  Deno.test(`checkRelu() and checkReluBackward() turn down a threshold of ${tolerance}`, async () => {
    await assertFails(
      checks.checkRelu,
      (x) => mapped(x, (v) => v > tolerance ? v : 0),
      {},
    );
    await assertFails(checks.checkReluBackward, (x, dy) => ({
      shape: x.shape,
      data: dy.data.map((d: number, i: number) =>
        x.data[i] > tolerance ? d : 0
      ),
    }), {});
    await assertFails(checks.checkReluBackward, (x, dy) => ({
      shape: x.shape,
      data: dy.data.map((d: number, i: number) =>
        x.data[i] > -tolerance ? d : 0
      ),
    }), {});
  });
}

Deno.test("checkMaxPoolBackward() names a tolerance", async () => {
  await assertRejects(
    () =>
      checks.checkMaxPoolBackward(choose((v, best) => v > best + 0.01), {
        exercise: "3.3",
      }),
    checks.CheckError,
    "near ties taken as ties",
  );
});

Deno.test("a check writes as many digits as tell two numbers apart", async () => {
  const error = await assertRejects(
    () =>
      checks.checkTensor([3 + 2 ** -20], {
        exercise: "9.9",
        expected: [3],
        tolerance: 0,
        hidden: false,
      }),
    checks.CheckError,
  );
  assert(error.message.includes("expected 3, found 3.000001"), error.message);
});

/** Solutions of numbers that are right for most arguments. */
const NUMBERS: [string, Any, Solution, object][] = [
  [
    "the smaller of channels and filters for the bias",
    checks.checkConv2dParameters,
    ({ kernelSize: [kh, kw], channels, filters, useBias }) =>
      kh * kw * channels * filters +
      (useBias ? Math.min(channels, filters) : 0),
    {},
  ],
  [
    "the larger of channels and filters for the bias",
    checks.checkConv2dParameters,
    ({ kernelSize: [kh, kw], channels, filters, useBias }) =>
      kh * kw * channels * filters +
      (useBias ? Math.max(channels, filters) : 0),
    {},
  ],
  [
    "the smaller of inputs and units for the bias",
    checks.checkDenseParameters,
    ({ inputs, units, useBias }) =>
      inputs * units + (useBias ? Math.min(inputs, units) : 0),
    {},
  ],
  [
    "no place for a window that fits exactly",
    checks.checkOutputLength,
    (length, options) =>
      length === options.size ? 0 : outputLength(length, options),
    {},
  ],
  [
    "no place for a window of one pixel",
    checks.checkOutputLength,
    (length, options) =>
      options.size === 1 ? length : outputLength(length, options),
    {},
  ],
  [
    "padding same for short axes",
    checks.checkOutputLength,
    (length, options) =>
      length < options.size ? 0 : outputLength(length, options),
    {},
  ],
  [
    "layers of one pixel left out with their strides",
    checks.checkReceptiveField,
    (layers: { size: number; stride: number }[]) => {
      let field = 1, step = 1;
      for (const { size, stride } of layers) {
        if (size === 1) continue;
        field += (size - 1) * step;
        step *= stride;
      }
      return field;
    },
    {},
  ],
  [
    "only digits up to 8",
    checks.checkAccuracy,
    (p: number[], labels: number[]) =>
      p.filter((k, i) => k === labels[i] && k < 9).length / p.length,
    {},
  ],
  ["a mean as if images were square", checks.checkAverageKernel, (h, _w, c) => {
    const kernel = zeros([h * _w * c, c]);
    kernel.data.forEach((_, i) => {
      if (Math.floor(i / c) % c === i % c) kernel.data[i] = 1 / (h * h);
    });
    return kernel;
  }, {}],
  ["negative padding", checks.checkConv2d, (x, kernel, options) => {
    // "same" without max(..., 0): a stride longer than the kernel shifts the window.
    const [h, w] = [x.shape[1], x.shape[2]];
    const short = (length: number, size: number, stride: number) =>
      (Math.ceil(length / stride) - 1) * stride + size < length;
    const y = conv2d(x, kernel, options);
    const off = options.padding === "same" &&
      (short(h, kernel.shape[0], options.strides) ||
        short(w, kernel.shape[1], options.strides));
    return off ? mapped(y, (v) => v + 1) : y;
  }, {}],
  [
    "the mean of the maxima's windows",
    checks.checkMaxPool,
    (x, options) => avgPool2d(x, options),
    {},
  ],
  ...[-100, -9999].map((start): [string, Any, Solution, object] => [
    `a maximum that starts at ${start}`,
    checks.checkMaxPool,
    (x, options) => mapped(maxPool2d(x, options), (v) => Math.max(start, v)),
    {},
  ]),
];

for (const [mistake, check, wrong, options] of NUMBERS) {
  Deno.test(`${check.name}() turns down ${mistake}`, async () => {
    await assertFails(check, wrong, options);
  });
}
