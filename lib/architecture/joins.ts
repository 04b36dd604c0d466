/**
 * How the outputs of branches become one tensor, and gradients find their way back.
 *
 * @module
 */
import { allocate, type Tensor } from "../tensor.ts";

/** The sum of tensors of one shape. */
export function addAll(parts: readonly Tensor[]): Tensor {
  const sum = {
    shape: [...parts[0].shape],
    data: parts[0].data.slice(),
  };
  for (const { data } of parts.slice(1)) {
    for (let i = 0; i < data.length; i++) sum.data[i] += data[i];
  }
  return sum;
}

/** Tensors side by side along the last axis, which holds the channels. */
export function concatChannels(parts: readonly Tensor[]): Tensor {
  const widths = parts.map((part) => part.shape.at(-1)!);
  const width = widths.reduce((sum, channels) => sum + channels, 0);
  const rows = parts[0].data.length / widths[0];
  const data = allocate(rows * width, parts[0].data);
  let start = 0;
  parts.forEach((part, p) => {
    for (let row = 0; row < rows; row++) {
      const from = row * widths[p];
      data.set(
        part.data.subarray(from, from + widths[p]),
        row * width + start,
      );
    }
    start += widths[p];
  });
  return { shape: [...parts[0].shape.slice(0, -1), width], data };
}

/** The parts that concatChannels() put side by side, with `widths` channels each. */
export function splitChannels(
  x: Tensor,
  widths: readonly number[],
): Tensor[] {
  const width = x.shape.at(-1)!;
  const rows = x.data.length / width;
  let start = 0;
  return widths.map((channels) => {
    const data = allocate(rows * channels, x.data);
    for (let row = 0; row < rows; row++) {
      const from = row * width + start;
      data.set(x.data.subarray(from, from + channels), row * channels);
    }
    start += channels;
    return { shape: [...x.shape.slice(0, -1), channels], data };
  });
}
