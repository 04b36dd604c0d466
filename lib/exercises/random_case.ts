import { type Tensor, zeros } from "../base/tensor.ts";
import type { Random } from "../base/random.ts";
import { map } from "../base/verbs.ts";

/**
 * A tensor of small whole numbers, none of them 0: sums stay exact, messages
 * stay readable, and no mistake hides behind a zero.
 */
export function wholeNumbers(
  shape: readonly number[],
  stream: Random,
  most = 5,
): Tensor {
  return map(zeros(shape), () => {
    const sign = stream.integer(2) === 0 ? -1 : 1;
    return sign * (1 + stream.integer(most));
  });
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
  return map(wholeNumbers(shape, stream, 6), (value) => base + value / 2 ** 20);
}
