/**
 * Which weights each layer has.
 *
 * @module
 */
import { axes } from "./shapes.ts";
import type { Plan, PlannedSingle } from "./plan.ts";
import { singles } from "./plan.ts";

/** One weight of a network. */
export interface WeightSpec {
  /** "conv1/kernel" */
  readonly name: string;
  readonly role:
    | "kernel"
    | "bias"
    | "gamma"
    | "beta"
    | "movingMean"
    | "movingVariance";
  readonly shape: readonly number[];
  /** Moved by gradients, and counted as a parameter; moving averages are not. */
  readonly trainable: boolean;
}

/** The weights of one layer; none for most kinds. */
export function weightsOf(single: PlannedSingle): WeightSpec[] {
  const { layer, name, inputShape, outputShape } = single;
  const spec = (
    role: WeightSpec["role"],
    shape: readonly number[],
    trainable = true,
  ): WeightSpec => ({ name: `${name}/${role}`, role, shape, trainable });
  if (layer.kind === "conv2d") {
    const [kh, kw] = axes(layer.kernelSize, "kernelSize");
    const cin = inputShape[2] / (layer.groups ?? 1);
    const kernel = spec("kernel", [kh, kw, cin, layer.filters]);
    return layer.useBias === false
      ? [kernel]
      : [kernel, spec("bias", [layer.filters])];
  }
  if (layer.kind === "dense") {
    const kernel = spec("kernel", [inputShape[0], layer.units]);
    return layer.useBias === false
      ? [kernel]
      : [kernel, spec("bias", [layer.units])];
  }
  if (layer.kind === "batchNorm") {
    const channels = [outputShape.at(-1)!];
    return [
      spec("gamma", channels),
      spec("beta", channels),
      spec("movingMean", channels, false),
      spec("movingVariance", channels, false),
    ];
  }
  return [];
}

/** Every weight of a network, in the order of its layers. */
export function weightSpecs(plan: Plan): WeightSpec[] {
  return singles(plan).flatMap(weightsOf);
}
