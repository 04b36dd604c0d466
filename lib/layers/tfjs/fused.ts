/**
 * Kernels that an engine has for a whole layer.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "./class.ts";

/**
 * What the engine's own kernel `name` puts out first; undefined where it has none,
 * where there is nothing to do, or where the gradient of a gradient is asked for,
 * which only tfjs's operations have.
 */
export function fused(
  tf: Tf,
  name: string,
  inputs: Readonly<Record<string, tensorflow.Tensor>>,
  attrs: Readonly<Record<string, number>>,
): tensorflow.Tensor | undefined {
  const engine = tf.engine();
  const { state } = engine as unknown as { state: { gradientDepth: number } };
  const has = tf.getKernel(name, tf.getBackend()) !== undefined;
  const empty = Object.values(inputs).some(({ size }) => size === 0);
  if (!has || empty || state.gradientDepth > 1) return undefined;
  const y = engine.runKernel(name, { ...inputs }, { ...attrs });
  return (Array.isArray(y) ? y[0] : y) as tensorflow.Tensor;
}
