import { random } from "../base/random.ts";
import { type CheckOptions, settleCheck } from "./check_error.ts";
import { type Exercise, type Mistake, runCheck } from "./run_check.ts";

/** A convolution as far as its parameters go. */
export interface Conv2dParametersCase {
  /** Height and width of the kernel. */
  kernelSize: [number, number];
  /** Channels of the input. */
  channels: number;
  /** Filters, which is channels of the output. */
  filters: number;
  useBias: boolean;
}

/** A dense layer as far as its parameters go. */
export interface DenseParametersCase {
  inputs: number;
  units: number;
  useBias: boolean;
}

/** A mistake of the bias, which both layers share. */
function biasMistakes<Case extends { useBias: boolean }>(
  count: (layer: Case) => number,
  perBias: string,
): Mistake<[Case]>[] {
  const with_ = (useBias: boolean) => (layer: Case) =>
    count({ ...layer, useBias });
  return [
    {
      mistake: "bias not counted",
      remedy: `the bias has one number ${perBias}: add them`,
      wrong: with_(false),
    },
    {
      mistake: "bias counted where there is none",
      remedy: "add the bias only with useBias true",
      wrong: with_(true),
    },
    {
      mistake: "one bias for the whole layer",
      remedy: `the bias has one number ${perBias}`,
      wrong: (layer) => with_(false)(layer) + (layer.useBias ? 1 : 0),
    },
  ];
}

function conv2dParameters(
  { kernelSize: [height, width], channels, filters, useBias }:
    Conv2dParametersCase,
): number {
  return height * width * channels * filters + (useBias ? filters : 0);
}

const conv2dFormula =
  "height * width * channels * filters, and one bias a filter";

/** The usual mistakes in counting a convolution's parameters. */
export const conv2dParametersMistakes: readonly Mistake<
  [Conv2dParametersCase]
>[] = [
  ...biasMistakes(conv2dParameters, "for each filter"),
  {
    mistake: "input channels forgotten",
    remedy: `a filter reaches through all input channels: ${conv2dFormula}`,
    wrong: (layer) => conv2dParameters({ ...layer, channels: 1 }),
  },
  {
    mistake: "filters forgotten",
    remedy: `every filter has a kernel of its own: ${conv2dFormula}`,
    wrong: (layer) => conv2dParameters({ ...layer, filters: 1 }),
  },
  {
    mistake: "filters forgotten",
    remedy: `every filter has a kernel of its own: ${conv2dFormula}`,
    wrong: ({ kernelSize: [height, width], channels, filters, useBias }) =>
      height * width * channels + (useBias ? filters : 0),
  },
  {
    mistake: "kernel taken as square",
    remedy: `a kernel may be wider than high: ${conv2dFormula}`,
    wrong: (layer) => {
      const [height] = layer.kernelSize;
      return conv2dParameters({ ...layer, kernelSize: [height, height] });
    },
  },
  {
    mistake: "kernel taken as square",
    remedy: `a kernel may be wider than high: ${conv2dFormula}`,
    wrong: (layer) => {
      const [, width] = layer.kernelSize;
      return conv2dParameters({ ...layer, kernelSize: [width, width] });
    },
  },
  {
    mistake: "kernel sides added",
    remedy: `a kernel has height * width weights: ${conv2dFormula}`,
    wrong: (layer) => {
      const [height, width] = layer.kernelSize;
      return conv2dParameters({ ...layer, kernelSize: [height + width, 1] });
    },
  },
  {
    mistake: "one bias for each input channel",
    remedy: `the bias belongs to the output: ${conv2dFormula}`,
    wrong: (layer) =>
      conv2dParameters({ ...layer, useBias: false }) +
      (layer.useBias ? layer.channels : 0),
  },
  {
    mistake: "one bias for each kernel slice",
    remedy: `a filter sums over its channels before the bias: ${conv2dFormula}`,
    wrong: (layer) =>
      conv2dParameters({ ...layer, useBias: false }) +
      (layer.useBias ? layer.channels * layer.filters : 0),
  },
];

function denseParameters(
  { inputs, units, useBias }: DenseParametersCase,
): number {
  return inputs * units + (useBias ? units : 0);
}

/** The usual mistakes in counting a dense layer's parameters. */
export const denseParametersMistakes: readonly Mistake<
  [DenseParametersCase]
>[] = [
  ...biasMistakes(denseParameters, "for each unit"),
  {
    mistake: "one bias for each input",
    remedy: "the bias belongs to the output: inputs * units + units",
    wrong: ({ inputs, units, useBias }) =>
      inputs * units + (useBias ? inputs : 0),
  },
  {
    mistake: "inputs and units added",
    remedy: "every input is connected with every unit: inputs * units weights",
    wrong: ({ inputs, units, useBias }) =>
      inputs + units + (useBias ? units : 0),
  },
];

/** The exercise that {@linkcode checkConv2dParameters} runs. */
export function conv2dParametersExercise(
  options: CheckOptions,
): Exercise<[Conv2dParametersCase]> {
  const stream = random(settleCheck("checkConv2dParameters", options).seed);
  const layer = (useBias: boolean): Conv2dParametersCase => {
    const height = 2 + stream.integer(3);
    const channels = 2 + stream.integer(8);
    return {
      kernelSize: [height, height + 1 + stream.integer(3)],
      channels,
      filters: channels + 1 + stream.integer(30),
      useBias,
    };
  };
  const square: Conv2dParametersCase = {
    kernelSize: [3, 3],
    channels: 3,
    filters: 10 + stream.integer(20),
    useBias: true,
  };
  return {
    check: "checkConv2dParameters",
    name: "conv2dParameters",
    names: ["layer"],
    cases: [
      [square],
      [layer(false)],
      [layer(true)],
      [layer(true)],
      // Higher than wide and fewer filters than channels; then a 1x1.
      [{ kernelSize: [4, 1], channels: 20, filters: 7, useBias: true }],
      [{ kernelSize: [1, 1], channels: 64, filters: 16, useBias: true }],
    ],
    expected: conv2dParameters,
    mistakes: conv2dParametersMistakes,
  };
}

/** The exercise that {@linkcode checkDenseParameters} runs. */
export function denseParametersExercise(
  options: CheckOptions,
): Exercise<[DenseParametersCase]> {
  const stream = random(settleCheck("checkDenseParameters", options).seed);
  const layer = (useBias: boolean): DenseParametersCase => {
    const units = 3 + stream.integer(20);
    return { inputs: units + 1 + stream.integer(500), units, useBias };
  };
  return {
    check: "checkDenseParameters",
    name: "denseParameters",
    names: ["layer"],
    cases: [
      [layer(true)],
      [layer(false)],
      [layer(true)],
      // More units than inputs.
      [{ inputs: 5 + stream.integer(9), units: 40, useBias: true }],
    ],
    expected: denseParameters,
    mistakes: denseParametersMistakes,
  };
}

/**
 * Checks a student's parameter count of a convolution:
 * ({ kernelSize: [KH, KW], channels, filters, useBias }) => number.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkConv2dParameters } from "cnn";
 *
 * await checkConv2dParameters(
 *   ({ kernelSize: [kh, kw], channels, filters, useBias }) =>
 *     kh * kw * channels * filters + (useBias ? filters : 0),
 *   { exercise: "2.5" },
 * );
 * ```
 */
export async function checkConv2dParameters(
  fn: (layer: Conv2dParametersCase) => number | Promise<number>,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, conv2dParametersExercise(options), options);
}

/**
 * Checks a student's parameter count of a dense layer:
 * ({ inputs, units, useBias }) => number.
 *
 * @param fn The student's function, may be asynchronous.
 * @param options `exercise`, `seed`.
 * @throws {CheckError} A case goes wrong; the message names the mistake.
 *
 * @example
 * ```ts
 * import { checkDenseParameters } from "cnn";
 *
 * await checkDenseParameters(
 *   ({ inputs, units, useBias }) => inputs * units + (useBias ? units : 0),
 *   { exercise: "4.3" },
 * );
 * ```
 */
export async function checkDenseParameters(
  fn: (layer: DenseParametersCase) => number | Promise<number>,
  options: CheckOptions,
): Promise<void> {
  await runCheck(fn, denseParametersExercise(options), options);
}
