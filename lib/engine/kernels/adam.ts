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
import { inPlace } from "../planned.ts";
import { onWasm } from "../stock.ts";
import * as wasm from "./calls.ts";
import { ranges } from "./geometry.ts";
import { type Engine, engineOf, type WasmBackend } from "./engine.ts";
import { type Gradients, listed } from "./named_gradients.ts";

type Variable = tf.Variable;
type Moments = { originalName: string; variable: Variable }[];

/** What we use of tfjs's Adam. */
interface Adam {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  accBeta1: Variable;
  accBeta2: Variable;
  accumulatedFirstMoment: Moments;
  accumulatedSecondMoment: Moments;
  incrementIterations(): void;
  applyGradients(gradients: Gradients): void;
}

/** Teaches tfjs's Adam the fused step on wasm. */
export function fuseAdam(): void {
  const prototype = tf.AdamOptimizer.prototype as unknown as Adam;
  const stock = prototype.applyGradients;
  prototype.applyGradients = function (this: Adam, gradients: Gradients) {
    const list = listed(gradients);
    const { registeredVariables } = tf.engine();
    const weights = list.map(({ name }) => registeredVariables[name]);
    const given = list.flatMap(({ tensor }) => tensor ?? []); // none: frozen
    const { accumulatedFirstMoment, accumulatedSecondMoment } = this;
    const moved = weights.some(({ size }, i) =>
      // another list than last time
      [accumulatedFirstMoment[i], accumulatedSecondMoment[i]]
        .some((moment) => moment && moment.variable.size !== size)
    );
    if (moved || !onWasm(...weights, ...given)) {
      return stock.call(this, gradients);
    }
    tf.tidy(() => {
      const engine = engineOf(tf.backend() as unknown as WasmBackend);
      const { beta1, beta2, learningRate: rate, epsilon } = this;
      const correction1 = 1 - this.accBeta1.dataSync()[0];
      const correction2 = 1 - this.accBeta2.dataSync()[0];
      const rates = { beta1, beta2, rate, correction1, correction2, epsilon };
      const steps = list.flatMap(({ name, tensor }, i) => {
        const x = weights[i];
        const moment = (moments: Moments, letter: string) =>
          (moments[i] ??= {
            originalName: `${name}/${letter}`,
            variable: tf.zerosLike(x).variable(false),
          }).variable;
        const first = moment(this.accumulatedFirstMoment, "m");
        const second = moment(this.accumulatedSecondMoment, "v");
        if (tensor === null || tensor === undefined) return [];
        return step(engine, rates, { x, gradient: tensor, first, second });
      });
      engine.parallel(steps.flatMap(({ tasks }) => tasks));
      for (const { assign } of steps) assign();
      this.accBeta1.assign(tf.mul(this.accBeta1, this.beta1));
      this.accBeta2.assign(tf.mul(this.accBeta2, this.beta2));
    });
    this.incrementIterations();
  };
}

type Rates = Omit<
  Parameters<typeof wasm.adam>[0],
  "x" | "g" | "m" | "v" | "newX" | "newM" | "newV" | "size"
>;

/** The tasks of one weight's step, and what to do when they are done. */
function step(
  engine: Engine,
  rates: Rates,
  { x, gradient, first, second }: Record<"x" | "first" | "second", Variable> & {
    gradient: tf.Tensor;
  },
) {
  // A weight gets new memory unless its step is planned; the moments change in place.
  // Clones keep their numbers in any case.
  const renew = (old: Variable) => {
    const data = engine.backend.dataIdMap.get(old.dataId);
    if (data.refCount === 1 && (old !== x || inPlace.weights.has(x))) {
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
  const targets = [x, first, second].map(renew);
  const places = [x, gradient, first, second].map((old) => engine.address(old))
    .concat(targets.map(({ to }) => to));
  const tasks = ranges(x.size, 1).map(([start, size]) => {
    const [x, g, m, v, newX, newM, newV] = places.map((at) => at + start * 4);
    return [wasm.adam({ ...rates, x, g, m, v, newX, newM, newV, size })];
  });
  return { tasks, assign: () => targets.forEach(({ assign }) => assign()) };
}
