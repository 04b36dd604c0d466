/** Changing pixel values: colour to grey, and mean 0 with deviation 1. */
import { shown } from "../base/options.ts";
import { allocate, shapeText, type Tensor } from "../base/tensor.ts";
import { imageShape } from "./transforms.ts";

/** Brightness of red, green and blue (ITU-R BT.601). */
const BRIGHTNESS = [0.299, 0.587, 0.114];

/**
 * Turns colour images into grey ones: 0.299 red + 0.587 green + 0.114 blue.
 *
 * @param images [N, H, W, 3]; grey images [N, H, W, 1] are copied.
 * @returns [N, H, W, 1].
 * @throws {TypeError} Images with another number of channels.
 *
 * @example
 * ```ts
 * import { tensor, toGrey } from "cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const green = tensor([0, 1, 0], [1, 1, 1, 3]);
 * assertAlmostEquals(toGrey(green).data[0], 0.587, 1e-6);
 * ```
 */
export function toGrey(images: Tensor): Tensor {
  const [n, height, width, channels] = imageShape(images, "toGrey");
  if (channels === 1) {
    return { shape: [...images.shape], data: images.data.slice() };
  }
  if (channels !== 3) {
    throw new TypeError(
      `toGrey() expects images with 1 or 3 channels but found ${
        shapeText(images.shape)
      }: the channels are the last axis`,
    );
  }
  const data = allocate(n * height * width, images.data);
  for (let i = 0; i < data.length; i++) {
    for (let c = 0; c < 3; c++) {
      data[i] += BRIGHTNESS[c] * images.data[3 * i + c];
    }
  }
  return { shape: [n, height, width, 1], data };
}

/** Mean and standard deviation of each channel. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Mean and standard deviation of each channel over all images and pixels.
 *
 * @param images [N, H, W, C].
 * @throws {RangeError} No pixels, or pixels that are no finite numbers.
 *
 * @example
 * ```ts
 * import { channelStatistics, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { mean, deviation } = channelStatistics(tensor([1, 3], [1, 1, 2, 1]));
 * assertEquals([mean[0], deviation[0]], [2, 1]);
 * ```
 */
export function channelStatistics(images: Tensor): ChannelStatistics {
  return statisticsOf("channelStatistics", images);
}

/** The same, in the name of the function that was called. */
function statisticsOf(caller: string, images: Tensor): ChannelStatistics {
  const channels = imageShape(images, caller)[3];
  if (images.data.length === 0) {
    throw new RangeError(
      `${caller}() expects at least one pixel but found images ${
        shapeText(images.shape)
      }: pass some`,
    );
  }
  const count = images.data.length / channels;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  images.data.forEach((value, i) => mean[i % channels] += value / count);
  images.data.forEach((value, i) =>
    variance[i % channels] += (value - mean[i % channels]) ** 2 / count
  );
  const wrong = mean.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) {
    throw new RangeError(
      `${caller}() expects finite pixels but found a mean of ${
        mean[wrong]
      } in channel ${wrong}: look for what made it`,
    );
  }
  return { mean, deviation: variance.map(Math.sqrt) };
}

/**
 * Brings every channel to mean 0 and deviation 1.
 *
 * Pass the statistics of the training images when preparing test images: both
 * must go through the same arithmetic.
 *
 * @param images [N, H, W, C].
 * @param statistics Of the images themselves unless told.
 * @returns [N, H, W, C], a copy; a channel of one value everywhere becomes 0.
 * @throws {TypeError} Statistics of another number of channels, or that are no numbers.
 *
 * @example
 * ```ts
 * import { standardise, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...standardise(tensor([1, 3], [1, 1, 2, 1])).data], [-1, 1]);
 * ```
 */
export function standardise(
  images: Tensor,
  statistics?: ChannelStatistics,
): Tensor {
  const channels = imageShape(images, "standardise")[3];
  const { mean, deviation } = statistics === undefined
    ? statisticsOf("standardise", images)
    : statistics ?? {};
  const numbers = (list: unknown) =>
    Array.isArray(list) && list.every((value) => Number.isFinite(value));
  if (!numbers(mean) || !numbers(deviation)) {
    throw new TypeError(
      `standardise() expects statistics { mean, deviation } in lists of numbers but found ${
        shown(numbers(mean) ? deviation : mean ?? statistics)
      }: take both from channelStatistics()`,
    );
  }
  const negative = deviation.findIndex((value) => value < 0);
  if (negative !== -1) {
    throw new RangeError(
      `standardise() expects deviations of 0 or more but found ${
        deviation[negative]
      } in channel ${negative}: take both from channelStatistics()`,
    );
  }
  if (mean.length !== channels || deviation.length !== channels) {
    throw new TypeError(
      `standardise() expects a mean and a deviation for each of ${channels} channels but found ${mean.length} and ${deviation.length}: take both from channelStatistics()`,
    );
  }
  const data = allocate(images.data.length, images.data);
  for (let i = 0; i < data.length; i++) {
    const c = i % channels;
    data[i] = (images.data[i] - mean[c]) / (deviation[c] || 1);
  }
  return { shape: [...images.shape], data };
}
