import { gather, type Tensor } from "../base/tensor.ts";
import { permutation } from "../base/random.ts";
import { transpose } from "../base/verbs.ts";
import { type Check, check } from "./check.ts";
import { relabel } from "./common_mistakes.ts";
import { quarters, wholeNumbers } from "./random_case.ts";

/** A student's kernel for features that are no longer shuffled. */
export type UnshuffledSolution = (
  kernel: Tensor,
  order: number[],
) => Tensor | Promise<Tensor>;

/** The order that undoes `order`. */
const inverse = (order: readonly number[]) =>
  order.map((_, i) => order.indexOf(i));

/**
 * Checks a student's undoing of a shuffle: (kernel [D, units], order) =>
 * kernel [D, units] whose row order[j] is row j of the one given.
 *
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkUnshuffled, gather } from "cnn";
 *
 * await checkUnshuffled(
 *   (kernel, order) => gather(kernel, order.map((_, i) => order.indexOf(i))),
 *   { exercise: "4.2" },
 * );
 * ```
 */
export const checkUnshuffled: Check<UnshuffledSolution> = check({
  check: "checkUnshuffled",
  name: "unshuffled",
  names: ["kernel", "order"],
  cases({ stream }) {
    // A rotation of 5 is not its own inverse, as a drawn order may be.
    const rotated = [1, 2, 3, 4, 0];
    const one = (order: number[], units: number): [Tensor, number[]] => [
      wholeNumbers([order.length, units], stream, 20),
      order,
    ];
    return [
      one(rotated, 1),
      one(rotated, 3),
      one(Array.from(permutation(9, stream)), 2),
      [quarters([5, 2], stream), rotated],
    ];
  },
  tolerance: 1e-9,
  expected: (kernel, order) => gather(kernel, inverse(order)),
  mistakes: [{
    "nothing moved": [
      "row j of the kernel belongs to feature order[j]: put it there",
      (kernel) => kernel,
    ],
    "shuffled once more": [
      "row j goes to place order[j]; taking row order[j] to place j shuffles again",
      gather,
    ],
    "the outputs' axis moved": [
      "a feature is a row of [D, units]: move whole rows",
      (kernel, order) => {
        // the kernel's values read as [units, D], their columns put in order
        const misread = relabel(kernel, [...kernel.shape].reverse());
        const rows = gather(transpose(misread), inverse(order));
        return relabel(transpose(rows), kernel.shape);
      },
    ],
    "order reversed": [
      "the inverse of an order is not its reverse: row j to order[j]",
      (kernel, order) => gather(kernel, [...order].reverse()),
    ],
  }],
});
