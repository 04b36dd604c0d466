import * as tf from "@tensorflow/tfjs";

type Tensor = tf.Tensor;

/**
 * Gradients of a convolution's gradients, which tfjs lacks: by the kernel, and
 * both of a depthwise one.
 *
 * A convolution is linear in the image and in the kernel, so each of these is a
 * convolution or one of its gradients again, with what comes back in the place
 * of image or kernel.
 */
export function repairConvolutionGradients(): void {
  const run = (
    name: string,
    inputs: Record<string, Tensor>,
    attrs: tf.NamedAttrMap,
    more: object = {},
  ) => tf.engine().runKernel(name, inputs, { ...attrs, ...more }) as Tensor;
  for (const name of ["Conv2D", "DepthwiseConv2dNative"]) {
    const toInput = `${name}BackpropInput`, toFilter = `${name}BackpropFilter`;
    tf.registerGradient({
      kernelName: toFilter,
      inputsToSave: ["x", "dy"],
      gradFunc: (back, [x, dy], attrs) => {
        const filter = back as Tensor;
        return {
          x: () => run(toInput, { dy, filter }, attrs, { inputShape: x.shape }),
          dy: () => run(name, { x, filter }, attrs),
        };
      },
    });
    if (tf.getGradient(toInput) !== undefined) continue;
    tf.registerGradient({
      kernelName: toInput,
      inputsToSave: ["dy", "filter"],
      gradFunc: (back, [dy, filter], attrs) => {
        const x = back as Tensor;
        return {
          dy: () => run(name, { x, filter }, attrs),
          filter: () =>
            run(toFilter, { x, dy }, attrs, { filterShape: filter.shape }),
        };
      },
    });
  }
}
