import type * as tensorflow from "@tensorflow/tfjs";
import { inChunks } from "../base/in_chunks.ts";
import { random, randomNormal } from "../base/random.ts";
import { gather, type Tensor } from "../base/tensor.ts";
import { withoutLooking } from "../engine/folding.ts";
import { fromTf, toTf } from "../engine/convert.ts";
import { toLayersModel } from "../engine/layers_model.ts";
import { recover, tfjs } from "../engine/load.ts";
import { checkImages, outputFor } from "../explain/any_network.ts";
import { l2Normalize } from "../layers/mod.ts";
import type { Architecture } from "../networks/types.ts";
import { drawPairs, sumOfWords } from "./pairs.ts";
import { plannedSteps, tensorsFor } from "./planned_steps.ts";
import { cosineSchedule } from "./schedule.ts";
import { settingsOf } from "./settings.ts";
import { tfOptimizer } from "./tf_optimizer.ts";
import { settleTowers, type TowerOptions } from "./tower_options.ts";

/** Two towers, of which the one for pictures is a network. */
export interface NetTowers {
  /** Loss of each step. */
  readonly losses: readonly number[];
  /** Images [N, H, W, C] as rows of length 1, [N, size]. */
  pictures(images: Tensor): Promise<Tensor>;
  /** Captions, each as the numbers of its words, as rows of length 1, [N, size]. */
  captions(ids: readonly (readonly number[])[]): Tensor;
  /** Frees the network. */
  dispose(): void;
}

/**
 * As fitTowers(), but the picture tower is a network that learns from the pixels, with
 * TensorFlow.js.
 *
 * @param net From images to rows of `size` numbers, such as one that ends with a dense
 * layer.
 * @param images Of the pictures [N, H, W, C].
 * @param ids For each picture the numbers of its caption's words.
 * @param options As for fitTowers(); `words` and `seed` are needed.
 * @throws {TypeError} Captions that are not as many as pictures; images that the network
 * does not take; an unknown option.
 * @throws {RangeError} A setting out of range.
 *
 * @example
 * ```ts
 * import { fitNetTowers, layers, network, randomNormal, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend("cpu");
 * const net = network("tower", [8, 8, 3], [
 *   layers.flatten(),
 *   layers.dense({ units: 16 }),
 * ]);
 * const images = randomNormal([6, 8, 8, 3], 1);
 * const ids = Array.from({ length: 6 }, (_, i) => [i]);
 * const towers = await fitNetTowers(net, images, ids, {
 *   ...{ words: 6, size: 16, seed: 1, steps: 3, batchSize: 6 },
 * });
 * assertEquals((await towers.pictures(images)).shape, [6, 16]);
 * towers.dispose();
 * ```
 */
export async function fitNetTowers(
  net: Architecture,
  images: Tensor,
  ids: readonly (readonly number[])[],
  options: TowerOptions,
): Promise<NetTowers> {
  const fn = "fitNetTowers";
  const settled = settleTowers(fn, options);
  const { words, seed, size, steps, batchSize, temperature, drop } = settled;
  const { learningRate, weightDecay } = settled;
  const tf = tfjs();
  recover();
  const model = toLayersModel(net, { seed });
  checkImages(fn, model, images);
  const [count] = images.shape, made = model.outputs[0].shape.slice(1).join();
  if (ids?.length !== count || made !== String(size)) {
    model.dispose();
    throw new TypeError(
      `${fn}() expects the words of ${count} captions and a network that makes ${size} numbers but found ${
        ids?.length ?? "none"
      } captions and [${made}]: pass a list of numbers for each picture, and end the network with a dense layer of ${size} units`,
    );
  }
  const table = tf.tidy(() =>
    tf.variable(toTf(randomNormal([words, size], seed, { deviation: 0.1 })))
  );
  const variables = new Map(
    model.trainableWeights.map((weight) => [
      weight.originalName,
      weight.read() as tensorflow.Variable,
    ]),
  );
  variables.set("word/kernel", table);
  const optimizer = tfOptimizer(
    settingsOf(fn, { optimizer: "adam", learningRate, weightDecay }),
    variables,
  );
  const schedule = cosineSchedule({ warmup: 0.05 });
  const losses: number[] = [];
  const stream = random(seed);
  const differentiate = ([x, held]: readonly tensorflow.Tensor[]) => {
    const { value: loss, grads } = tf.variableGrads(
      () => {
        const shown = withoutLooking(
          model,
          () => model.apply(x, { training: true }),
        );
        const told = tf.matMul(held as tensorflow.Tensor2D, table);
        return contrast(shown as tensorflow.Tensor2D, told as typeof told);
      },
      [...variables.values()],
    );
    return { loss, grads };
  };
  const plans = plannedSteps(model, differentiate, [table]);
  for (
    const pairs of drawPairs(ids, { steps, batchSize, drop, stream })
  ) {
    optimizer.learningRate = learningRate * schedule(pairs.done);
    const given = [gather(images, pairs.batch), counts(pairs.kept, words)];
    const planned = plans.step(given);
    const { loss, grads } = planned ??
      tf.tidy(() => differentiate(tensorsFor(given)));
    plans.move(() => optimizer.update(grads));
    tf.dispose(grads);
    if (typeof loss === "number") {
      losses.push(loss);
    } else {
      losses.push((await loss.data())[0]);
      loss.dispose();
    }
  }
  plans.dispose();
  optimizer.dispose();
  const learned = await fromTf(table);
  table.dispose();

  /** The mean of both cross entropies; rows are brought to length 1. */
  function contrast(a: tensorflow.Tensor, b: tensorflow.Tensor) {
    const unit = (x: tensorflow.Tensor) =>
      x.div(x.square().sum(1, true).add(1e-12).sqrt());
    const logits = tf.matMul(unit(a), unit(b), false, true).div(temperature);
    const own = tf.eye(logits.shape[0]);
    const way = (logits: tensorflow.Tensor) =>
      tf.logSoftmax(logits).mul(own).sum().neg().div(logits.shape[0]);
    return way(logits).add(way(logits.transpose())).div(2) as tensorflow.Scalar;
  }

  return {
    losses,
    async pictures(images) {
      checkImages(fn, model, images);
      return l2Normalize(
        await inChunks(images, 250, (part) => outputFor(model, part)),
      );
    },
    captions: (ids) => l2Normalize(sumOfWords(ids, learned)),
    dispose: () => void model.dispose(),
  };
}

/** How often each caption has each word, [N, words]. */
function counts(ids: readonly (readonly number[])[], words: number): Tensor {
  const data = new Float32Array(ids.length * words);
  ids.forEach((caption, n) => {
    for (const id of caption) data[n * words + id]++;
  });
  return { shape: [ids.length, words], data };
}
