import { allocate, type Tensor } from "../base/tensor.ts";

/**
 * Images made smaller by a whole factor: each block of pixels becomes its mean.
 * Rows and columns that fill no block are left out.
 *
 * @param images [N, H, W, C]
 * @param factor 1 or more; 1 gives the images themselves.
 */
export function shrink(images: Tensor, factor: number): Tensor {
  if (factor === 1) return images;
  const [count, height, width, channels] = images.shape;
  const rows = Math.max(1, Math.floor(height / factor));
  const columns = Math.max(1, Math.floor(width / factor));
  const high = Math.min(factor, height);
  const wide = Math.min(factor, width);
  const data = allocate(count * rows * columns * channels, images.data);
  let to = 0;
  for (let n = 0; n < count; n++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        for (let k = 0; k < channels; k++) {
          let sum = 0;
          for (let i = 0; i < high; i++) {
            const row = (n * height + r * factor + i) * width + c * factor;
            for (let j = 0; j < wide; j++) {
              sum += images.data[(row + j) * channels + k];
            }
          }
          data[to++] = sum / (high * wide);
        }
      }
    }
  }
  return { shape: [count, rows, columns, channels], data };
}
