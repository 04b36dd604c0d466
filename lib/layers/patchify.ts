import { checkCount, checkShape, checkTensor } from "../base/check.ts";
import { shapeText, type Tensor, zerosLike } from "../base/tensor.ts";
import { define, imageShape, type Kind, plainRun } from "./define.ts";
import { count } from "./setting.ts";

/** Shape of patchify()'s output for one image; throws "expects ...". */
function patchesShape(
  [height, width, channels]: readonly number[],
  size: number,
): [number, number] {
  if (height % size === 0 && width % size === 0) {
    return [(height / size) * (width / size), size * size * channels];
  }
  throw new RangeError(
    `expects an image that patches of ${size} x ${size} cover but found ${
      shapeText([height, width])
    }: take a size that divides both sides`,
  );
}

/** Visits each row of `length` numbers of a patch: its place in x and in y. */
function eachRow(
  [n, height, width, channels]: readonly number[],
  size: number,
  visit: (from: number, to: number, length: number) => void,
): void {
  const length = size * channels;
  let to = 0;
  for (let image = 0; image < n; image++) {
    for (let top = 0; top < height; top += size) {
      for (let left = 0; left < width; left += size) {
        for (let row = top; row < top + size; row++, to += length) {
          const pixel = (image * height + row) * width + left;
          visit(pixel * channels, to, length);
        }
      }
    }
  }
}

/** Checks x and size; shape of the output. */
function checked(fn: string, x: Tensor, size: number): number[] {
  checkTensor(fn, "x", x, "[N, H, W, C]");
  checkCount(fn, "size", size);
  try {
    return [x.shape[0], ...patchesShape(x.shape.slice(1), size)];
  } catch (error) {
    throw new RangeError(`${fn}() ${(error as Error).message}`);
  }
}

/**
 * Cuts images into squares that do not overlap; each becomes a token, a row of its
 * pixels.
 *
 * Squares come row by row, and so do the pixels of a square, each with all its
 * channels. Source: Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020,
 * section 3.1.
 *
 * @param x Images [N, H, W, C].
 * @param size Side of a square; it divides H and W.
 * @returns [N, T, size * size * C] with T = H / size * W / size.
 * @throws {TypeError} An input without 4 axes.
 * @throws {RangeError} A size that does not divide H and W.
 *
 * @example
 * ```ts
 * import { patchify, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2, 3, 4], [5, 6, 7, 8]], [1, 2, 4, 1]);
 * assertEquals([...patchify(x, 2).data], [1, 2, 5, 6, 3, 4, 7, 8]);
 * ```
 */
export function patchify(x: Tensor, size: number): Tensor {
  const shape = checked("patchify", x, size);
  const y = zerosLike(x).data;
  eachRow(x.shape, size, (from, to, length) => {
    y.set(x.data.subarray(from, from + length), to);
  });
  return { shape, data: y }; // [N, T, size * size * C]
}

/**
 * Gradient of {@linkcode patchify}: each number goes back to its pixel. It also
 * puts an image together again from its patches.
 *
 * @param x Images [N, H, W, C]; only the shape matters.
 * @param dy Gradient of the loss for patchify()'s output.
 * @param size The size that patchify() had.
 * @returns dx [N, H, W, C].
 * @throws {TypeError} An input without 4 axes; a dy that does not fit.
 * @throws {RangeError} A size that does not divide H and W.
 *
 * @example
 * ```ts
 * import { patchify, patchifyBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2, 3, 4], [5, 6, 7, 8]], [1, 2, 4, 1]);
 * assertEquals(patchifyBackward(x, patchify(x, 2), 2), x);
 * ```
 */
export function patchifyBackward(x: Tensor, dy: Tensor, size: number): Tensor {
  const fn = "patchifyBackward";
  const shape = checked(fn, x, size);
  checkShape(fn, "dy", dy, shape, "dy has the shape of patchify()'s output");
  const dx = zerosLike(x);
  eachRow(x.shape, size, (from, to, length) => {
    dx.data.set(dy.data.subarray(to, to + length), from);
  });
  return dx;
}

/** Squares of the image as tokens. */
export interface PatchifyLayer {
  readonly kind: "patchify";
  readonly name?: string;
  /** Side of a square; it divides height and width. */
  readonly size: number;
}

/** Squares of the image as tokens, in a network: [H, W, C] becomes [T, d]. */
export const patchifyLayer: Kind<PatchifyLayer> = define({
  kind: "patchify",
  settings: { size: count() },
  shape: (input, { size }) => patchesShape(imageShape(input), size),
  run: plainRun(
    (x, { size }) => patchify(x, size),
    (x, dy, { size }) => patchifyBackward(x, dy, size),
  ),
  window: ({ size }) => ({
    size: [size, size],
    strides: [size, size],
    padding: "valid",
  }),
  label: ({ size }) => `patches ${size}×${size}`,
  tfjs: {
    className: "Patchify",
    compute(_tf, x, _weights, { size }) {
      const [n, height, width, channels] = x.shape;
      const rows = [n * height / size, size, width / size, size * channels];
      const squares = x.reshape(rows).transpose([0, 2, 1, 3]);
      return squares.reshape([
        n,
        ...patchesShape([height, width, channels], size),
      ]);
    },
  },
});
