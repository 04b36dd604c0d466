import { gather, type Tensor } from "../base/tensor.ts";
import { permutation, random } from "../base/random.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { quarters, relabel, transpose, wholeNumbers } from "./random_case.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A student's kernel for features that are no longer shuffled. */
export type UnshuffledSolution = (
  kernel: Tensor,
  order: number[],
) => Tensor | Promise<Tensor>;

type UnshuffledArgs = [kernel: Tensor, order: number[]];

/** The order that undoes `order`. */
function inverse(order: readonly number[]): number[] {
  const result = new Array<number>(order.length);
  order.forEach((from, to) => result[from] = to);
  return result;
}

/** The usual mistakes in undoing a shuffle. */
export const unshuffledMistakes: readonly Mistake<UnshuffledArgs>[] = [
  {
    mistake: "nothing moved",
    remedy: "row j of the kernel belongs to feature order[j]: put it there",
    wrong: (kernel) => kernel,
  },
  {
    mistake: "shuffled once more",
    remedy:
      "row j goes to place order[j]; taking row order[j] to place j shuffles again",
    wrong: gather,
  },
  {
    mistake: "the outputs' axis moved",
    remedy: "a feature is a row of [D, units]: move whole rows",
    wrong: (kernel, order) => {
      // the kernel's values read as [units, D], their columns put in order
      const [d, units] = kernel.shape;
      const rows = transpose(relabel(kernel, [units, d]), [1, 0]);
      const moved = transpose(gather(rows, inverse(order)), [1, 0]);
      return relabel(moved, kernel.shape);
    },
  },
  {
    mistake: "order reversed",
    remedy: "the inverse of an order is not its reverse: row j to order[j]",
    wrong: (kernel, order) => gather(kernel, [...order].reverse()),
  },
];

/** The exercise that {@linkcode checkUnshuffled} runs. */
export function unshuffledExercise(
  options: CheckOptions,
): Exercise<UnshuffledArgs> {
  const stream = random(settleCheck("checkUnshuffled", options).seed);
  // A rotation of 5 is not its own inverse, as a drawn order may be.
  const rotated = [1, 2, 3, 4, 0];
  const one = (order: number[], units: number): UnshuffledArgs => [
    wholeNumbers([order.length, units], stream, 20),
    order,
  ];
  return {
    check: "checkUnshuffled",
    name: "unshuffled",
    names: ["kernel", "order"],
    cases: [
      one(rotated, 1),
      one(rotated, 3),
      one(Array.from(permutation(9, stream)), 2),
      [quarters([5, 2], stream), rotated],
    ],
    tolerance: 1e-9,
    expected: (kernel, order) => gather(kernel, inverse(order)),
    mistakes: unshuffledMistakes,
  };
}

/**
 * Checks a student's undoing of a shuffle: (kernel [D, units], order) =>
 * kernel [D, units] whose row order[j] is row j of the one given.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
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
export async function checkUnshuffled(
  fn: UnshuffledSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, unshuffledExercise(options), options);
}
