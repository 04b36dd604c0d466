import { allocate, sizeOf, type Tensor, zeros } from "../base/tensor.ts";
import type { Random } from "../base/random.ts";
import { map, transpose } from "../base/verbs.ts";

export { map as mapValues, transpose };

/**
 * A tensor of small whole numbers, none of them 0: sums stay exact, messages
 * stay readable, and no mistake hides behind a zero.
 */
export function wholeNumbers(
  shape: readonly number[],
  stream: Random,
  most = 5,
): Tensor {
  const result = zeros(shape);
  for (let i = 0; i < result.data.length; i++) {
    const sign = stream.integer(2) === 0 ? -1 : 1;
    result.data[i] = sign * (1 + stream.integer(most));
  }
  return result;
}

/**
 * A tensor of odd quarters around 0, ending in 150.25 and -150.25, none of them
 * whole: sums stay exact, and no rounding, small integer type or sign hides.
 */
export function quarters(shape: readonly number[], stream: Random): Tensor {
  const result = map(
    wholeNumbers(shape, stream, 20),
    (value) => (2 * value + 1) / 4,
  );
  result.data[result.data.length - 1] = -150.25;
  result.data[0] = 150.25;
  return result;
}

/**
 * A tensor of numbers that differ by a millionth or little more: who compares
 * with a tolerance, or cuts small values off, takes them for equal or for 0.
 */
export function nearTies(
  shape: readonly number[],
  stream: Random,
  base = 0,
): Tensor {
  return map(
    wholeNumbers(shape, stream, 6),
    (value) => base + value / 2 ** 20,
  );
}

/** ReLU, as a mistake applies it where none belongs. */
export function clipped(x: Tensor): Tensor {
  return map(x, (value) => Math.max(value, 0));
}

/** The values of NHWC images, read as if they lay in the order NCHW. */
export function readAsNchw(x: Tensor): Tensor {
  const [n, h, w, c] = x.shape;
  return transpose({ shape: [n, c, h, w], data: x.data }, [0, 2, 3, 1]);
}

/** NHWC images written in the order NCHW, with the shape [N, C, H, W]. */
export function writeAsNchw(x: Tensor): Tensor {
  return transpose(x, [0, 3, 1, 2]);
}

/** The same numbers under another shape, without a check. */
export function relabel(x: Tensor, shape: readonly number[]): Tensor {
  return { shape, data: x.data };
}

/** Only image `keep` has values; the others stay 0. */
export function onlyImage(x: Tensor, keep: number): Tensor {
  const row = sizeOf(x.shape.slice(1));
  const data = allocate(x.data.length, x.data);
  data.set(x.data.subarray(keep * row, (keep + 1) * row), keep * row);
  return { shape: x.shape, data };
}
