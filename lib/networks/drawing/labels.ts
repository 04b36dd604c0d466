/**
 * What stands in the boxes of a drawn network, and in their hover texts.
 *
 * @module
 */
import type { LayerRow } from "../description.ts";
import { thousands } from "../description_table.ts";
import type { PlannedSingle } from "../plan.ts";
import { axes } from "../shapes.ts";
import type { Axes, SingleLayer } from "../types.ts";

/** Sizes as people say them: 28 × 28 × 6. */
export const sizeText = (shape: readonly number[]): string => shape.join(" × ");

/** A window: 3×3. */
const windowText = (size: Axes) => axes(size, "size").join("×");

/** A stride behind the window, where it is more than 1. */
function strideText(strides: Axes): string {
  const both = axes(strides, "strides");
  if (Math.max(...both) === 1) return "";
  return ` /${both[0] === both[1] ? both[0] : both.join("×")}`;
}

/** The first line of a box. */
function firstLine(layer: SingleLayer): string {
  switch (layer.kind) {
    case "conv2d": {
      const groups = layer.groups ?? 1;
      return `${windowText(layer.kernelSize)} conv ${layer.filters}${
        strideText(layer.strides ?? 1)
      }${groups > 1 ? `, ${groups} groups` : ""}`;
    }
    case "dense":
      return `dense ${layer.units}`;
    case "maxPool2d":
    case "avgPool2d": {
      const size = layer.poolSize ?? 2;
      const kind = layer.kind === "maxPool2d" ? "max" : "mean";
      return `${windowText(size)} ${kind} pool${
        strideText(layer.strides ?? size)
      }`;
    }
    case "padShortcut":
      return `pad to ${layer.filters}${strideText(layer.strides ?? 1)}`;
    default:
      return WORDS[layer.kind];
  }
}

/** Layers that are one word. */
const WORDS = {
  relu: "ReLU",
  softmax: "softmax",
  flatten: "flatten",
  globalAvgPool2d: "global mean",
  batchNorm: "batch norm",
  dropout: "dropout",
};

/** A box's text: the layer, and below it what shares the box. */
export function boxText(
  first: string | SingleLayer,
  after: readonly PlannedSingle[],
): string {
  const top = typeof first === "string" ? first : firstLine(first);
  if (after.length === 0) return top;
  const below = after.map(({ layer }) => firstLine(layer)).join(" · ");
  return `${top}<br><span style="font-size:9px">${below}</span>`;
}

/** The hover text of a box: each layer in it by name, then sizes and counts. */
export function hoverText(rows: readonly LayerRow[]): string {
  const sum = (field: "parameters" | "multiplyAdds") =>
    thousands(rows.reduce((total, row) => total + row[field], 0));
  const last = rows[rows.length - 1];
  return [
    `<b>${rows.map(({ name }) => name).join(" · ")}</b>`,
    `output ${sizeText(last.outputShape)}`,
    `${sum("parameters")} parameters`,
    `${sum("multiplyAdds")} multiply-adds`,
    `sees ${last.receptiveField} pixels across`,
  ].join("<br>");
}
