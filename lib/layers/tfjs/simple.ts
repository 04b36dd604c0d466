/**
 * Layers that tfjs lacks and that are told by their shape rule, their weights and
 * what they do with a tensor.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Shape, Weight } from "../define.ts";
import { type Inputs, only, type Tf, tfjsClass } from "./class.ts";

/** What a layer of tfjs has to say of itself. */
interface Told<Settings> {
  shape(input: Shape, settings: Settings): Shape;
  weights?(input: Shape, settings: Settings): Readonly<Record<string, Weight>>;
  call(
    tf: Tf,
    x: tensorflow.Tensor,
    weights: Readonly<Record<string, tensorflow.Tensor>>,
    settings: Settings,
  ): tensorflow.Tensor;
}

/** The class `className`; a saved model keeps the settings. */
export function simpleClass<Settings extends object>(
  className: string,
  { shape, weights, call }: Told<Settings>,
): (tf: Tf) => new (
  settings: Settings & { readonly name: string },
) => tensorflow.layers.Layer {
  return tfjsClass((tf) =>
    class extends tf.layers.Layer {
      static className = className;
      readonly #variables: Record<string, tensorflow.LayerVariable> = {};

      constructor(readonly settings: Settings & { readonly name: string }) {
        super({ ...settings });
      }

      override getConfig() {
        return { ...this.settings, ...super.getConfig() };
      }

      override build([_batch, ...input]: tensorflow.Shape): void {
        const zeros = tf.initializers.zeros();
        const wanted = weights?.(input as number[], this.settings) ?? {};
        for (const [role, { shape }] of Object.entries(wanted)) {
          this.#variables[role] = this.addWeight(
            role,
            [...shape],
            "float32",
            zeros,
          );
        }
        super.build([_batch, ...input]);
      }

      override computeOutputShape([n, ...input]: tensorflow.Shape) {
        return [n, ...shape(input as number[], this.settings)];
      }

      override call(inputs: Inputs) {
        return tf.tidy(() => {
          const read = Object.entries(this.#variables)
            .map(([role, variable]) => [role, variable.read()]);
          const held = Object.fromEntries(read);
          return call(tf, only(inputs), held, this.settings);
        });
      }
    }
  );
}
