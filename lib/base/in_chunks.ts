import { pause } from "./pause.ts";
import { slice, type Tensor } from "./tensor.ts";
import { concatRows } from "./verbs.ts";

/** Many images, `size` at a time; all at once where they are no more, or none. */
export function* chunksOf(images: Tensor, size: number): Generator<Tensor> {
  const rows = images.shape[0];
  if (rows <= size) yield images;
  for (let start = 0; rows > size && start < rows; start += size) {
    yield slice(images, start, Math.min(start + size, rows));
  }
}

/**
 * What `forward` makes of many images, of which it gets `size` at a time: the
 * rows of all, one below the other. The event loop has its turns in between.
 */
export async function inChunks(
  images: Tensor,
  size: number,
  forward: (part: Tensor) => Tensor | Promise<Tensor>,
): Promise<Tensor> {
  const parts: Tensor[] = [];
  let last = performance.now();
  for (const part of chunksOf(images, size)) {
    parts.push(await forward(part));
    last = await pause(last);
  }
  return parts.length === 1 ? parts[0] : concatRows(parts);
}
