import * as tf from "@tensorflow/tfjs";

/**
 * The gradients of max and min over axes: tfjs looks for inputs that equal the
 * result, and NaN equals nothing, so the gradient was lost.
 */
export function repairMaximumGradients(): void {
  for (const kernelName of ["Max", "Min"]) {
    const stock = tf.getGradient(kernelName);
    tf.registerGradient({
      ...stock,
      gradFunc: (dy, saved, attrs) => {
        const [x, y] = saved;
        const { reductionIndices } = attrs as { reductionIndices?: number[] };
        const axes = tf.util.parseAxisParam(reductionIndices!, x.shape);
        const shape = tf.backend_util.expandShapeToKeepDim(
          tf.backend_util.computeOutAndReduceShapes(x.shape, axes)[0],
          axes,
        );
        const lost = tf.isNaN(x);
        const chosen = tf.logicalOr(tf.equal(x, tf.reshape(y, shape)), lost);
        return {
          x: () =>
            tf.mul(
              tf.reshape(dy as tf.Tensor, shape),
              tf.cast(chosen, "float32"),
            ),
        };
      },
    });
  }
}
