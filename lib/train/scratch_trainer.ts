/** Training the from-scratch network: no engine below, plain TypeScript. */
import { shown } from "../base/options.ts";
import type { Labels } from "../base/labels.ts";
import { chunksOf } from "../base/in_chunks.ts";
import { checkTensor } from "../base/shape.ts";
import type { Tensor } from "../base/tensor.ts";
import { concatRows } from "../base/verbs.ts";
import { crossEntropy } from "../layers/softmax_cross_entropy.ts";
import { makeOptimizer } from "./optimizer.ts";
import { argMax } from "../base/reduce.ts";
import { checkLabels, checkLoss, countEqual } from "../measure/classify.ts";
import { checkMoving, checkRate, settingsOf } from "./settings.ts";
import type { Gradients, Trainer, TrainerOptions } from "../measure/trainer.ts";

/** What a trainer needs of a network; every `buildNetwork()` result has it. */
export interface Trainable {
  /** Read and changed in place. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Logits [N, classes]. */
  forward(x: Tensor, options?: { training?: boolean }): Tensor;
  /** Gradients of the last forward pass. */
  backward(dLogits: Tensor): { gradients: Gradients };
}

/** Images whose activations are held at once outside training. */
const CHUNK = 100;

/**
 * Makes a trainer for a from-scratch network; its weights change in place.
 *
 * @param network From `buildNetwork()`, or anything with weights, forward and backward.
 * @param options `optimizer`, `learningRate`, `momentum`, `weightDecay`.
 * @returns A trainer for fit(), evaluate() and the like.
 * @throws {TypeError} No network; an unknown option or optimizer.
 * @throws {RangeError} A setting out of range.
 *
 * @example
 * ```ts
 * import { buildNetwork, mlp, scratchTrainer, zeros } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const network = buildNetwork(mlp(), { seed: 1 });
 * const trainer = scratchTrainer(network, { learningRate: 0.01 });
 * const images = zeros([2, 28, 28, 1]);
 * const { loss } = await trainer.step(images, Uint8Array.of(3, 7));
 * assert(loss > 0);
 * ```
 */
export function scratchTrainer(
  network: Trainable,
  options: TrainerOptions = {},
): Required<Omit<Trainer, "dispose" | "stepping">> {
  const parts = [network?.forward, network?.backward];
  if (
    parts.some((part) => typeof part !== "function") ||
    !(network.weights instanceof Map)
  ) {
    throw new TypeError(
      `scratchTrainer() expects a network with weights, forward() and backward() but found ${
        shown(network)
      }: make it with buildNetwork(), or pass a TensorFlow.js model to tfTrainer()`,
    );
  }
  const optimizer = makeOptimizer(settingsOf("scratchTrainer", options));
  let steps = 0;

  const differentiate = (images: Tensor, labels: Labels) => {
    checkTensor("scratchTrainer", "images", images);
    const logits = network.forward(images, { training: true });
    checkTensor("scratchTrainer", "logits", logits);
    checkLabels("scratchTrainer", labels, logits.shape);
    const { loss, dLogits } = crossEntropy(logits, labels);
    checkLoss("scratchTrainer", loss, steps + 1, optimizer.learningRate);
    const { gradients } = network.backward(dLogits);
    checkMoving("scratchTrainer", gradients);
    return { loss, logits, gradients };
  };

  // async, so that an error rejects the promise instead of being thrown at the call
  return {
    get learningRate() {
      return optimizer.learningRate;
    },
    set learningRate(rate) {
      checkRate("scratchTrainer", rate);
      optimizer.learningRate = rate;
    },
    // deno-lint-ignore require-await
    async step(images, labels) {
      const { loss, logits, gradients } = differentiate(images, labels);
      optimizer.update(network.weights, gradients);
      steps++;
      return { loss, correct: countEqual(argMax(logits, 1), labels) };
    },
    // deno-lint-ignore require-await
    async gradients(images, labels) {
      const before = [...network.weights.values()]
        .map(({ data }) => ({ data, copy: data.slice() }));
      const { gradients } = differentiate(images, labels);
      // the moving averages of batch normalisation moved
      for (const { data, copy } of before) data.set(copy);
      return gradients;
    },
    // deno-lint-ignore require-await
    async logits(images) {
      checkTensor("scratchTrainer", "images", images);
      // in one breath: who measures many images lets the event loop have its turns
      const parts = Array.from(
        chunksOf(images, CHUNK),
        (x) => network.forward(x),
      );
      return parts.length === 1 ? parts[0] : concatRows(parts);
    },
  };
}
