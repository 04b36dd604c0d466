import { type ImageSet, selectImages } from "../data/image_set.ts";
import { loadMnist } from "../data/mnist.ts";

/** The digits of a seed: 300 to learn from, and 300 to choose by. */
export async function rateSweepDigits(
  seed: number,
): Promise<{ train: ImageSet; validation: ImageSet }> {
  const digits = await loadMnist({ limit: 600, seed });
  const half = (start: number) =>
    selectImages(digits, Array.from({ length: 300 }, (_, i) => start + i));
  return { train: half(0), validation: half(300) };
}
