import { type Check, check } from "./check.ts";

/** A layer with a window, along one axis. */
export interface WindowLayer {
  size: number;
  stride: number;
}

/** A student's receptive field of a stack of layers, the first one first. */
export type ReceptiveFieldSolution = (
  layers: WindowLayer[],
) => number | Promise<number>;

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
const whole = ({ size }: WindowLayer, step: number) => size * step;

const because = (reason: string) =>
  `${reason}: field = 1; step = 1; for each layer: field += (size - 1) * step; step *= stride`;

/**
 * Checks a student's receptive field: layers [{ size, stride }, ...], the one
 * next to the image first => pixels that one output sees along an axis.
 *
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
export const checkReceptiveField: Check<ReceptiveFieldSolution> = check({
  check: "checkReceptiveField",
  name: "receptiveField",
  names: ["layers"],
  cases({ stream }) {
    const layer = (stride: number): WindowLayer => ({
      size: 2 + stream.integer(4),
      stride,
    });
    const stacks = [[1], [1, 1], [2, 1], [1, 2, 1], [2, 3, 1], [2, 2, 3, 2]];
    return [
      ...stacks.map((strides): [WindowLayer[]] => [strides.map(layer)]),
      // A 1x1 convolution adds nothing, but its stride counts.
      [[layer(2), { size: 1, stride: 2 }, layer(1)]],
    ];
  },
  expected: (layers) => walk(layers, right),
  mistakes: [{
    "stride product forgotten": [
      because("after a stride, neighbours lie further apart on the image"),
      (layers) => walk(layers, ({ size }) => size - 1),
    ],
    "size added instead of size - 1": [
      because("the first pixel of the window is already in the field"),
      (layers) => walk(layers, whole),
      (layers) => walk(layers, whole, 0),
    ],
    "missing + 1": [
      because("the field starts with one pixel"),
      (layers) => walk(layers, right, 0),
    ],
    "own stride counted": [
      because("a layer's own stride widens only the layers after it"),
      (layers) =>
        walk(layers, ({ size, stride }, step) => (size - 1) * step * stride),
    ],
    "strides added instead of multiplied": [
      because(
        "two layers of stride 2 put neighbours 4 pixels apart, and three 8",
      ),
      (layers) => {
        let sum = 0;
        return walk(layers, ({ size, stride }) => {
          const grown = (size - 1) * Math.max(sum, 1);
          sum += stride;
          return grown;
        });
      },
    ],
    "only the stride of the layer before": [
      because("all strides before a layer are multiplied"),
      (layers) => {
        let before = 1;
        return walk(layers, ({ size, stride }) => {
          const grown = (size - 1) * before;
          before = stride;
          return grown;
        });
      },
    ],
    "layers in reverse order": [
      because("start with the layer next to the image"),
      (layers) => walk([...layers].reverse(), right),
    ],
    "sizes multiplied": [
      because("two 3-pixel windows see 5 pixels, not 9, since they overlap"),
      (layers) => layers.reduce((product, { size }) => product * size, 1),
    ],
    "only the last layer": [
      because("every layer below widens the field"),
      (layers) => layers.at(-1)?.size ?? 1,
    ],
  }],
});
