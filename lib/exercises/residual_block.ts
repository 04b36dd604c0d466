import {
  type Architecture,
  buildNetwork,
  describe,
  type Description,
  type Layer,
  network,
  residualBlock,
} from "../networks/mod.ts";
import { checkLayer } from "../networks/check_architecture.ts";
import { checkCount } from "../base/check.ts";
import { randomNormal } from "../base/random.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { maxDifference } from "../base/verbs.ts";
import { settle } from "../base/options.ts";
import type { Condition } from "./conditions.ts";

/** What a student's block is built for. */
export interface BlockCase {
  /** Channels that come in. */
  channels: number;
  /** Channels of the 3x3 convolutions. */
  filters: number;
  strides: number;
}

/** Shape of the last output: "7 x 7 x 16". */
function outputOf({ rows }: Description): string {
  return rows.at(-1)?.outputShape.join(" x ") ?? "no layer";
}

/** The kinds of all layers, in order; a join stands behind its branches. */
function kindsOf({ rows }: Description): string[] {
  return rows.map((row) => row.kind);
}

/** What a network gives for random images with random weights, as in training. */
function outputsOf(architecture: Architecture): Tensor {
  const net = buildNetwork(architecture);
  [...net.weights.values()].forEach(({ shape, data }, i) =>
    data.set(randomNormal([...shape], i + 1).data)
  );
  const x = randomNormal([4, ...architecture.inputShape], 73);
  return net.forward(x, { training: true });
}

/** The weights of a network as far as they could be another's: "3x3x8x8, ...". */
const weightShapes = (architecture: Architecture) =>
  [...buildNetwork(architecture).weights.values()]
    .map(({ shape }) => shapeText(shape)).join(", ");

/** Whether two networks of the same weights give the same. */
function compute(mine: Architecture, right: Architecture): boolean {
  if (weightShapes(mine) !== weightShapes(right)) return false;
  return maxDifference(outputsOf(mine), outputsOf(right)) < 1e-3;
}

/**
 * The conditions that make a student's layer a basic residual block with batch
 * normalisation, for checkConditions().
 *
 * @param block The student's layer: main branch first, then the shortcut.
 * @param options What it was built for.
 * @returns Conditions in the order in which their mistakes are best repaired.
 * @throws {TypeError | RangeError} A layer that cannot exist; the message names it.
 *
 * @example
 * ```ts
 * import { blockConditions, checkConditions, residualBlock } from "cnn";
 *
 * const given = { channels: 8, filters: 16, strides: 2 };
 * const block = residualBlock({ name: "block", ...given });
 * await checkConditions(blockConditions(block, given), { exercise: "7.3" });
 * ```
 */
export function blockConditions(block: Layer, options: BlockCase): Condition[] {
  const { channels, filters, strides } = settle("blockConditions", options, {
    channels: undefined,
    filters: undefined,
    strides: undefined,
  });
  checkLayer("blockConditions", block);
  checkCount("blockConditions", "channels", channels);
  checkCount("blockConditions", "filters", filters);
  checkCount("blockConditions", "strides", strides);
  const within = (layer: Layer) =>
    network("block", [14, 14, channels], [layer]);
  const own = within(block);
  const wanted = within(residualBlock({
    name: "block",
    channels,
    filters,
    strides,
  }));
  const mine = describe(own);
  const right = describe(wanted);
  const condition = (
    mistake: string,
    expected: string | number,
    found: string | number,
    remedy: string,
  ): Condition => ({
    holds: expected === found,
    mistake,
    details:
      `for ${channels} channels, ${filters} filters and strides ${strides} expected ${expected}, found ${found}: ${remedy}`,
  });
  const kinds = kindsOf(mine);
  const convolutions = (all: readonly string[]) =>
    `${all.filter((kind) => kind === "conv2d").length} convolutions`;
  return [
    condition(
      "no addition",
      "a join add",
      kinds.includes("add") ? "a join add" : "none",
      'join the two branches with { join: "add" }',
    ),
    condition(
      "no ReLU after the addition",
      "relu at the end",
      `${kinds.at(-1)} at the end`,
      "the second ReLU of the main branch waits until the branches are added",
    ),
    condition(
      "wrong output shape",
      outputOf(right),
      outputOf(mine),
      "the first 3x3 and the shortcut have the strides",
    ),
    condition(
      "wrong shortcut",
      convolutions(kindsOf(right)),
      convolutions(kinds),
      "two in the main branch, and one in the shortcut only where shapes differ",
    ),
    condition(
      "wrong layers",
      kindsOf(right).join(", "),
      kinds.join(", "),
      "batch normalisation behind each convolution, a ReLU between the two 3x3",
    ),
    condition(
      "wrong number of parameters",
      right.parameters,
      mine.parameters,
      "kernels of 3x3 in the main branch and 1x1 in the shortcut, no biases",
    ),
    condition(
      "wrong receptive field",
      right.receptiveField,
      mine.receptiveField,
      "the strides belong to the first 3x3, not to the second",
    ),
    condition(
      "wired differently",
      "main branch + shortcut",
      // Layers that are not even the right ones are told above.
      kindsOf(right).join() !== kinds.join() || compute(own, wanted)
        ? "main branch + shortcut"
        : "something else",
      "the addition joins what the two branches make of the same input",
    ),
  ];
}
