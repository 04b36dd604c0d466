/** TensorFlow.js's optimizers behind the settings of the course. */
import type * as tensorflow from "@tensorflow/tfjs";
import { tfjs } from "../engine/load.ts";
import { recorder } from "../engine/planned.ts";
import { ADAM_EPSILON } from "./optimizer.ts";
import { decays, type Settings } from "./settings.ts";

type NamedVariables = Record<string, tensorflow.Variable>;

/** Moves variables along their gradients. */
export interface TfOptimizer {
  learningRate: number;
  /** `grads` as tf.variableGrads() gives them, by the variables' own names. */
  update(grads: tensorflow.NamedTensorMap): void;
  dispose(): void;
}

/**
 * Makes an optimizer that does what makeOptimizer() does for plain tensors.
 *
 * @param variables By their names in the network, which tell kernels from biases.
 */
export function tfOptimizer(
  settings: Settings,
  variables: ReadonlyMap<string, tensorflow.Variable>,
): TfOptimizer {
  const tf = tfjs();
  const { optimizer, momentum, weightDecay } = settings;
  const decaying = weightDecay === 0
    ? []
    : [...variables].filter(([name]) => decays(name)).map(([, v]) => v);
  const adam = optimizer === "adam"
    ? tf.train.adam(settings.learningRate, 0.9, 0.999, ADAM_EPSILON)
    : undefined;
  const sgd = optimizer === "adam"
    ? undefined
    : momentum > 0
    ? tf.train.momentum(settings.learningRate, momentum)
    : tf.train.sgd(settings.learningRate);
  let learningRate = settings.learningRate;

  return {
    get learningRate() {
      return learningRate;
    },
    set learningRate(rate) {
      learningRate = rate;
      sgd?.setLearningRate(rate);
      // adam has no setter for it in tfjs 4.22
      if (adam) Object.assign(adam, { learningRate: rate });
    },
    update: (grads) =>
      tf.tidy(() => {
        // tfjs knows its means by their places: a weight that was frozen meanwhile,
        // and so has no gradient, keeps its own
        const pulled = Object.fromEntries(
          [...variables.values()].map(({ name }) => [name, grads[name]]),
        );
        for (const variable of decaying) {
          if (!grads[variable.name]) continue;
          if (adam) {
            const factor = 1 - learningRate * weightDecay;
            if (recorder()?.scale(variable, factor)) continue;
            variable.assign(variable.mul(factor));
          } else {
            const pull = variable.mul(weightDecay);
            pulled[variable.name] = grads[variable.name].add(pull);
          }
        }
        // typed for variables, but it takes what variableGrads() gives
        (adam ?? sgd)!.applyGradients(pulled as NamedVariables);
      }),
    dispose() {
      adam?.dispose();
      sgd?.dispose();
      // momentum's dispose() forgets what it has of sgd
      (sgd as unknown as { c: tensorflow.Tensor } | undefined)?.c.dispose();
    },
  };
}
