/** Changing training images at random, so that the network sees no two alike. */
import { flipImages, imageShape } from "../data/transforms.ts";
import { shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { allocate, type Tensor } from "../base/tensor.ts";
import type { Random } from "../base/random.ts";

/** Changes a batch [B, H, W, C]; the same stream gives the same change. */
export type Augment = (images: Tensor, random: Random) => Tensor;

/** Throws unless there is a stream to draw from. */
function checkStream(caller: string, stream: Random): void {
  if (typeof stream?.uniform === "function" && "integer" in stream) return;
  throw new TypeError(
    `${caller}() expects a stream of random numbers behind the images but found ${
      shown(stream)
    }: pass random(seed)`,
  );
}

/**
 * Moves every image by its own whole number of pixels; zeros move in. A move
 * farther than the image leaves nothing but zeros.
 *
 * @param pixels Farthest move, in each direction of both axes.
 * @throws {RangeError} No whole number of 0 or more.
 *
 * @example
 * ```ts
 * import { random, randomShift, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const images = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
 * const once = randomShift(1)(images, random(5));
 * assertEquals(once, randomShift(1)(images, random(5)));
 * ```
 */
export function randomShift(pixels = 2): Augment {
  checkRange("randomShift", "a whole number of pixels", pixels, {
    from: 0,
    whole: true,
    remedy: "2 is usual for 28 x 28 digits",
  });
  const draw = (random: Random) => random.integer(2 * pixels + 1) - pixels;
  return (images, random) => {
    const [n, height, width, channels] = imageShape(images, "randomShift");
    checkStream("randomShift", random);
    const data = allocate(images.data.length, images.data);
    const row = width * channels;
    for (let image = 0; image < n; image++) {
      const dx = draw(random), dy = draw(random);
      const kept = (width - Math.abs(dx)) * channels;
      if (kept <= 0) continue; // moved out as a whole
      for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++) {
        const to = (image * height + y) * row + Math.max(0, dx) * channels;
        const from = (image * height + y - dy) * row +
          Math.max(0, -dx) * channels;
        data.set(images.data.subarray(from, from + kept), to);
      }
    }
    return { shape: images.shape, data };
  };
}

/**
 * Mirrors every second image, drawn at random, left to right.
 *
 * Not for digits: a mirrored 2 is no digit.
 *
 * @example
 * ```ts
 * import { random, randomFlip, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const images = tensor([1, 2], [1, 1, 2, 1]);
 * const once = randomFlip()(images, random(5));
 * assertEquals(once, randomFlip()(images, random(5)));
 * ```
 */
export function randomFlip(): Augment {
  return (images, random) => {
    const [n] = imageShape(images, "randomFlip");
    checkStream("randomFlip", random);
    const flipped = flipImages(images, "horizontal");
    const size = images.data.length / n;
    for (let start = 0; start < images.data.length; start += size) {
      if (random.uniform() >= 0.5) continue;
      flipped.data.set(images.data.subarray(start, start + size), start);
    }
    return flipped;
  };
}

/**
 * One change after the other, as `augment` of fit().
 *
 * @throws {TypeError} A step that is no function.
 *
 * @example
 * ```ts
 * import { augmentations, random, randomFlip, randomShift, zeros } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const both = augmentations(randomShift(2), randomFlip());
 * assertEquals(both(zeros([5, 28, 28, 1]), random(1)).shape, [5, 28, 28, 1]);
 * ```
 */
export function augmentations(...steps: readonly Augment[]): Augment {
  const wrong = steps.findIndex((step) => typeof step !== "function");
  if (wrong !== -1) {
    throw new TypeError(
      `augmentations() expects functions but found ${
        shown(steps[wrong])
      } at place ${wrong}: pass such as randomShift(2), one after the other`,
    );
  }
  return (images, random) =>
    steps.reduce((changed, step) => step(changed, random), images);
}
