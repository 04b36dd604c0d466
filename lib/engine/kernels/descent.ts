/**
 * Gradient descent, with momentum or without, in one pass a weight, where a step is
 * planned.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { inPlace } from "../planned.ts";
import { onWasm } from "../stock.ts";
import * as wasm from "./calls.ts";
import { engineOf, type WasmBackend } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { type Gradients, listed } from "./named_gradients.ts";

/** What we use of tfjs's two optimisers. */
interface Descent {
  learningRate: number;
  momentum?: number;
  useNesterov?: boolean;
  accumulations?: { originalName: string; variable: tf.Variable }[];
  incrementIterations(): void;
  applyGradients(gradients: Gradients): void;
}

/**
 * Multiplies a weight where it lies, in a step that is planned. A product of two
 * float32 is exact in JavaScript's numbers, and so is rounded once, as in wasm.
 *
 * @returns false where it cannot: nothing is done then.
 */
export function scale(weight: tf.Variable, factor: number): boolean {
  if (!inPlace.weights.has(weight) || !onWasm(weight)) return false;
  const backend = tf.backend() as unknown as WasmBackend;
  if (backend.dataIdMap.get(weight.dataId).refCount !== 1) return false;
  const engine = engineOf(backend), by = Math.fround(factor);
  const numbers = engine.view(engine.address(weight), weight.size);
  for (let i = 0; i < numbers.length; i++) numbers[i] *= by;
  return true;
}

/** Teaches tfjs's SGD and momentum the pass on wasm. */
export function fuseDescent(): void {
  for (const optimizer of [tf.SGDOptimizer, tf.MomentumOptimizer]) {
    const prototype = optimizer.prototype as unknown as Descent;
    const stock = prototype.applyGradients;
    prototype.applyGradients = function (this: Descent, gradients: Gradients) {
      const list = listed(gradients);
      const { registeredVariables } = tf.engine();
      const steps = list.map(({ name, tensor }, i) => ({
        x: registeredVariables[name],
        gradient: tensor,
        past: this.momentum === undefined
          ? undefined
          : (this.accumulations![i] ??= {
            originalName: `${name}/momentum`,
            variable: tf.tidy(() =>
              tf.zerosLike(registeredVariables[name]).variable(false)
            ),
          }).variable,
      })).filter(({ gradient }) => gradient); // none: frozen
      const backend = tf.backend() as unknown as WasmBackend;
      const own = inPlace.weights;
      const held = ({ x, past }: typeof steps[number]) =>
        [own.has(x) ? x : undefined, past].some((one) =>
          one && backend.dataIdMap.get(one.dataId).refCount !== 1
        );
      if (
        own.size === 0 || this.useNesterov ||
        steps.some(({ x, gradient, past }) =>
          !onWasm(x, gradient) || (past ?? x).size !== x.size
        ) ||
        steps.some(held)
      ) {
        return stock.call(this, gradients);
      }
      const engine = engineOf(backend), rate = this.learningRate;
      // where a layer is done apart, its weights get other memory
      const others = steps.flatMap(({ x }) => own.has(x) ? [] : x);
      for (const x of others) {
        const numbers = engine.view(engine.address(x), x.size).slice();
        tf.tidy(() => x.assign(tf.tensor(numbers, x.shape)));
      }
      engine.parallel(steps.flatMap(({ x, gradient, past }) => {
        const at = engine.address(x), g = engine.address(gradient);
        const a = past && engine.address(past);
        return ranges(x.size, 1).map(([first, size]) => [
          wasm.descend({
            x: at + first * 4,
            g: g + first * 4,
            a: a === undefined ? 0 : a + first * 4,
            size,
            rate,
            momentum: this.momentum ?? 0,
          }),
        ]);
      }));
      this.incrementIterations();
    };
  }
}
