import { random } from "../base/random.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A layer with a window, along one axis. */
export interface WindowLayer {
  size: number;
  stride: number;
}

/** A student's receptive field of a stack of layers, the first one first. */
export type ReceptiveFieldSolution = (
  layers: WindowLayer[],
) => number | Promise<number>;

type Args = [layers: WindowLayer[]];

/**
 * Walks through the layers: `grow` gives what a layer adds to the field, from
 * its window and the pixels between two of its places (the product of the
 * strides before it).
 */
function walk(
  layers: readonly WindowLayer[],
  grow: (layer: WindowLayer, step: number) => number,
  start = 1,
): number {
  let field = start;
  let step = 1;
  for (const layer of layers) {
    field += grow(layer, step);
    step *= layer.stride;
  }
  return field;
}

const right = ({ size }: WindowLayer, step: number) => (size - 1) * step;
const formula =
  "field = 1; step = 1; for each layer: field += (size - 1) * step; step *= stride";

function mistake(
  mistake: string,
  remedy: string,
  wrong: (layers: WindowLayer[]) => number,
): Mistake<Args> {
  return { mistake, remedy: `${remedy}: ${formula}`, wrong };
}

/** The usual mistakes, those with a clear cause first. */
export const receptiveFieldMistakes: readonly Mistake<Args>[] = [
  mistake(
    "stride product forgotten",
    "after a stride, neighbours lie further apart on the image",
    (layers) => walk(layers, ({ size }) => size - 1),
  ),
  mistake(
    "size added instead of size - 1",
    "the first pixel of the window is already in the field",
    (layers) => walk(layers, ({ size }, step) => size * step),
  ),
  mistake(
    "size added instead of size - 1",
    "the first pixel of the window is already in the field",
    (layers) => walk(layers, ({ size }, step) => size * step, 0),
  ),
  mistake(
    "missing + 1",
    "the field starts with one pixel",
    (layers) => walk(layers, right, 0),
  ),
  mistake(
    "own stride counted",
    "a layer's own stride widens only the layers after it",
    (layers) =>
      walk(layers, ({ size, stride }, step) => (size - 1) * step * stride),
  ),
  mistake(
    "strides added instead of multiplied",
    "two layers of stride 2 put neighbours 4 pixels apart, and three 8",
    (layers) =>
      layers.reduce((field, { size }, i) => {
        const before = layers.slice(0, i).map(({ stride }) => stride);
        const sum = before.reduce((sum, stride) => sum + stride, 0);
        return field + (size - 1) * Math.max(sum, 1);
      }, 1),
  ),
  mistake(
    "only the stride of the layer before",
    "all strides before a layer are multiplied",
    (layers) =>
      layers.reduce(
        (field, { size }, i) =>
          field + (size - 1) * (layers[i - 1]?.stride ?? 1),
        1,
      ),
  ),
  mistake(
    "layers in reverse order",
    "start with the layer next to the image",
    (layers) => walk([...layers].reverse(), right),
  ),
  mistake(
    "sizes multiplied",
    "two 3-pixel windows see 5 pixels, not 9, since they overlap",
    (layers) => layers.reduce((product, { size }) => product * size, 1),
  ),
  mistake(
    "only the last layer",
    "every layer below widens the field",
    (layers) => layers.at(-1)?.size ?? 1,
  ),
];

/** The exercise that {@linkcode checkReceptiveField} runs. */
export function receptiveFieldExercise(options: CheckOptions): Exercise<Args> {
  const stream = random(settleCheck("checkReceptiveField", options).seed);
  const layer = (stride: number): WindowLayer => ({
    size: 2 + stream.integer(4),
    stride,
  });
  const stacks = [[1], [1, 1], [2, 1], [1, 2, 1], [2, 3, 1], [2, 2, 3, 2]];
  return {
    check: "checkReceptiveField",
    name: "receptiveField",
    names: ["layers"],
    cases: [
      ...stacks.map((strides): Args => [strides.map(layer)]),
      // A 1x1 convolution adds nothing, but its stride counts.
      [[layer(2), { size: 1, stride: 2 }, layer(1)]],
    ],
    expected: (layers) => walk(layers, right),
    mistakes: receptiveFieldMistakes,
  };
}

/**
 * Checks a student's receptive field: layers [{ size, stride }, ...], the one
 * next to the image first => pixels that one output sees along an axis.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkReceptiveField } from "cnn";
 *
 * await checkReceptiveField((layers) => {
 *   let [field, step] = [1, 1];
 *   for (const { size, stride } of layers) {
 *     field += (size - 1) * step;
 *     step *= stride;
 *   }
 *   return field;
 * }, { exercise: "2.4" });
 * ```
 */
export async function checkReceptiveField(
  fn: ReceptiveFieldSolution,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, receptiveFieldExercise(options), options);
}
