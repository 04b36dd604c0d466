/**
 * Layers that tfjs lacks and that are told by their shape rule, their weights and
 * what they do with a tensor.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import { type Inputs, only, type Tf, tfjsClass } from "./class.ts";

type Shape = readonly number[];

/** What a layer of tfjs has to say of itself. */
export interface OwnLayer<Settings> {
  /** Its name in a saved model, which keeps its settings. */
  readonly className: string;
  /** Those that it has, by name. */
  readonly settings: object;
  shape(input: Shape, settings: Settings): Shape;
  weights?(
    input: Shape,
    settings: Settings,
  ): Readonly<Record<string, { readonly shape: Shape }>>;
  /** What it makes of a batch. */
  compute(
    tf: Tf,
    x: tensorflow.Tensor,
    weights: Readonly<Record<string, tensorflow.Tensor>>,
    settings: Settings,
  ): tensorflow.Tensor;
}

/** The class of such a layer, made at its first use, and how a layer of it is made. */
export function ownLayer<Settings extends object>(
  { className, settings, shape, weights, compute }: OwnLayer<Settings>,
) {
  const own = tfjsClass((tf) =>
    class extends tf.layers.Layer {
      static className = className;
      readonly #variables: Record<string, tensorflow.LayerVariable> = {};

      constructor(readonly settings: Settings & { readonly name: string }) {
        super({ ...settings });
      }

      override getConfig() {
        const kept = Object.entries(this.settings)
          .filter(([name]) => name in settings);
        return { ...super.getConfig(), ...Object.fromEntries(kept) };
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
          return compute(tf, only(inputs), held, this.settings);
        });
      }
    }
  );
  return {
    tfjs: (tf: Tf, settings: Settings, { name }: { readonly name: string }) =>
      new (own(tf))({ ...settings, name }),
    tfjsClass: own,
  };
}
