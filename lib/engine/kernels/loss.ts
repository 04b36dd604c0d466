/**
 * Softmax cross entropy with its gradient in one pass, where tfjs takes some twenty
 * operations: a batch has few logits, so that their number counts and not their work.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Info, Tensor } from "../stock.ts";
import type { Engine } from "./engine.ts";
import { register } from "./register.ts";

/** Ours: (logits [N, C], labels [N]) to (loss, hits, the gradient of the loss). */
const CROSS_ENTROPY = "SoftmaxCrossEntropy";

/** Registers the kernel, and the gradient. */
export function registerLoss(): void {
  register(CROSS_ENTROPY, (engine, { logits, labels }) => {
    const loss = engine.output([]), hits = engine.output([]);
    const gradient = engine.output(logits.shape);
    engine.also(() =>
      compute(engine, { logits, labels, loss, hits, gradient })
    );
    return [loss, hits, gradient];
  });
  tf.registerGradient({
    kernelName: CROSS_ENTROPY,
    outputsToSave: [false, false, true],
    gradFunc: (dys, [gradient]) => ({
      logits: () => tf.mul(gradient, (dys as Tensor[])[0]),
    }),
  });
}

type Tensors = Record<
  "logits" | "labels" | "loss" | "hits" | "gradient",
  Info
>;

function compute(engine: Engine, tensors: Tensors): void {
  const [rows, columns] = tensors.logits.shape;
  const at = (x: Info) => engine.address(x), all = rows * columns;
  const logits = engine.view(at(tensors.logits), all);
  const gradient = engine.view(at(tensors.gradient), all);
  const labels = new Int32Array(logits.buffer, at(tensors.labels), rows);
  let loss = 0, hits = 0;
  for (let r = 0; r < rows; r++) {
    const first = r * columns, end = first + columns;
    let best = first, most = -Infinity, sum = 0;
    for (let i = first; i < end; i++) {
      if (logits[i] > most) best = i;
      most = Math.max(most, logits[i]); // NaN stays
    }
    if (best === first + labels[r]) hits++;
    for (let i = first; i < end; i++) sum += Math.exp(logits[i] - most);
    const log = Math.log(sum);
    for (let i = first; i < end; i++) {
      const x = logits[i] - most, wanted = i === first + labels[r] ? 1 : 0;
      loss -= wanted * (x - log); // NaN beside a logit of minus infinity
      gradient[i] = (Math.exp(x) / sum - wanted) / rows;
    }
  }
  engine.view(at(tensors.loss), 1)[0] = loss / rows;
  engine.view(at(tensors.hits), 1)[0] = hits;
}
