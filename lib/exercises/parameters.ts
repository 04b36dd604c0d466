import { type Check, check, type Mistakes } from "./check.ts";

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

/** Mistakes of the bias, which both layers share. */
function biasMistakes<Case extends { useBias: boolean }>(
  count: (layer: Case) => number,
  perBias: string,
): Mistakes<[Case]> {
  const without = (layer: Case) => count({ ...layer, useBias: false });
  return {
    "bias not counted": [
      `the bias has one number ${perBias}: add them`,
      without,
    ],
    "bias counted where there is none": [
      "add the bias only with useBias true",
      (layer) => count({ ...layer, useBias: true }),
    ],
    "one bias for the whole layer": [
      `the bias has one number ${perBias}`,
      (layer) => without(layer) + (layer.useBias ? 1 : 0),
    ],
  };
}

/** Weights and biases; a mistake may count other biases than one a filter. */
function conv2dParameters(
  { kernelSize: [height, width], channels, filters, useBias }:
    Conv2dParametersCase,
  biases = filters,
): number {
  return height * width * channels * filters + (useBias ? biases : 0);
}

/** The count for a kernel of another size. */
function resized(
  layer: Conv2dParametersCase,
  size: (height: number, width: number) => [number, number],
): number {
  const kernelSize = size(...layer.kernelSize);
  return conv2dParameters({ ...layer, kernelSize });
}

const because = (reason: string) =>
  `${reason}: height * width * channels * filters, and one bias a filter`;

/**
 * Checks a student's parameter count of a convolution:
 * ({ kernelSize: [KH, KW], channels, filters, useBias }) => number.
 *
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
export const checkConv2dParameters: Check<
  (layer: Conv2dParametersCase) => number | Promise<number>
> = check({
  check: "checkConv2dParameters",
  name: "conv2dParameters",
  names: ["layer"],
  cases({ stream }) {
    const square: Conv2dParametersCase = {
      kernelSize: [3, 3],
      channels: 3,
      filters: 10 + stream.integer(20),
      useBias: true,
    };
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
    return [
      [square],
      [layer(false)],
      [layer(true)],
      [layer(true)],
      // Higher than wide and fewer filters than channels; then a 1x1.
      [{ kernelSize: [4, 1], channels: 20, filters: 7, useBias: true }],
      [{ kernelSize: [1, 1], channels: 64, filters: 16, useBias: true }],
    ];
  },
  expected: (layer) => conv2dParameters(layer),
  mistakes: [
    biasMistakes(conv2dParameters, "for each filter"),
    {
      "input channels forgotten": [
        because("a filter reaches through all input channels"),
        (layer) => conv2dParameters({ ...layer, channels: 1 }),
      ],
      "filters forgotten": [
        because("every filter has a kernel of its own"),
        (layer) => conv2dParameters({ ...layer, filters: 1 }),
        (layer) => conv2dParameters({ ...layer, filters: 1 }, layer.filters),
      ],
      "kernel taken as square": [
        because("a kernel may be wider than high"),
        (layer) => resized(layer, (height) => [height, height]),
        (layer) => resized(layer, (_, width) => [width, width]),
      ],
      "kernel sides added": [
        because("a kernel has height * width weights"),
        (layer) => resized(layer, (height, width) => [height + width, 1]),
      ],
      "one bias for each input channel": [
        because("the bias belongs to the output"),
        (layer) => conv2dParameters(layer, layer.channels),
      ],
      "one bias for each kernel slice": [
        because("a filter sums over its channels before the bias"),
        (layer) => conv2dParameters(layer, layer.channels * layer.filters),
      ],
    },
  ],
});

const denseParameters = ({ inputs, units, useBias }: DenseParametersCase) =>
  inputs * units + (useBias ? units : 0);

/**
 * Checks a student's parameter count of a dense layer:
 * ({ inputs, units, useBias }) => number.
 *
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
export const checkDenseParameters: Check<
  (layer: DenseParametersCase) => number | Promise<number>
> = check({
  check: "checkDenseParameters",
  name: "denseParameters",
  names: ["layer"],
  cases({ stream }) {
    const layer = (useBias: boolean): DenseParametersCase => {
      const units = 3 + stream.integer(20);
      return { inputs: units + 1 + stream.integer(500), units, useBias };
    };
    return [
      [layer(true)],
      [layer(false)],
      [layer(true)],
      // More units than inputs.
      [{ inputs: 5 + stream.integer(9), units: 40, useBias: true }],
    ];
  },
  expected: denseParameters,
  mistakes: [
    biasMistakes(denseParameters, "for each unit"),
    {
      "one bias for each input": [
        "the bias belongs to the output: inputs * units + units",
        ({ inputs, units, useBias }) => inputs * units + (useBias ? inputs : 0),
      ],
      "inputs and units added": [
        "every input is connected with every unit: inputs * units weights",
        ({ inputs, units, useBias }) => inputs + units + (useBias ? units : 0),
      ],
    },
  ],
});
