/** The pretrained EfficientNet-Lite0 of data/backbone. */
import { settle } from "../base/options.ts";
import { sizeOf } from "../base/shape.ts";
import { type Tensor, zeros } from "../base/tensor.ts";
import type { Architecture } from "../networks/types.ts";
import type { Weights } from "../networks/weights.ts";
import { efficientNetLite0 } from "../networks/zoo/efficient_net_lite.ts";
import { checkCount } from "../base/check.ts";
import { resizeImages } from "./resize.ts";
import { cropImages, imageShape } from "./transforms.ts";
import { dataFolder, pathOf, readBytes } from "./files.ts";

/** A pretrained network and what its classes are called. */
export interface Backbone {
  /** Batch normalisation is folded into the convolutions. */
  readonly architecture: Architecture;
  readonly weights: Weights;
  /** The 1,000 classes of ImageNet, such as "Egyptian cat". */
  readonly classNames: readonly string[];
}

/** A weight as the file's header tells it. */
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Loads EfficientNet-Lite0, trained by Google on ImageNet.
 *
 * {@linkcode forBackbone} makes its input. The kernels are stored as whole numbers of
 * 8 bits, so the last digits differ from the published ones; data/backbone/SOURCE.md
 * says where they come from.
 *
 * @param options `inputShape`: [224, 224, 3] unless told.
 * @returns Architecture, weights and class names.
 * @throws {Deno.errors.NotFound} A missing file; the message holds its path.
 * @throws {TypeError} A damaged file; an unknown option.
 *
 * @example
 * ```ts
 * import { describe, loadBackbone } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { architecture, classNames } = await loadBackbone();
 * assertEquals(describe(architecture).parameters, 4631000);
 * assertEquals(classNames[285], "Egyptian cat");
 * ```
 */
export async function loadBackbone(
  options: { inputShape?: readonly [number, number, number] } = {},
): Promise<Backbone> {
  const { inputShape } = settle("loadBackbone", options, {
    inputShape: [224, 224, 3],
  });
  const file = "backbone/efficientnet-lite0.safetensors";
  const path = pathOf(new URL(file, dataFolder));
  const names = pathOf(new URL("backbone/classes.json", dataFolder));
  const bytes = await readBytes(path, "loadBackbone");
  const text = await readBytes(names, "loadBackbone");
  const architecture = efficientNetLite0({ inputShape, batchNorm: false });
  return {
    architecture,
    weights: scaled(bytes, path),
    classNames: JSON.parse(new TextDecoder().decode(text)),
  };
}

/**
 * Pictures as the backbone wants them: the square in the middle, resized, grey tripled, in
 * numbers from about -1 to 1.
 *
 * @param images From 0 to 1, [N, H, W, 1] or [N, H, W, 3].
 * @param side Pixels of a side, 224 unless told.
 * @returns [N, side, side, 3].
 * @throws {TypeError} No images, or images with another number of channels.
 * @throws {RangeError} A side that is not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { forBackbone, loadPhoto } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const input = forBackbone(await loadPhoto("camera"), 64);
 * assertEquals(input.shape, [1, 64, 64, 3]);
 * ```
 */
export function forBackbone(images: Tensor, side = 224): Tensor {
  const [, height, width, channels] = imageShape(images, "forBackbone");
  if (channels !== 1 && channels !== 3) {
    throw new TypeError(
      `forBackbone() expects images with 1 or 3 channels but found ${channels}: pass grey or colour pictures`,
    );
  }
  checkCount("forBackbone", "a side", side);
  const most = Math.min(height, width);
  const square = cropImages(images, {
    top: Math.floor((height - most) / 2),
    left: Math.floor((width - most) / 2),
    height: most,
    width: most,
  });
  const { data, shape: [count] } = resizeImages(square, side, side);
  const input = zeros([count, side, side, 3]);
  for (let i = 0; i < input.data.length; i++) {
    const value = data[channels === 3 ? i : Math.floor(i / 3)];
    input.data[i] = (255 * value - 127) / 128;
  }
  return input;
}

/** The weights: kernels times the scale of their output channel, and biases. */
function scaled(bytes: Uint8Array, path: string): Weights {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (found: string): never => {
    throw new TypeError(
      `loadBackbone() expects weights in ${path} but found ${found}: restore the file from the repository`,
    );
  };
  const length = bytes.length < 8 ? 0 : Number(view.getBigUint64(0, true));
  if (length === 0 || length > bytes.length) damaged("no header");
  const header: Record<string, Entry> = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
  );
  const read = (name: string): Tensor => {
    const { dtype, shape, data_offsets: [first] } = header[name] ??
      damaged(`no "${name}"`);
    const at = 8 + length + first, wide = dtype === "I8" ? 1 : 4;
    if (at + wide * sizeOf(shape) > bytes.length) damaged(`half of "${name}"`);
    const value = zeros(shape);
    for (let i = 0; i < value.data.length; i++) {
      value.data[i] = wide === 1
        ? view.getInt8(at + i)
        : view.getFloat32(at + 4 * i, true);
    }
    return value;
  };
  const weights: Weights = new Map();
  for (const name of Object.keys(header)) {
    if (name.endsWith("/scale")) continue;
    const value = read(name);
    if (name.endsWith("/kernel")) {
      const { data } = read(name.replace(/kernel$/, "scale"));
      value.data.forEach((v, i) => value.data[i] = v * data[i % data.length]);
    }
    weights.set(name, value);
  }
  return weights;
}
