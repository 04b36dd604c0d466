import type { Shape } from "../layers/define.ts";
import { checkArray } from "../base/arguments.ts";
import { formatNumber } from "../base/numbers.ts";
import { checkWord, settle, shown, unset } from "../base/options.ts";
import { sizeOf } from "../base/tensor.ts";
import { show } from "../notebook/show.ts";
import { checkArchitecture } from "../networks/check_architecture.ts";
import { describe, type LayerRow } from "../networks/describe.ts";
import {
  type Plan,
  plan,
  type PlannedParallel,
  type PlannedSingle,
} from "../networks/plan.ts";
import { weightsOf } from "../networks/weights.ts";
import type { Architecture } from "../networks/mod.ts";
import { CheckError, checkExercise, type CheckOptions } from "./check_error.ts";

/** A line of a student's table. */
export interface ShapeRow {
  /** The layer's name, as describe() writes it: "conv1". */
  layer: string;
  /** Without the batch axis: [H, W, C], or [units]. */
  shape?: number[];
  /** Numbers that training can move. */
  parameters?: number;
  /** Products of convolutions and dense layers for one image. */
  multiplyAdds?: number;
}

type Column = "shape" | "parameters" | "multiplyAdds";

/** Options of {@linkcode checkShapeTable}. */
export interface ShapeTableCheckOptions extends Pick<CheckOptions, "exercise"> {
  /** What the student fills in; shape and parameters unless told. */
  columns?: readonly Column[];
}

/** A layer with other settings than it has, and the slip behind them. */
const OTHER_SETTINGS: readonly [slip: string, remedy: string, object][] = [
  [
    "padding same taken for valid",
    'with "valid" the window stays inside: (length - size) / stride, rounded down, + 1',
    { padding: "same" },
  ],
  [
    "padding valid taken for same",
    'with "same" the length is divided by the stride and rounded up, whatever the size',
    { padding: "valid" },
  ],
  ["stride ignored", "divide by the stride", { strides: [1, 1] }],
  ["dilation ignored", "a dilated kernel spans more", { dilations: [1, 1] }],
  ["bias forgotten", "add one bias a filter or unit", { useBias: false }],
  [
    "bias counted where there is none",
    "the layer has useBias: false",
    { useBias: true },
  ],
];

/** Every layer and join, in the order of describe(). */
function parts(of: Plan): (PlannedSingle | PlannedParallel)[] {
  if (of.type === "single") return [of];
  if (of.type === "sequence") return of.steps.flatMap(parts);
  return [...of.branches.flatMap(parts), of];
}

/** The column's value of a layer with these settings; undefined where it cannot be. */
function valueOf(
  { kind, inputShape, ...layer }: PlannedSingle,
  column: Column,
): Shape | number | undefined {
  try {
    const outputShape = kind.shape(inputShape, layer.settings);
    if (column === "shape") return outputShape;
    if (column === "multiplyAdds") {
      return kind.multiplyAdds?.(inputShape, outputShape, layer.settings) ?? 0;
    }
    return weightsOf({ kind, inputShape, ...layer })
      .filter(({ trainable, frozen }) => trainable || frozen)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return;
    throw error; // a kernel of another size, say, may not fit into the image
  }
}

type Slip = readonly [slip: string, remedy: string, value: unknown];

/** What a wrong value of a column may come from, the clear causes first. */
function slipsOf(
  part: PlannedSingle | PlannedParallel,
  column: Column,
): Slip[] {
  const { inputShape: from, outputShape: to } = part;
  const others = part.type === "single"
    ? OTHER_SETTINGS.map(([slip, remedy, other]): Slip => {
      const known = Object.keys(other).every((name) => name in part.settings);
      const settings = { ...part.settings, ...other };
      const value = known ? valueOf({ ...part, settings }, column) : undefined;
      return [slip, remedy, value];
    })
    : [];
  if (column === "shape") return [...others, ...shapeSlips(from, to)];
  if (part.type !== "single") return others;
  return [
    ...others,
    ...(column === "parameters" ? parameterSlips(part) : productSlips(part)),
  ];
}

function shapeSlips(from: Shape, to: Shape): Slip[] {
  const [h, w, c] = to;
  const grid = to.length === 3;
  return [
    ["batch axis written", "leave the batch axis out", [1, ...to]],
    ["nothing changed", "this layer changes the shape", from],
    ...(grid
      ? [
        ["channels first", "write [H, W, C]", [c, h, w]],
        ["missing + 1", "count the places: + 1 at the end", [h - 1, w - 1, c]],
        ["one place too many", "count the places", [h + 1, w + 1, c]],
        [
          "channels of the input kept",
          "a convolution gives one channel a filter",
          [h, w, from[2]],
        ],
        ["height and width swapped", "write [H, W, C]", [w, h, c]],
        ["channels left out", "write [H, W, C]", [h, w]],
      ] as Slip[]
      : []),
    ...(from.length === 3 && !grid
      ? [[
        "channels forgotten",
        "flatten keeps all numbers: H * W * C",
        [from[0] * from[1]],
      ]] as Slip[]
      : []),
  ];
}

function parameterSlips(part: PlannedSingle): Slip[] {
  const { kind: { kind }, inputShape: from, outputShape: to } = part;
  const right = valueOf(part, "parameters") as number;
  const channels = from.at(-1)!, outputs = to.at(-1)!;
  const [kernel] = weightsOf(part);
  if (!kernel) return [];
  if (kind === "batchNorm") {
    return [
      ["moving averages counted", "training moves gamma and beta", 4 * outputs],
      ["only one of gamma and beta", "each channel has both", outputs],
      ["gamma and beta left out", "each channel has both", 0],
    ];
  }
  const bias = right - sizeOf(kernel.shape);
  const added: Slip = [
    "inputs and units added",
    "every input has a weight to every unit",
    channels + outputs,
  ];
  return [
    ...(kind === "dense" ? [added] : []),
    [
      "input channels forgotten",
      "a filter reaches through all channels of its input",
      sizeOf(kernel.shape) / channels + bias,
    ],
    [
      "filters forgotten",
      "each filter has its own kernel",
      sizeOf(kernel.shape) / outputs + bias,
    ],
    [
      "one bias for the whole layer",
      "each filter or unit has its own",
      sizeOf(kernel.shape) + 1,
    ],
    [
      "places counted",
      "every place uses the same kernel: parameters do not depend on H and W",
      right * (to.length === 3 ? to[0] * to[1] : 1),
    ],
  ];
}

function productSlips(part: PlannedSingle): Slip[] {
  const right = valueOf(part, "multiplyAdds") as number;
  const { inputShape: from, outputShape: to } = part;
  const places = to.length === 3 ? to[0] * to[1] : 1;
  return [
    [
      "places forgotten",
      "the kernel is used once at every place of the output",
      right / places,
    ],
    [
      "input channels forgotten",
      "a filter reaches through all channels of its input",
      right / from.at(-1)!,
    ],
    ["filters forgotten", "each filter computes its own", right / to.at(-1)!],
    [
      "parameters instead of products",
      "the kernel is used once at every place of the output",
      valueOf(part, "parameters"),
    ],
  ];
}

/** "[24, 24, 6]" or "1,234". */
const text = (value: unknown): string =>
  typeof value === "number"
    ? formatNumber(value)
    : Array.isArray(value)
    ? `[${value.join(", ")}]`
    : shown(value);

const same = (one: unknown, other: unknown) =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * Checks the table that a student filled in for a network: a row a layer, in
 * the order of describe().
 *
 * @param rows The student's rows.
 * @param architecture The network.
 * @param options `exercise`; `columns`: what is filled in, shape and parameters
 * unless told.
 * @throws {CheckError} The first wrong cell from the top, with the slip that
 * leads to its value.
 * @throws {TypeError | RangeError} A network that cannot exist.
 *
 * @example
 * ```ts
 * import { checkShapeTable, layers, network } from "cnn";
 *
 * const net = network("small", [8, 8, 1], [
 *   layers.conv2d({ filters: 4, kernelSize: 3 }),
 *   layers.flatten(),
 *   layers.dense({ units: 10 }),
 * ]);
 * await checkShapeTable([
 *   { layer: "conv1", shape: [6, 6, 4], parameters: 3 * 3 * 1 * 4 + 4 },
 *   { layer: "flatten1", shape: [144], parameters: 0 },
 *   { layer: "dense1", shape: [10], parameters: 144 * 10 + 10 },
 * ], net, { exercise: "3.1" });
 * ```
 */
export async function checkShapeTable(
  rows: ShapeRow[],
  architecture: Architecture,
  options: ShapeTableCheckOptions,
): Promise<void> {
  const fn = "checkShapeTable";
  const { exercise, columns } = settle(fn, options, {
    ...unset("exercise"),
    columns: ["shape", "parameters"] as readonly Column[],
  });
  checkExercise(fn, exercise);
  checkArchitecture(fn, architecture);
  checkArray(fn, "columns", columns, 'pass such as ["shape"]');
  for (const column of columns) {
    checkWord(fn, "column", column, ["shape", "parameters", "multiplyAdds"]);
  }
  const right = describe(architecture).rows;
  checkNames(rows, right, exercise);
  const places = parts(plan(architecture));
  for (const [i, row] of rows.entries()) {
    for (const column of columns) {
      const wanted = right[i][column === "shape" ? "outputShape" : column];
      const found = row[column];
      if (same(found, wanted)) continue;
      const slip = slipsOf(places[i], column).find(([, , value]) =>
        value !== undefined && same(value, found) && !same(value, wanted)
      );
      const [mistake, remedy] = slip ?? [
        `wrong ${column === "multiplyAdds" ? "multiply-adds" : column}`,
        "work it out from the row above",
      ];
      throw new CheckError(
        exercise,
        mistake,
        `Row ${
          i + 1
        }, "${row.layer}", column ${column}: expected another value, found ${
          text(found)
        }: ${remedy}`,
      );
    }
  }
  await show(
    `✓ Exercise ${exercise} passed: ${rows.length} rows are right.`,
  );
}

/** Throws unless there is a row for each layer, in their order. */
function checkNames(
  rows: readonly ShapeRow[],
  right: readonly LayerRow[],
  exercise: string,
): void {
  const names = right.map(({ name }) => name);
  const found = Array.isArray(rows) ? rows.map((row) => row?.layer) : [];
  if (found.join() === names.join()) return;
  const at = names.findIndex((name, i) => name !== found[i]);
  const one = at < 0
    ? `no row ${names.length + 1}`
    : `"${names[at]}" in row ${at + 1}`;
  throw new CheckError(
    exercise,
    "not one row a layer",
    `expected ${one}, found ${
      Array.isArray(rows)
        ? shown(found[at < 0 ? names.length : at])
        : shown(rows)
    }: write a row for each layer, in their order: ${names.join(", ")}`,
  );
}
