/**
 * A row a layer, and totals: shapes, parameters, multiply-adds, receptive field.
 *
 * @module
 */
import { sizeOf } from "../base/tensor.ts";
import type { Description, LayerRow, Totals } from "./description.ts";
import { descriptionHtml, descriptionText } from "./description_table.ts";
import { type Plan, plan, type PlannedSingle } from "./plan.ts";
import { inputReach, receptiveField, walkReach } from "./receptive.ts";
import { axes } from "./shapes.ts";
import type { Architecture } from "./types.ts";
import { weightsOf } from "./weight_shapes.ts";

/** Products that one image costs in a layer. */
function multiplyAdds({ layer, inputShape, outputShape }: PlannedSingle) {
  if (layer.kind === "dense") return inputShape[0] * layer.units;
  if (layer.kind !== "conv2d") return 0;
  const [kh, kw] = axes(layer.kernelSize, "kernelSize");
  return sizeOf(outputShape) * kh * kw * inputShape[2] / (layer.groups ?? 1);
}

/** Convolutions and dense layers on the longest way through a plan. */
function depth(plan: Plan): number {
  if (plan.type === "single") {
    return plan.layer.kind === "conv2d" || plan.layer.kind === "dense" ? 1 : 0;
  }
  if (plan.type === "parallel") return Math.max(...plan.branches.map(depth));
  return plan.steps.reduce((sum, step) => sum + depth(step), 0);
}

/**
 * Describes a network layer by layer, from its architecture alone.
 *
 * Branches are listed one after the other, then their join. The receptive field
 * of a join is that of what its branches see together.
 *
 * @param architecture The network.
 * @param inputShape Shape of one image, [H, W, C] or with a batch axis of 1 or
 * null before it; the architecture's own unless told.
 * @returns Rows and totals.
 * @throws {TypeError | RangeError} A network that cannot exist; the message names the layer.
 *
 * @example
 * ```ts
 * import { describe, lenet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const { rows, totals } = describe(lenet());
 * assertEquals(rows[0].outputShape, [28, 28, 6]);
 * assertEquals(totals, {
 *   layers: 5,
 *   parameters: 61706,
 *   multiplyAdds: 416520,
 *   receptiveField: 16,
 * });
 * ```
 */
export function describe(
  architecture: Architecture,
  inputShape: readonly (number | null)[] = architecture?.inputShape,
): Description {
  const whole = plan(architecture, inputShape);
  const rows: LayerRow[] = [];
  let field = 1;
  walkReach(whole, inputReach(whole.inputShape), (part, reach) => {
    if (part.type === "sequence") return;
    const grid = part.outputShape.length === 3;
    if (grid) field = receptiveField(reach);
    const single = part.type === "single" ? part : undefined;
    const weights = single ? weightsOf(single) : [];
    rows.push({
      name: part.name,
      kind: part.type === "single" ? part.layer.kind : part.join,
      outputShape: part.outputShape,
      parameters: weights.filter((weight) => weight.trainable)
        .reduce((sum, weight) => sum + sizeOf(weight.shape), 0),
      multiplyAdds: single ? multiplyAdds(single) : 0,
      receptiveField: receptiveField(reach),
      stride: grid ? Math.max(reach[0].jump, reach[1].jump) : null,
    });
  });
  const sum = (field: "parameters" | "multiplyAdds") =>
    rows.reduce((total, row) => total + row[field], 0);
  const totals: Totals = {
    layers: depth(whole),
    parameters: sum("parameters"),
    multiplyAdds: sum("multiplyAdds"),
    receptiveField: field,
  };
  const description: Description = {
    name: architecture.name,
    inputShape: whole.inputShape as [number, number, number],
    rows,
    totals,
    ...totals,
  };
  Object.defineProperty(description, Symbol.for("Jupyter.display"), {
    value: () => ({
      "text/plain": descriptionText(description),
      "text/html": descriptionHtml(description),
    }),
  });
  return description;
}
