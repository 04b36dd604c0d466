/**
 * Mistakes that many exercises share: a right function, given something else or
 * changed in what it gives.
 *
 * @module
 */
import { isTensor } from "../base/check.ts";
import { allocate, sizeOf, type Tensor } from "../base/tensor.ts";
import { map, transpose } from "../base/verbs.ts";
import type { Mistakes } from "./check.ts";

/** How to find a value in NHWC. */
export const nhwc =
  "images are NHWC, so the channels of one pixel are neighbours: pixel (n, y, x, c) lies at ((n * H + y) * W + x) * C + c";

/** What to do about a batch of which one image counts. */
export const loopOverImages =
  "loop over n too: the first axis counts the images";

/** The same numbers under another shape, without a check. */
export function relabel(x: Tensor, shape: readonly number[]): Tensor {
  return { shape, data: x.data };
}

/** Only image `keep` has values; the others stay 0. */
function onlyImage(x: Tensor, keep: number): Tensor {
  const row = sizeOf(x.shape.slice(1));
  const data = allocate(x.data.length, x.data);
  data.set(x.data.subarray(keep * row, (keep + 1) * row), keep * row);
  return { shape: x.shape, data };
}

/** The values as they would be read if the axes lay in another order. */
export function readAs(x: Tensor, order: readonly number[]): Tensor {
  const misread = relabel(x, order.map((axis) => x.shape[axis]));
  return transpose(misread, order.map((_, axis) => order.indexOf(axis)));
}

/** Places of the axes of NHWC in NCHW. */
const NCHW = [0, 3, 1, 2];

/** The values of NHWC images, read as if they lay in the order NCHW. */
export function readAsNchw(x: Tensor): Tensor {
  return readAs(x, NCHW);
}

/** NHWC images written in the order NCHW, with the shape [N, C, H, W]. */
export function writeAsNchw(x: Tensor): Tensor {
  return transpose(x, NCHW);
}

/** NHWC images whose values are in the order NCHW, and whose shape is not. */
export function orderedAsNchw(x: Tensor): Tensor {
  return relabel(writeAsNchw(x), x.shape);
}

/** What a layer is given: its bias last, alone or among the options. */
type Given = [x: Tensor, kernel: Tensor, last: Tensor | { bias?: Tensor }];

/** The bias taken so many times. */
function withBias([x, kernel, last]: Given, times: number): unknown[] {
  const scaled = (bias: Tensor) => map(bias, (value) => value * times);
  if (isTensor(last)) return [x, kernel, scaled(last)];
  return [x, kernel, { ...last, bias: last.bias && scaled(last.bias) }];
}

/** The bias added to each product of a sum. */
function oftenBiased(given: Given): unknown[] {
  const { shape, data } = given[1];
  return withBias(given, data.length / shape[shape.length - 1]);
}

/** The kernel read as if its last two axes were swapped. */
function swappedKernel([x, kernel, ...rest]: Given): unknown[] {
  const order = kernel.shape.map((_, axis) => axis);
  const [inputs, outputs] = order.splice(-2);
  return [x, readAs(kernel, [...order, outputs, inputs]), ...rest];
}

/** What a shared mistake does to what a right function is given. */
const BEFORE = {
  "missing bias": (given: Given) => withBias(given, 0),
  "bias added too often": oftenBiased,
  "bias added once for each input channel": oftenBiased,
  "transposed kernel": swappedKernel,
  "kernel transposed": swappedKernel,
  "NHWC/NCHW swap": ([x, ...rest]: Given) => [readAsNchw(x), ...rest],
};

/** What a shared mistake does to what a right function gives. */
const AFTER = {
  "ReLU applied": (y: Tensor) => map(y, (value) => Math.max(value, 0)),
  "only one image of the batch": (y: Tensor) => onlyImage(y, 0),
  "only the first image": (y: Tensor) => onlyImage(y, 0),
  "batch axis flattened away": (y: Tensor) => relabel(y, [y.data.length]),
  "batch axis last": (y: Tensor) => transpose(y),
};

/**
 * Mistakes in what a right function is given, or in what becomes of its result.
 *
 * @param remedies What to do about each, by the name of the mistake.
 */
export function commonMistakes<Args extends unknown[]>(
  right: (...args: Args) => Tensor,
  remedies: Partial<Record<keyof typeof BEFORE | keyof typeof AFTER, string>>,
): Mistakes<Args> {
  const before: Record<string, (given: Given) => unknown[]> = BEFORE;
  const after: Record<string, (y: Tensor) => Tensor> = AFTER;
  const wrong = (mistake: string) => (...args: unknown[]) =>
    mistake in before
      ? right(...before[mistake](args as Given) as Args)
      : after[mistake](right(...args as Args));
  const named = Object.entries(remedies);
  return Object.fromEntries(
    named.map(([mistake, remedy]) => [mistake, [remedy, wrong(mistake)]]),
  );
}

/** NHWC taken for NCHW in the images that go into a function or come out. */
export function nchwMistakes<Rest extends unknown[]>(
  right: (x: Tensor, ...rest: Rest) => Tensor,
): Mistakes<[x: Tensor, ...rest: Rest]>[] {
  return [
    {
      "NHWC/NCHW swap": [
        `the input is read as NCHW; ${nhwc}`,
        (x, ...rest) => right(readAsNchw(x), ...rest),
      ],
    },
    {
      "NHWC/NCHW swap": [
        `the output is written as NCHW; ${nhwc}`,
        (...args) => writeAsNchw(right(...args)),
        (...args) => orderedAsNchw(right(...args)),
      ],
    },
    {
      "NHWC/NCHW swap": [
        `input and output are taken as NCHW; ${nhwc}`,
        (x, ...rest) => orderedAsNchw(right(readAsNchw(x), ...rest)),
      ],
    },
  ];
}

/** The gradients of a layer with a kernel and a bias. */
export type Gradients = Record<"dx" | "dKernel" | "dBias", Tensor>;

/**
 * Mistakes in the sum over the batch that is in the gradients of weights.
 *
 * @param apart What stays of the weights' gradients when no image is added to
 * another.
 */
export function batchMistakes<Rest extends unknown[]>(
  right: (x: Tensor, kernel: Tensor, dy: Tensor, ...rest: Rest) => Gradients,
  remedy: string,
  apart: (
    one: (n: number) => Omit<Gradients, "dx">,
    dy: Tensor,
  ) => Partial<Gradients>,
): Mistakes<[x: Tensor, kernel: Tensor, dy: Tensor, ...rest: Rest]> {
  type Args = [x: Tensor, kernel: Tensor, dy: Tensor, ...rest: Rest];
  const of = (n: number, [x, kernel, dy, ...rest]: Args) => {
    const { dKernel, dBias } = right(x, kernel, onlyImage(dy, n), ...rest);
    return { dKernel, dBias };
  };
  return {
    "sum over the batch missing": [
      remedy,
      (...args) => of(0, args),
      (...args) => of(args[0].shape[0] - 1, args),
      (...args) => apart((n) => of(n, args), args[2]),
    ],
    "mean over the batch": [
      `the loss has already taken the mean; ${remedy}`,
      (...args) => {
        const { dx, dKernel, dBias } = right(...args);
        const mean = (part: Tensor) => map(part, (v) => v / args[0].shape[0]);
        return { dx: mean(dx), dKernel: mean(dKernel), dBias: mean(dBias) };
      },
    ],
  };
}
