/** Optimizers: from a gradient to a step, in plain TypeScript. */
import { shapeText, type Tensor, zerosLike } from "../base/tensor.ts";
import { decays, type Settings } from "./settings.ts";
import type { Gradients } from "../measure/trainer.ts";

/** Moves weights along their gradients. */
export interface Optimizer {
  learningRate: number;
  /** Changes the weights in place; those without a gradient stay. */
  update(weights: ReadonlyMap<string, Tensor>, gradients: Gradients): void;
}

/** Moves the numbers of one weight; `decay` is 0 where none applies. */
type Rule = (weight: Tensor, gradient: Tensor, decay: number) => void;

/** Adam's running means keep 0.9 and 0.999 of their past; Kingma and Ba, 2015. */
const BETA1 = 0.9, BETA2 = 0.999;

/** Keeps Adam's division finite; the value that TensorFlow.js takes. */
export const ADAM_EPSILON = 1e-7;

/**
 * Makes an optimizer.
 *
 * sgd: velocity = momentum * velocity + gradient; weight -= learningRate * velocity.
 * adam: the step is learningRate times the running mean of the gradient, divided
 * by the root of the running mean of its square.
 */
export function makeOptimizer(settings: Settings): Optimizer {
  const rules = new Map<string, Rule>();
  const optimizer: Optimizer = {
    learningRate: settings.learningRate,
    update(weights, gradients) {
      for (const [name, gradient] of gradients) {
        const weight = weights.get(name);
        if (weight?.data.length !== gradient.data.length) {
          throw new TypeError(
            `an optimizer expects a weight of the gradient's shape ${
              shapeText(gradient.shape)
            } named "${name}" but found ${
              weight ? shapeText(weight.shape) : "none"
            }: take both from one network`,
          );
        }
        let rule = rules.get(name);
        if (rule === undefined) {
          rule = settings.optimizer === "adam"
            ? adamRule(optimizer, weight)
            : sgdRule(optimizer, weight, settings.momentum);
          rules.set(name, rule);
        }
        rule(weight, gradient, decays(name) ? settings.weightDecay : 0);
      }
    },
  };
  return optimizer;
}

function sgdRule(
  rate: { learningRate: number },
  like: Tensor,
  momentum: number,
): Rule {
  const velocity = zerosLike(like).data;
  return ({ data }, gradient, decay) => {
    const g = gradient.data, { learningRate } = rate;
    for (let i = 0; i < data.length; i++) {
      velocity[i] = momentum * velocity[i] + g[i] + decay * data[i];
      data[i] -= learningRate * velocity[i];
    }
  };
}

function adamRule(rate: { learningRate: number }, like: Tensor): Rule {
  const mean = zerosLike(like).data, square = zerosLike(like).data;
  let step = 0;
  return ({ data }, gradient, decay) => {
    step++;
    const g = gradient.data, { learningRate } = rate;
    // The means start at 0; dividing by these takes that bias out again.
    const bias1 = 1 - BETA1 ** step, bias2 = 1 - BETA2 ** step;
    for (let i = 0; i < data.length; i++) {
      mean[i] = BETA1 * mean[i] + (1 - BETA1) * g[i];
      square[i] = BETA2 * square[i] + (1 - BETA2) * g[i] * g[i];
      const size = Math.sqrt(square[i] / bias2) + ADAM_EPSILON;
      data[i] -= learningRate * (mean[i] / bias1 / size + decay * data[i]);
    }
  };
}
