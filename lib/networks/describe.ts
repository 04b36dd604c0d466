/**
 * A row a layer, and totals: shapes, parameters, multiply-adds, receptive field.
 *
 * @module
 */
import { escapeHtml } from "../base/html.ts";
import { formatNumber } from "../base/numbers.ts";
import { bytesText } from "../base/bytes.ts";
import { checkCount } from "../base/check.ts";
import { settle } from "../base/options.ts";
import { shapeText, sizeOf } from "../base/tensor.ts";
import { textTable } from "../base/text_table.ts";
import { activationBytes, type Memory, memoryOf } from "./memory.ts";
import { type Plan, plan } from "./plan.ts";
import { inputReach, receptiveField, walkReach } from "./receptive.ts";
import type { Architecture, LayerKind } from "./types.ts";
import { weightsOf, type WeightSpec } from "./weights.ts";

/** What is known of one layer before any number is computed. */
export interface LayerRow {
  readonly name: string;
  /** "add" and "concat" are the joins of branches. */
  readonly kind: LayerKind | "add" | "concat";
  /** Without the batch axis: [H, W, C] or [units]. */
  readonly outputShape: readonly number[];
  /** Numbers that training can move: kernels, biases, scales and shifts. */
  readonly parameters: number;
  /** How many of them `trainable: false` keeps as they are, where it keeps any. */
  readonly frozen?: number;
  /** Products of convolutions and dense layers; all other work is not counted. */
  readonly multiplyAdds: number;
  /** Input pixels that one value can see along the longer axis; may pass the edge. */
  readonly receptiveField: number;
  /** Input pixels between two neighbours; null where no grid is left. */
  readonly stride: number | null;
  /** Bytes that the batch leaves in it, where a batch size was told. */
  readonly activations?: number;
}

/** What else is told of a network. */
export interface DescribeOptions {
  /** Images at once: with it the description tells the memory that they take. */
  readonly batchSize?: number;
}

/** The totals of a network. */
export interface Totals {
  /**
   * Convolutions and dense layers on the longest way from input to output: the
   * number in the names VGG-16 and ResNet-50.
   */
  readonly layers: number;
  readonly parameters: number;
  /** Parameters that training leaves as they are, where there are any. */
  readonly frozen?: number;
  readonly multiplyAdds: number;
  /** Of the last layer that still has a grid, before flatten or the global mean. */
  readonly receptiveField: number;
}

/** Rows and totals; shows as a table in a notebook. */
export interface Description extends Totals {
  readonly name: string;
  readonly inputShape: readonly [number, number, number];
  readonly rows: readonly LayerRow[];
  /** The same totals as one value. */
  readonly totals: Totals;
  /** Bytes that the network takes, where a batch size was told. */
  readonly memory?: Memory;
}

/** Layers with multiply-adds on the longest way through a plan. */
function depth(plan: Plan): number {
  if (plan.type === "single") return plan.kind.multiplyAdds ? 1 : 0;
  if (plan.type === "parallel") return Math.max(...plan.branches.map(depth));
  return plan.steps.reduce((sum, step) => sum + depth(step), 0);
}

/** How many numbers the weights hold. */
const numbers = (weights: readonly WeightSpec[]) =>
  weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/**
 * Describes a network layer by layer, from its architecture alone.
 *
 * Branches are listed one after the other, then their join. The receptive field
 * of a join is that of what its branches see together.
 *
 * With a batch size it also tells the memory, as an estimate from the shapes: the
 * bytes of each layer's activations, and how many there are at most in a step of
 * training with Adam, and in use. Measured with TensorFlow.js on wasm, a training
 * takes up to a third more, and an answer a fifth more or less.
 *
 * @param architecture The network.
 * @param inputShape Shape of one image, [H, W, C] or with a batch axis of 1 or
 * null before it; the architecture's own unless told.
 * @param options `batchSize`; without it no memory is told.
 * @returns Rows and totals.
 * @throws {TypeError | RangeError} A network that cannot exist; the message names the layer.
 * An unknown option; a batch size that is no whole number of 1 or more.
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
 *
 * const { memory } = describe(lenet(), [28, 28, 1], { batchSize: 64 });
 * assertEquals(memory!.weights, 4 * 61706);
 * ```
 */
export function describe(
  architecture: Architecture,
  inputShape: readonly (number | null)[] = architecture?.inputShape,
  options: DescribeOptions = {},
): Description {
  const { batchSize } = settle("describe", options, { batchSize: undefined });
  if (batchSize !== undefined) checkCount("describe", "batchSize", batchSize);
  const whole = plan(architecture, inputShape);
  const rows: LayerRow[] = [];
  let field = 1;
  walkReach(whole, inputReach(whole.inputShape), (part, reach) => {
    if (part.type === "sequence") return;
    const grid = part.outputShape.length === 3;
    if (grid) field = receptiveField(reach);
    const single = part.type === "single" ? part : undefined;
    const weights = single ? weightsOf(single) : [];
    const frozen = numbers(weights.filter((one) => one.frozen));
    rows.push({
      name: part.name,
      kind: part.type === "single" ? part.layer.kind : part.join,
      outputShape: part.outputShape,
      parameters: numbers(weights.filter((one) => one.trainable)) + frozen,
      ...(frozen > 0 && { frozen }),
      multiplyAdds: single?.kind.multiplyAdds?.(
        single.inputShape,
        single.outputShape,
        single.settings,
      ) ?? 0,
      receptiveField: receptiveField(reach),
      stride: grid ? Math.max(reach[0].jump, reach[1].jump) : null,
      ...(batchSize && { activations: activationBytes(part, batchSize) }),
    });
  });
  const sum = (field: "parameters" | "frozen" | "multiplyAdds") =>
    rows.reduce((total, row) => total + (row[field] ?? 0), 0);
  const frozen = sum("frozen");
  const totals: Totals = {
    layers: depth(whole),
    parameters: sum("parameters"),
    ...(frozen > 0 && { frozen }),
    multiplyAdds: sum("multiplyAdds"),
    receptiveField: field,
  };
  const description: Description = {
    name: architecture.name,
    inputShape: whole.inputShape as [number, number, number],
    rows,
    totals,
    ...totals,
    ...(batchSize && { memory: memoryOf(whole, batchSize) }),
  };
  Object.defineProperty(description, Symbol.for("Jupyter.display"), {
    value: () => ({
      "text/plain": descriptionText(description),
      "text/html": descriptionHtml(description),
    }),
  });
  return description;
}

const HEAD = [
  "layer",
  "kind",
  "output shape",
  "parameters",
  "multiply-adds",
  "receptive field",
  "stride",
];

/** "1 layer", "16 layers" */
export const layersText = (count: number): string =>
  `${count} layer${count === 1 ? "" : "s"}`;

/** A whole number with its thousands apart; nothing for 0. */
const counted = (value: number) => value === 0 ? "" : formatNumber(value);

/** The heads of the columns; the memory's only where it is told. */
const heads = ({ memory }: Description): string[] =>
  memory ? [...HEAD, "activations"] : HEAD;

/** One row as text. */
const cells = (row: LayerRow): string[] => [
  row.name,
  row.kind,
  shapeText(row.outputShape),
  counted(row.parameters) + (row.frozen ? " frozen" : ""),
  counted(row.multiplyAdds),
  String(row.receptiveField),
  row.stride === null ? "" : String(row.stride),
  ...(row.activations === undefined ? [] : [bytesText(row.activations)]),
];

/** The totals as the last row. */
const foot = (description: Description): string[] => [
  "total",
  layersText(description.layers),
  "",
  formatNumber(description.parameters),
  formatNumber(description.multiplyAdds),
  String(description.receptiveField),
  "",
  ...(description.memory ? [bytesText(description.memory.activations)] : []),
];

/** Name, input and what is frozen, above the table. */
function title({ name, inputShape, parameters, frozen }: Description): string {
  const start = `${name}, input ${shapeText(inputShape)}`;
  return frozen === undefined
    ? start
    : `${start}, ${formatNumber(parameters - frozen)} parameters trainable, ${
      formatNumber(frozen)
    } frozen`;
}

/** The memory below the title; nothing where it is not told. */
const memoryText = ({ memory }: Description): string[] =>
  memory
    ? [
      `batch of ${formatNumber(memory.batchSize)}: training takes about ${
        bytesText(memory.training)
      }, an answer ${bytesText(memory.answer)}, of it weights ${
        bytesText(memory.weights)
      }`,
    ]
    : [];

/** Numbers stand at the right. */
const right = (_: unknown, column: number) => column > 2;

/** The description in columns of plain text. */
function descriptionText(description: Description): string {
  const head = heads(description);
  const lines = [head, ...description.rows.map(cells), foot(description)];
  return [
    title(description),
    ...memoryText(description),
    textTable(lines, head.map(right), { rule: false }),
  ].join("\n");
}

/** The description as an HTML table; long ones scroll. */
function descriptionHtml(description: Description): string {
  const head = heads(description);
  const line = (tag: string, texts: string[]) =>
    `<tr>${
      texts.map((text, column) =>
        `<${tag} style="text-align:${
          right(text, column) ? "right" : "left"
        };white-space:${texts === head ? "normal" : "nowrap"}">${
          escapeHtml(text)
        }</${tag}>`
      ).join("")
    }</tr>`;
  return `<div style="max-height:32em;overflow:auto"><table>` +
    `<caption style="caption-side:top;text-align:left;font-weight:600;padding:4px 8px;color:inherit">${
      [title(description), ...memoryText(description)].map(escapeHtml)
        .join("<br>")
    }</caption>` +
    `<thead>${line("th", head)}</thead>` +
    `<tbody>${
      description.rows.map((row) => line("td", cells(row))).join("")
    }</tbody>` +
    `<tfoot>${line("th", foot(description))}</tfoot></table></div>`;
}
