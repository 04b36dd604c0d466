/** The loss of a training step on TensorFlow.js. */
import type * as tensorflow from "@tensorflow/tfjs";
import { tfjs } from "./load.ts";

/**
 * The mean cross entropy of softmax(logits), and how many rows have their largest
 * logit at their label.
 *
 * @param logits [N, C].
 * @param labels [N], int32, classes below C.
 */
export function crossEntropy(
  logits: tensorflow.Tensor,
  labels: tensorflow.Tensor,
): { loss: tensorflow.Scalar; hits: tensorflow.Tensor } {
  const tf = tfjs();
  const fits = logits.rank === 2 && logits.dtype === "float32";
  if (tf.getBackend() === "wasm" && fits) {
    const [loss, hits] = tf.engine()
      .runKernel("SoftmaxCrossEntropy", { logits, labels }) as unknown as [
        tensorflow.Scalar,
        tensorflow.Tensor,
      ];
    return { loss, hits };
  }
  const hits = logits.argMax(1).equal(labels).sum().toFloat();
  const target = tf.oneHot(labels as tensorflow.Tensor1D, logits.shape[1]!);
  const chosen = tf.logSoftmax(logits).mul(target.toFloat());
  const loss = chosen.sum().neg().div(logits.shape[0]) as tensorflow.Scalar;
  return { loss, hits };
}
