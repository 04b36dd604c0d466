import { type Info, wrapKernel } from "../stock.ts";
import type { CpuBackend } from "./pools.ts";

/**
 * The gradient of enlarging by the nearest pixel, on cpu: tfjs reads every
 * picture's gradient at the place of a smaller one, so all but the first are
 * wrong.
 */
export function repairNearest(): void {
  wrapKernel(
    "ResizeNearestNeighborGrad",
    "cpu",
    ({ inputs, attrs, backend }) => {
      const cpu = backend as CpuBackend;
      const { images, dy } = inputs;
      const { alignCorners } = attrs as unknown as { alignCorners: boolean };
      const [batch, height, width, depth] = images!.shape;
      const [, outHeight, outWidth] = dy!.shape;
      const rows = sources(height, outHeight, alignCorners);
      const columns = sources(width, outWidth, alignCorners);
      const given = cpu.data.get(dy!.dataId).values;
      const dx = new Float32Array(batch * height * width * depth);
      let from = 0;
      for (let n = 0; n < batch; n++) {
        for (const row of rows) {
          for (const column of columns) {
            const to = ((n * height + row) * width + column) * depth;
            for (let c = 0; c < depth; c++) dx[to + c] += given[from++];
          }
        }
      }
      return cpu.makeTensorInfo(images!.shape, "float32", dx);
    },
  );
}

/** The gradient of enlarging by interpolation, whose sides tfjs swaps on cpu. */
export function repairBilinear(): void {
  wrapKernel("ResizeBilinearGrad", "cpu", (call, stock) => ({
    ...stock(call) as Info,
    shape: call.inputs.images!.shape,
  }));
}

/** Which pixel of an axis each pixel of the enlarged axis shows. */
function sources(length: number, out: number, alignCorners: boolean): number[] {
  const corners = alignCorners && out > 1;
  const step = corners ? (length - 1) / (out - 1) : length / out;
  return Array.from({ length: out }, (_, i) =>
    Math.min(
      length - 1,
      alignCorners ? Math.round(i * step) : Math.floor(i * step),
    ));
}
