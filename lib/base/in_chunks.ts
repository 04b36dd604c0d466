import { pause } from "./pause.ts";
import { slice, type Tensor } from "./tensor.ts";
import { concatRows } from "./verbs.ts";

/**
 * What `forward` makes of many images, of which it gets `size` at a time: the
 * rows of all, one below the other. The event loop has its turns in between.
 */
export async function inChunks(
  images: Tensor,
  size: number,
  forward: (part: Tensor) => Tensor | Promise<Tensor>,
): Promise<Tensor> {
  const rows = images.shape[0], parts: Tensor[] = [];
  if (rows <= size) return await forward(images);
  let last = performance.now();
  for (let start = 0; start < rows; start += size) {
    const part = slice(images, start, Math.min(start + size, rows));
    parts.push(await forward(part));
    last = await pause(last);
  }
  return concatRows(parts);
}
