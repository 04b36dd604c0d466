/**
 * Matrix products, with either operand transposed.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tf } from "../load.ts";
import { activate, knows } from "./activate.ts";
import { ACTIVATIONS } from "./convolve.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import { eights } from "./geometry.ts";
import { allFloat, register } from "./register.ts";

/** Ours: a product with its bias whose gradients are made when asked for. */
export const BIASED_PRODUCT = "BiasedMatMul";

function matMul(
  tf: Tf,
  engine: Engine,
  a: tensorflow.TensorInfo,
  b: tensorflow.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias: tensorflow.TensorInfo | undefined,
  activation: number,
): tensorflow.TensorInfo | undefined {
  if (transposeA && (transposeB || bias !== undefined || activation !== 0)) {
    return undefined;
  }
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const rows = transposeA ? aColumns : aRows;
  const inner = transposeA ? aRows : aColumns;
  const columns = transposeB ? bRows : bColumns;
  if (inner !== (transposeB ? bColumns : bRows)) return undefined;
  const aBatch = a.shape.slice(0, -2), bBatch = b.shape.slice(0, -2);
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(
    aBatch,
    bBatch,
  );
  const batches = tf.util.sizeFromShape(batchShape);
  const aCount = tf.util.sizeFromShape(aBatch);
  const bCount = tf.util.sizeFromShape(bBatch);
  // Only whole batches or a single matrix; anything between is rare.
  if (
    (aCount !== batches && aCount !== 1) || (bCount !== batches && bCount !== 1)
  ) {
    return undefined;
  }
  const out = engine.output([...batchShape, rows, columns]);
  const taps = Math.ceil(rows / 6) * 6;
  const sumBytes = taps * eights(columns) * 4;
  const [pointers, work, sums] = engine.scratch(
    POINTER_BYTES,
    transposeA ? taps * 4 : inner * eights(columns) * 4,
    transposeA ? sumBytes : 0,
  );
  const { run } = engine;
  const biasAt = bias === undefined ? 0 : engine.address(bias);
  const aAt = engine.address(a), bAt = engine.address(b);
  if (transposeA) run.tapOffsets(1, 0, 1, 0, rows, work);
  for (let n = 0; n < batches; n++) {
    const from = aAt + (aCount === 1 ? 0 : n * rows * inner * 4);
    const other = bAt + (bCount === 1 ? 0 : n * inner * columns * 4);
    const to = engine.address(out) + n * rows * columns * 4;
    if (transposeA) {
      run.clear(sums, sumBytes);
      run.outer(
        ...[from, 0, 0, rows * 4, other, 0, 0, columns * 4, 1, 1, inner],
        ...[work, rows, columns, sums],
      );
      run.unpadSums(sums, rows, columns, to);
    } else {
      if (n === 0 || bCount > 1) {
        run.packPanels(
          other,
          inner,
          columns,
          transposeB ? 4 : columns * 4,
          transposeB ? inner * 4 : 4,
          work,
          inner * 32,
        );
      }
      run.product(
        ...[from, 0, 0, inner * 4, 1, 1, rows, 1, 0, 1, 0, inner],
        ...[work, columns, to, 0, 0, columns * 4],
        ...[biasAt, activation, pointers],
      );
    }
  }
  return out;
}

/** Registers BatchMatMul and _FusedMatMul. */
export function registerMatMul(tf: Tf): void {
  register(
    tf,
    "BatchMatMul",
    (engine, { a, b }, { transposeA, transposeB }) =>
      allFloat(a, b)
        ? matMul(tf, engine, a, b, transposeA, transposeB, undefined, 0)
        : undefined,
  );
  register(tf, "_FusedMatMul", (engine, inputs, attrs) => {
    const { a, b, bias, preluActivationWeights } = inputs;
    const { transposeA, transposeB, activation = "linear" } = attrs;
    const own = ACTIVATIONS[activation];
    // tfjs's own kernel is wrong for a transposed operand with a sigmoid, so
    // the others, too, are ours: a product, then the function.
    if (!knows(activation)) return undefined;
    if (!allFloat(a, b, bias)) return undefined;
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
    if (
      bias !== undefined &&
      (tf.util.sizeFromShape(bias.shape) !== columns ||
        bias.shape[bias.shape.length - 1] !== columns)
    ) return undefined;
    const y = matMul(
      ...[tf, engine, a, b, transposeA, transposeB, bias, own ?? 0] as const,
    );
    return y === undefined || own !== undefined
      ? y
      : activate(tf, y, { preluActivationWeights }, attrs);
  });
  register(
    tf,
    BIASED_PRODUCT,
    (engine, { a, b, bias }) => matMul(tf, engine, a, b, false, false, bias, 0),
  );
  tf.registerGradient({
    kernelName: BIASED_PRODUCT,
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b]) => {
      const given = dy as tensorflow.Tensor2D;
      return {
        a: () => tf.matMul(given, b as tensorflow.Tensor2D, false, true),
        b: () => tf.matMul(a as tensorflow.Tensor2D, given, true, false),
        bias: () => tf.sum(given, 0),
      };
    },
  });
}
