import { allocate, type Tensor } from "./tensor.ts";

/** Tensors of equal row shape, one below the other. */
export function joinRows(parts: readonly Tensor[]): Tensor {
  const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const [first] = parts;
  const width = first.data.length / first.shape[0];
  const data = allocate(rows * width, first.data);
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { shape: [rows, ...first.shape.slice(1)], data };
}
