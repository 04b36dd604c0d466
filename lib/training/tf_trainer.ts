/**
 * Training a TensorFlow.js model.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { slice, type Tensor } from "../tensor.ts";
import { fromTf, toTf } from "../tfjs/convert.ts";
import { type Tf, tfjs } from "../tfjs/load.ts";
import { joinRows } from "./join_rows.ts";
import { tfOptimizer } from "./tf_optimizer.ts";
import { checkLabels, checkLoss } from "./classify.ts";
import { settingsOf } from "./settings.ts";
import type { Trainer, TrainerOptions } from "./trainer.ts";

/** Images whose activations are held at once outside training. */
const CHUNK = 250;

/**
 * Makes a trainer for a TensorFlow.js model; its weights change in place.
 *
 * The loss is the softmax cross entropy of the model's logits, so the model
 * ends without a softmax. Batch normalisation updates its moving averages.
 *
 * @param model From `toLayersModel()`, or any tf.LayersModel with one input and one output.
 * @param options `optimizer`, `learningRate`, `momentum`, `weightDecay`.
 * @returns A trainer for fit(), evaluate() and the like. Its `dispose()` frees
 * the optimizer's tensors, not the model.
 * @throws {TypeError} A model that ends with a softmax.
 * @throws {RangeError} A setting out of range.
 *
 * @example
 * ```ts
 * import { lenet, tfTrainer, toLayersModel, useBackend, zeros } from "cnn";
 * import { assert } from "@std/assert";
 *
 * await useBackend();
 * const trainer = tfTrainer(toLayersModel(lenet(), { seed: 1 }));
 * const images = zeros([2, 28, 28, 1]);
 * const { loss } = await trainer.step(images, Uint8Array.of(3, 7));
 * assert(loss > 0);
 * trainer.dispose();
 * ```
 */
export function tfTrainer(
  model: tensorflow.LayersModel,
  options: TrainerOptions = {},
): Required<Trainer> {
  const tf = tfjs();
  const settings = settingsOf("tfTrainer", options);
  requireLogits(model);
  const variables = variablesOf(model);
  const optimizer = tfOptimizer(tf, settings, variables);
  let steps = 0;

  /** Loss, hits and gradients; the caller disposes what is returned. */
  const differentiate = (images: Tensor, labels: Uint8Array) => {
    return tf.tidy(() => {
      const x = toTf(images);
      let correct: tensorflow.Tensor | undefined;
      const { value, grads } = tf.variableGrads(() => {
        const logits = model.apply(x, { training: true }) as tensorflow.Tensor;
        checkLabels("tfTrainer", labels, logits.shape);
        const target = oneHot(tf, labels, logits.shape[1]!);
        const hits = tf.equal(logits.argMax(1), tf.tensor1d(labels, "int32"));
        correct = tf.keep(hits.sum().toFloat());
        const chosen = tf.mul(
          tf.logSoftmax(logits as tensorflow.Tensor2D),
          target,
        );
        return tf.neg(chosen.sum()).div(labels.length) as tensorflow.Scalar;
      }, [...variables.values()]);
      // one tensor, so that an engine on the graphics card is read only once
      const report = tf.stack([value, correct!]);
      correct!.dispose();
      return { report, grads };
    });
  };
  const lossOf = async (report: tensorflow.Tensor) => {
    const [loss, correct] = await report.data();
    report.dispose();
    checkLoss("tfTrainer", loss, steps + 1, optimizer.learningRate);
    return { loss, correct };
  };

  return {
    get learningRate() {
      return optimizer.learningRate;
    },
    set learningRate(rate) {
      optimizer.learningRate = rate;
    },
    async step(images, labels) {
      const { report, grads } = differentiate(images, labels);
      optimizer.update(grads);
      tf.dispose(grads);
      const result = await lossOf(report);
      steps++;
      return result;
    },
    async gradients(images, labels) {
      const averages = model.nonTrainableWeights;
      const before = averages.map((weight) => weight.read().clone());
      const { report, grads } = differentiate(images, labels);
      // the moving averages of batch normalisation moved
      averages.forEach((weight, i) => weight.write(before[i]));
      tf.dispose(before);
      try {
        await lossOf(report);
        const named = new Map<string, Tensor>();
        for (const [name, { name: key }] of variables) {
          named.set(name, await fromTf(grads[key]));
        }
        return named;
      } finally {
        tf.dispose(grads);
      }
    },
    async logits(images) {
      const rows = images.shape[0], parts: Tensor[] = [];
      for (let start = 0; start < rows; start += CHUNK) {
        const part = slice(images, start, Math.min(start + CHUNK, rows));
        const y = tf.tidy(() => model.apply(toTf(part)) as tensorflow.Tensor);
        parts.push(await fromTf(y));
        y.dispose();
      }
      return joinRows(parts);
    },
    dispose: () => optimizer.dispose(),
  };
}

/** The weights that gradients move, under their names: `conv1/kernel`. */
function variablesOf(
  model: tensorflow.LayersModel,
): Map<string, tensorflow.Variable> {
  return new Map(model.trainableWeights.map((weight) => [
    // tfjs puts _1 behind the name of a second model's weights; this is without
    weight.originalName.replace("depthwise_kernel", "kernel"),
    weight.read() as tensorflow.Variable,
  ]));
}

/** Throws when the model's last layer turns logits into probabilities. */
function requireLogits(model: tensorflow.LayersModel): void {
  const last = model.layers.at(-1)!;
  const softmax = last.getClassName() === "Softmax" ||
    last.getConfig().activation === "softmax";
  if (softmax) {
    throw new TypeError(
      `tfTrainer() expects a model that ends with logits but found a softmax in its last layer "${last.name}": leave it out, the loss applies it`,
    );
  }
}

/** [N, classes]: 1 at the label, 0 elsewhere. */
function oneHot(
  tf: Tf,
  labels: Uint8Array,
  classes: number,
): tensorflow.Tensor2D {
  const values = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => values[i * classes + label] = 1);
  return tf.tensor2d(values, [labels.length, classes]);
}
