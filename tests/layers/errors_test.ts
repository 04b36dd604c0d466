/** Every wrong shape and option: the kind of error, and what its message says. */
import { assert, assertThrows } from "@std/assert";
import {
  add,
  avgPool2d,
  avgPool2dBackward,
  batchNorm,
  batchNormBackward,
  concat,
  concatBackward,
  conv2d,
  conv2dBackward,
  conv2dKernelShape,
  conv2dNaive,
  conv2dShape,
  dense,
  denseBackward,
  dropout,
  dropoutBackward,
  flatten,
  flattenBackward,
  globalAvgPool2d,
  globalAvgPool2dBackward,
  matmul,
  maxPool2d,
  maxPool2dBackward,
  pool2dShape,
  relu,
  reluBackward,
  softmax,
  softmaxBackward,
  softmaxCrossEntropy,
  type Tensor,
  tensor,
  zeros,
} from "cnn";
import { moments } from "../../lib/layers/moments.ts";

const x = zeros([2, 6, 6, 4]);
const kernel = zeros([3, 3, 4, 8]);
const rows = zeros([2, 5]);
// Notebook cells are not type-checked, so wrong types do arrive.
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

type Case = [() => unknown, ErrorConstructor, string];

const CASES: Record<string, Case[]> = {
  "conv2d()": [
    [
      () => conv2d(x, zeros([3, 3, 2, 8])),
      TypeError,
      "conv2d() expects a kernel [KH, KW, 4, Cout] for an input with 4 channels but found [3, 3, 2, 8]: the third kernel axis is Cin",
    ],
    [
      () => conv2d(x, kernel, { groups: 2 }),
      TypeError,
      "expects a kernel [KH, KW, 2, Cout] for an input with 4 channels but found [3, 3, 4, 8]: the third kernel axis is Cin / groups = 4 / 2",
    ],
    [() => conv2d(zeros([6, 6, 4]), kernel), TypeError, "found [6, 6, 4]"],
    [() => conv2d(x, zeros([3, 3])), TypeError, "found [3, 3]"],
    [
      () => conv2d(zeros([0, 6, 6, 4]), kernel),
      TypeError,
      "found [0, 6, 6, 4]",
    ],
    [() => conv2d(wrong([[1]]), kernel), TypeError, "found [[1]]"],
    [() => conv2d(x, wrong(undefined)), TypeError, "found undefined"],
    [
      () => conv2d(wrong({ shape: [9, 1, 1, 1], data: x.data }), kernel),
      TypeError,
      "expects 9 values in x [9, 1, 1, 1] but found 288",
    ],
    [
      () => conv2d(x, kernel, { bias: zeros([4]) }),
      TypeError,
      "expects a bias [8] but found [4]",
    ],
    [
      () => conv2d(x, kernel, { padding: wrong("SAME") }),
      TypeError,
      'expects padding "same" or "valid" but found "SAME"',
    ],
    [
      () => conv2d(x, kernel, wrong({ stride: 2 })),
      TypeError,
      'found "stride": check the spelling',
    ],
    [() => conv2d(x, kernel, { strides: 0 }), RangeError, "strides of 1"],
    [() => conv2d(x, kernel, { strides: [1, -1] }), RangeError, "found -1"],
    [() => conv2d(x, kernel, { strides: 1.5 }), RangeError, "found 1.5"],
    [() => conv2d(x, kernel, { strides: NaN }), RangeError, "found NaN"],
    [
      () => conv2d(x, kernel, { strides: wrong([1, 1, 1]) }),
      TypeError,
      "a number or a pair [height, width] but found [1, 1, 1]",
    ],
    [() => conv2d(x, kernel, { strides: wrong("2") }), TypeError, 'found "2"'],
    [() => conv2d(x, kernel, { dilations: 0 }), RangeError, "dilations of 1"],
    [() => conv2d(x, kernel, { groups: 3 }), RangeError, "but found 3"],
    [() => conv2d(x, kernel, { groups: 0 }), RangeError, "groups of 1"],
    [
      () => conv2d(x, zeros([7, 3, 4, 8])),
      RangeError,
      "a window of at most 6 along the height",
    ],
    [
      () => conv2d(x, kernel, { dilations: [1, 3] }),
      RangeError,
      'along the width with padding "valid" but found one that spans 7',
    ],
    [() => conv2d(x, kernel, wrong(null)), TypeError, "found null"],
    [() => conv2dShape(wrong(28), [1, 1, 1, 1]), TypeError, "found 28"],
    [() => conv2dNaive(x, zeros([3, 3])), TypeError, "conv2dNaive()"],
    [() => conv2dShape([1, 2], [1, 1, 1, 1]), TypeError, "conv2dShape()"],
    [
      () => conv2dKernelShape([1, 6, 6, 4], { filters: 0, kernelSize: 3 }),
      RangeError,
      "filters of 1",
    ],
  ],
  "conv2dBackward()": [
    [
      () => conv2dBackward(x, kernel, zeros([2, 6, 6, 8])),
      TypeError,
      "conv2dBackward() expects dy [2, 4, 4, 8] but found [2, 6, 6, 8]",
    ],
  ],
  "pooling": [
    [() => maxPool2d(zeros([6, 6, 4])), TypeError, "maxPool2d() expects x"],
    [() => maxPool2d(x, { poolSize: 7 }), RangeError, "found one that spans 7"],
    [() => maxPool2d(x, { poolSize: 0 }), RangeError, "poolSize of 1"],
    [() => maxPool2d(x, { strides: 0 }), RangeError, "strides of 1"],
    [() => avgPool2d(x, { padding: wrong("full") }), TypeError, 'found "full"'],
    [() => avgPool2d(x, wrong({ size: 2 })), TypeError, 'found "size"'],
    [() => pool2dShape([6, 6, 4]), TypeError, "pool2dShape()"],
    [
      () => maxPool2dBackward(x, x),
      TypeError,
      "expects dy [2, 3, 3, 4] but found [2, 6, 6, 4]",
    ],
    [
      () => avgPool2dBackward(x, x),
      TypeError,
      "avgPool2dBackward() expects dy",
    ],
    [() => globalAvgPool2d(rows), TypeError, "found [2, 5]"],
    [
      () => globalAvgPool2dBackward(x, zeros([2, 3])),
      TypeError,
      "expects dy [2, 4] but found [2, 3]",
    ],
  ],
  "dense() and flatten()": [
    [
      () => dense(rows, zeros([4, 3])),
      TypeError,
      "expects a kernel [5, out] for an input [2, 5] but found [4, 3]",
    ],
    [() => dense(x, zeros([4, 3])), TypeError, "x with 2 axes [N, in]"],
    [
      () => dense(rows, zeros([5, 3]), { bias: zeros([5]) }),
      TypeError,
      "expects a bias [3] but found [5]",
    ],
    [
      () => denseBackward(rows, zeros([5, 3]), rows),
      TypeError,
      "expects dy [2, 3] but found [2, 5]",
    ],
    [() => matmul(rows, rows), TypeError, "expects b [5, N]"],
    [() => flatten(zeros([5])), TypeError, "flatten() expects x [N, ...]"],
    [
      () => flattenBackward(x, rows),
      TypeError,
      "expects dy [2, 144] but found [2, 5]",
    ],
  ],
  "element by element": [
    [
      () => relu(wrong(3)),
      TypeError,
      "relu() expects a tensor as x but found 3",
    ],
    [() => reluBackward(rows, x), TypeError, "expects dy [2, 5]"],
    [() => softmax(tensor(1)), TypeError, "softmax() expects x [..., C]"],
    [() => softmaxBackward(rows, x), TypeError, "expects dy [2, 5]"],
    [() => add(rows, zeros([5])), TypeError, "expects b [2, 5] but found [5]"],
    [() => concat([]), TypeError, "found []"],
    [
      () => concat(wrong(x)),
      TypeError,
      "a list of tensors but found an object",
    ],
    [() => concat([x, rows]), TypeError, "[2, 6, 6, 4] and [2, 5]"],
    [() => concatBackward([x, x], x), TypeError, "expects dy [2, 6, 6, 8]"],
    [() => dropout(x, { rate: 1, seed: 1 }), RangeError, "found 1"],
    [() => dropout(x, wrong({ rate: 0.5 })), RangeError, "found undefined"],
    [() => dropoutBackward(rows, x), TypeError, "expects dy [2, 5]"],
  ],
  "softmaxCrossEntropy()": [
    [() => softmaxCrossEntropy(rows, [1]), TypeError, "expects 2 labels"],
    [() => softmaxCrossEntropy(rows, wrong(1)), TypeError, "but found 1"],
    [() => softmaxCrossEntropy(rows, [0, 5]), RangeError, "found 5 at place 1"],
    [() => softmaxCrossEntropy(rows, [0, -1]), RangeError, "found -1"],
    [() => softmaxCrossEntropy(rows, [0.5, 1]), RangeError, "found 0.5"],
    [() => softmaxCrossEntropy(rows, [NaN, 1]), RangeError, "found NaN"],
    [() => softmaxCrossEntropy(x, [0, 1]), TypeError, "[N, C]"],
  ],
  "batchNorm()": [
    [
      () =>
        batchNorm(rows, {
          gamma: zeros([5]),
          beta: zeros([5]),
          mean: zeros([5]),
          variance: tensor([1, 1, -1, 1, 1]),
        }),
      RangeError,
      "batchNorm() expects variances of 0 or more but found -1 in channel 2",
    ],
    [
      () => batchNorm(x, { gamma: zeros([3]), beta: zeros([4]) }),
      TypeError,
      "batchNorm() expects gamma [4] but found [3]",
    ],
    [
      () => batchNorm(x, wrong(undefined)),
      TypeError,
      "expects an object of options but found undefined",
    ],
    [() => batchNorm(x, { gamma: zeros([4]) }), TypeError, "expects beta [4]"],
    [
      () => batchNorm(x, normal({ epsilon: -1 })),
      RangeError,
      "epsilon of 0 or more but found -1",
    ],
    [
      () => batchNorm(x, normal({ mean: zeros([4]) })),
      TypeError,
      "but found only mean",
    ],
    [
      () => batchNorm(x, normal({ training: false })),
      TypeError,
      "both mean and variance for inference but found neither",
    ],
    [() => batchNorm(zeros([4]), normal({})), TypeError, "found [4]"],
    [() => moments(zeros([0, 4])), TypeError, "moments() expects x"],
    [
      () => batchNormBackward(x, rows, normal({})),
      TypeError,
      "expects dy [2, 6, 6, 4] but found [2, 5]",
    ],
  ],
};

function normal(more: object): { gamma: Tensor; beta: Tensor } {
  return { gamma: zeros([4]), beta: zeros([4]), ...more };
}

for (const [name, cases] of Object.entries(CASES)) {
  Deno.test(`${name} names function, expected, found and remedy`, () => {
    for (const [run, kind, text] of cases) {
      const error = assertThrows(run, kind, text) as Error;
      assert(
        /^\w+\(\) expects .+ but found .+: .+$/s.test(error.message),
        error.message,
      );
    }
  });
}
