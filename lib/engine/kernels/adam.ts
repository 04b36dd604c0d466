/**
 * Adam in one pass a weight, where tfjs takes sixteen.
 *
 * tfjs's own optimiser (`tf.train.adam()`, `optimizer: "adam"`) is taught the
 * pass, so every model gains; its moments stay where they were, so saving,
 * loading and the other engines work as before.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import * as wasm from "./calls.ts";
import { ranges } from "./geometry.ts";
import { allFloat } from "./register.ts";
import { type Engine, engineOf, type WasmBackend } from "./engine.ts";

type Variable = tf.Variable;
type Gradients =
  | tf.NamedTensorMap
  | { name: string; tensor: tf.Tensor }[];

/** What we use of tfjs's Adam. */
interface Adam {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  accBeta1: Variable;
  accBeta2: Variable;
  accumulatedFirstMoment: { originalName: string; variable: Variable }[];
  accumulatedSecondMoment: { originalName: string; variable: Variable }[];
  incrementIterations(): void;
  applyGradients(gradients: Gradients): void;
}

/** Teaches tfjs's Adam the fused step on wasm. */
export function fuseAdam(): void {
  const prototype = tf.AdamOptimizer.prototype as unknown as Adam;
  const stock = prototype.applyGradients;
  prototype.applyGradients = function (this: Adam, gradients: Gradients) {
    const list = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const weights = list.map(({ name }) =>
      tf.engine().registeredVariables[name]
    );
    const fits = list.every(({ tensor }, i) => allFloat(tensor, weights[i]));
    if (tf.getBackend() !== "wasm" || !fits) {
      return stock.call(this, gradients);
    }
    tf.tidy(() => {
      const engine = engineOf(tf.backend() as unknown as WasmBackend);
      const rates = {
        correction1: 1 - this.accBeta1.dataSync()[0],
        correction2: 1 - this.accBeta2.dataSync()[0],
      };
      const steps = list.flatMap(({ name, tensor }, i) => {
        const x = weights[i];
        const first = this.accumulatedFirstMoment[i] ??= {
          originalName: `${name}/m`,
          variable: tf.zerosLike(x).variable(false),
        };
        const second = this.accumulatedSecondMoment[i] ??= {
          originalName: `${name}/v`,
          variable: tf.zerosLike(x).variable(false),
        };
        if (tensor === null || tensor === undefined) return [];
        return step(engine, this, rates, {
          x,
          gradient: tensor,
          first: first.variable,
          second: second.variable,
        });
      });
      engine.parallel(steps.flatMap(({ tasks }) => tasks));
      for (const { assign } of steps) assign();
      this.accBeta1.assign(tf.mul(this.accBeta1, this.beta1));
      this.accBeta2.assign(tf.mul(this.accBeta2, this.beta2));
    });
    this.incrementIterations();
  };
}

/** The tasks of one weight's step, and what to do when they are done. */
function step(
  engine: Engine,
  { beta1, beta2, learningRate, epsilon }: Adam,
  { correction1, correction2 }: { correction1: number; correction2: number },
  { x, gradient, first, second }: {
    x: Variable;
    gradient: tf.Tensor;
    first: Variable;
    second: Variable;
  },
) {
  // A weight always gets new memory: clones of the old one must keep their
  // numbers. The moments change in place unless someone holds a clone.
  const renew = (old: Variable, inPlace: boolean) => {
    const data = engine.backend.dataIdMap.get(old.dataId);
    if (inPlace && data.refCount === 1) {
      return { to: data.memoryOffset, assign: () => {} };
    }
    const fresh = engine.output(old.shape);
    return {
      to: engine.address(fresh),
      assign: () => {
        const made = tf.engine().makeTensorFromTensorInfo(fresh);
        old.assign(made);
        made.dispose();
      },
    };
  };
  const targets = [renew(x, false), renew(first, true), renew(second, true)];
  const [newX, newM, newV] = targets.map(({ to }) => to);
  const [at, g, m, v] = [x, gradient, first, second]
    .map((old) => engine.address(old));
  const tasks = ranges(x.size, 1).map(([first, size]) => [
    wasm.adam({
      x: at + first * 4,
      g: g + first * 4,
      m: m + first * 4,
      v: v + first * 4,
      newX: newX + first * 4,
      newM: newM + first * 4,
      newV: newV + first * 4,
      size,
      beta1,
      beta2,
      rate: learningRate,
      correction1,
      correction2,
      epsilon,
    }),
  ]);
  return { tasks, assign: () => targets.forEach(({ assign }) => assign()) };
}
