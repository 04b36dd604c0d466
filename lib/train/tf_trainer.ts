/** Training a TensorFlow.js model. */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Labels } from "../base/labels.ts";
import { shown } from "../base/options.ts";
import { inChunks } from "../base/in_chunks.ts";
import type { Tensor } from "../base/tensor.ts";
import { fromTf } from "../engine/convert.ts";
import { crossEntropy } from "../engine/cross_entropy.ts";
import { withoutLooking } from "../engine/folding.ts";
import { recover, tfjs } from "../engine/load.ts";
import { learningOf } from "../engine/planned.ts";
import { checkImages, outputFor } from "../explain/any_network.ts";
import { roomWarning } from "./room.ts";
import { plannedAnswers } from "./planned_answers.ts";
import { plannedSteps, tensorsFor } from "./planned_steps.ts";
import { tfOptimizer } from "./tf_optimizer.ts";
import { checkLabels, checkLoss } from "../measure/classify.ts";
import { checkMoving, checkRate, settingsOf } from "./settings.ts";
import type { Stepping, Trainer, TrainerOptions } from "../measure/trainer.ts";

/** Images whose activations are held at once outside training. */
const CHUNK = 250;

/**
 * Makes a trainer for a TensorFlow.js model; its weights change in place.
 *
 * The loss is the softmax cross entropy of the model's logits, so the model
 * ends without a softmax. Batch normalisation updates its moving averages. A
 * line is printed, once, before a step that wasm may have no memory for; see
 * describe().
 *
 * @param model From `toLayersModel()`, or any tf.LayersModel with one input and one output.
 * @param options `optimizer`, `learningRate`, `momentum`, `weightDecay`.
 * @returns A trainer for fit(), evaluate() and the like. Its `dispose()` frees
 * the optimizer's tensors, not the model.
 * @throws {TypeError} No model, or one that ends with a softmax; an unknown
 * option or optimizer.
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
  recover();
  const settings = settingsOf("tfTrainer", options);
  checkModel(model);
  const variables = variablesOf(model);
  const optimizer = tfOptimizer(settings, variables);
  const row = model.outputs[0].shape.slice(1) as number[];
  const known = !row.includes(null!);
  const warn = roomWarning(model, settings);
  let steps = 0, stepping: Stepping = "taped", disposed = false;

  /** The weights that a step moves now. */
  const learning = () => {
    const known = new Set(variables.values());
    return learningOf(model).filter((one) => known.has(one));
  };

  /** Throws for what no step can be made of. */
  const check = (images: Tensor, labels: Labels) => {
    recover();
    checkImages("tfTrainer", model, images);
    checkMoving("tfTrainer", new Set(learning()));
    // before the pass, so that refused labels move no average
    if (known) checkLabels("tfTrainer", labels, [images.shape[0], ...row]);
  };

  /** Loss, hits and gradients; the caller disposes what is returned. */
  const differentiate = (
    [x, wanted]: readonly tensorflow.Tensor[],
    checkLogits = (_shape: number[]) => {},
  ) => {
    let hits: tensorflow.Tensor | undefined;
    const failed: unknown[] = [];
    try {
      return tf.tidy(() => {
        const { value: loss, grads } = tf.variableGrads(() => {
          try {
            const logits = withoutLooking(
              model,
              () => model.apply(x, { training: true }),
            );
            checkLogits((logits as tensorflow.Tensor).shape);
            const found = crossEntropy(logits as tensorflow.Tensor, wanted);
            hits = tf.keep(found.hits.clone());
            return found.loss;
          } catch (error) {
            // thrown on, it would leave the tensors of the tape behind
            failed.push(error);
            return tf.scalar(0);
          }
        }, learning());
        return { loss, hits: hits!.clone(), grads };
      });
    } catch (error) {
      throw failed[0] ?? error;
    } finally {
      hits?.dispose();
    }
  };

  const given = (images: Tensor, labels: Labels) => [
    images,
    { shape: [labels.length], data: labels, whole: true },
  ];

  /** The same of images and labels, with the tape: the way that every model can go. */
  const taped = (images: Tensor, labels: Labels) =>
    tf.tidy(() => {
      const { loss, hits, grads } = differentiate(
        tensorsFor(given(images, labels)),
        known ? undefined : (shape) => checkLabels("tfTrainer", labels, shape),
      );
      // one tensor, so that an engine on the graphics card is read only once
      return { report: tf.stack([loss, hits]), grads };
    });
  const plans = plannedSteps(model, differentiate);
  const answers = plannedAnswers(model);

  const lossOf = async (report: tensorflow.Tensor) => {
    try {
      const [loss, correct] = await report.data();
      return checkedLoss(loss, correct);
    } finally {
      report.dispose();
    }
  };
  const checkedLoss = (loss: number, correct: number) => {
    checkLoss("tfTrainer", loss, steps + 1, optimizer.learningRate);
    return { loss, correct };
  };

  return {
    get learningRate() {
      return optimizer.learningRate;
    },
    set learningRate(rate) {
      checkRate("tfTrainer", rate);
      optimizer.learningRate = rate;
    },
    get stepping() {
      return stepping;
    },
    async step(images, labels) {
      if (disposed) {
        throw new Error(
          "tfTrainer() expects a trainer for its step but found one after dispose(): make a new one, the model keeps what it learned",
        );
      }
      check(images, labels);
      warn(images.shape[0]);
      const planned = plans.step(given(images, labels));
      stepping = planned?.stepping ?? "taped";
      if (planned) {
        const { loss, correct, grads } = planned;
        try {
          plans.move(() => optimizer.update(grads));
        } finally {
          tf.dispose(grads);
        }
        const result = checkedLoss(loss, correct);
        steps++;
        return result;
      }
      const { report, grads } = taped(images, labels);
      try {
        plans.move(() => optimizer.update(grads));
      } catch (error) {
        report.dispose();
        throw error;
      } finally {
        tf.dispose(grads);
      }
      const result = await lossOf(report);
      steps++;
      return result;
    },
    async gradients(images, labels) {
      const averages = model.nonTrainableWeights;
      const before = averages.map((weight) => weight.read().clone());
      let found: ReturnType<typeof taped>;
      try {
        check(images, labels);
        found = taped(images, labels);
      } finally {
        // the moving averages of batch normalisation moved
        averages.forEach((weight, i) => weight.write(before[i]));
        tf.dispose(before);
      }
      try {
        await lossOf(found.report);
        const named = new Map<string, Tensor>();
        for (const [name, variable] of variables) {
          const gradient = found.grads[variable.name];
          if (!gradient) continue; // frozen after the trainer was made
          const { shape, data } = await fromTf(gradient);
          named.set(name, { shape: courseShape(variable, shape), data });
        }
        return named;
      } finally {
        tf.dispose(found.grads);
      }
    },
    async logits(images) {
      checkImages("tfTrainer", model, images);
      return await inChunks(
        images,
        CHUNK,
        async (part) => answers.answer(part) ?? await outputFor(model, part),
      );
    },
    dispose() {
      disposed = true;
      plans.dispose();
      answers.dispose();
      optimizer.dispose();
    },
  };
}

/** What tfjs calls the kernel of a depthwise convolution. */
const DEPTHWISE = "depthwise_kernel";

/** The weights that gradients move, under their names: `conv1/kernel`. */
function variablesOf(
  model: tensorflow.LayersModel,
): Map<string, tensorflow.Variable> {
  return new Map(model.trainableWeights.map((weight) => [
    // tfjs puts _1 behind the name of a second model's weights; this is without
    weight.originalName.replace(DEPTHWISE, "kernel"),
    weight.read() as tensorflow.Variable,
  ]));
}

/**
 * The shape that the course gives a weight: a depthwise kernel is
 * [KH, KW, C, M] in tfjs and, with the same order of numbers, [KH, KW, 1, C * M]
 * here.
 */
function courseShape(
  { name }: tensorflow.Variable,
  shape: readonly number[],
): readonly number[] {
  // tfjs puts _1 behind the name of a second model's weights
  if (!/depthwise_kernel(_\d+)?$/.test(name)) return shape;
  const [height, width, channels, multiplier] = shape;
  return [height, width, 1, channels * multiplier];
}

/** Throws unless the model has one input and ends with logits, one row an image. */
function checkModel(model: tensorflow.LayersModel): void {
  if (typeof model?.apply !== "function" || !Array.isArray(model.layers)) {
    throw new TypeError(
      `tfTrainer() expects a TensorFlow.js model but found ${
        shown(model)
      }: make it with toLayersModel(), or pass a network to scratchTrainer()`,
    );
  }
  const { inputs, outputs } = model;
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw new TypeError(
      `tfTrainer() expects a model with one input and one output but found ${inputs.length} and ${outputs.length}: make one from images to logits`,
    );
  }
  const last = model.layers.at(-1)!;
  const softmax = last.getClassName() === "Softmax" ||
    last.getConfig().activation === "softmax";
  if (softmax) {
    throw new TypeError(
      `tfTrainer() expects a model that ends with logits but found a softmax in its last layer "${last.name}": leave it out, the loss applies it`,
    );
  }
}
