import * as tf from "@tensorflow/tfjs";

type Tensor = tf.Tensor;

/**
 * The gradients of mean pooling, in two and three dimensions.
 *
 * tfjs's forward divides a window's sum by its pixels on the image; its gradient
 * divides by the whole window, also where only a part lies on the image. So the
 * gradient of each window is scaled by the whole window over that part before.
 */
export function repairMeanPools(): void {
  for (
    const [kernelName, axes] of [["AvgPool", 2], ["AvgPool3D", 3]] as const
  ) {
    const stock = tf.getGradient(kernelName);
    tf.registerGradient({
      ...stock,
      gradFunc: (dy, saved, attrs) => {
        const scales = windowScales(saved[0].shape, attrs, axes);
        const scaled = scales.reduce<Tensor>((value, scale, axis) => {
          if (scale.every((one) => one === 1)) return value;
          const shape = value.shape.map((_, i) => i === axis + 1 ? -1 : 1);
          return tf.mul(value, tf.reshape(tf.tensor1d(scale), shape));
        }, dy as Tensor);
        return stock.gradFunc(scaled, saved, attrs);
      },
    });
  }
}

/** For each axis and window: its length over the part on the image. */
function windowScales(
  shape: number[],
  attrs: tf.NamedAttrMap,
  axes: 2 | 3,
): number[][] {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
    filterSize: number;
    strides: number;
    pad: "same";
    dimRoundingMode?: "floor";
  };
  const sides = (
    length: number,
    size: number,
    step: number,
    first: number,
    out: number,
  ) =>
    Array.from({ length: out }, (_, i) => {
      const start = i * step - first;
      const inside = Math.min(start + size, length) - Math.max(start, 0);
      return size / inside;
    });
  if (axes === 2) {
    const both = typeof pad === "number" && pad > 0
      ? [[0, 0], [pad, pad], [pad, pad], [0, 0]] as unknown as "same"
      : pad;
    const info = tf.backend_util.computePool2DInfo(
      shape as [number, number, number, number],
      ...[filterSize, strides, 1, both, dimRoundingMode] as const,
    );
    const { top, left } = info.padInfo;
    return [
      sides(
        info.inHeight,
        info.filterHeight,
        info.strideHeight,
        top,
        info.outHeight,
      ),
      sides(
        info.inWidth,
        info.filterWidth,
        info.strideWidth,
        left,
        info.outWidth,
      ),
    ];
  }
  const info = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    ...[filterSize, strides, 1, pad, dimRoundingMode] as const,
  );
  const { front, top, left } = info.padInfo;
  return [
    sides(
      info.inDepth,
      info.filterDepth,
      info.strideDepth,
      front,
      info.outDepth,
    ),
    sides(
      info.inHeight,
      info.filterHeight,
      info.strideHeight,
      top,
      info.outHeight,
    ),
    sides(
      info.inWidth,
      info.filterWidth,
      info.strideWidth,
      left,
      info.outWidth,
    ),
  ];
}
