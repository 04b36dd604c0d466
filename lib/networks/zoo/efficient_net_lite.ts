import { checkFlag, settle } from "../../base/options.ts";
import { layers, network } from "../makers.ts";
import { type NetOptions, scaled } from "./options.ts";
import type { Architecture, Layer } from "../types.ts";

/** Options of efficientNetLite0(). */
export interface EfficientNetOptions extends Omit<NetOptions, "width"> {
  /** false: a bias instead, as where batch normalisation was folded in; true unless told. */
  readonly batchNorm?: boolean;
}

/** Blocks, kernel, first stride, expansion and channels of each stage. */
const STAGES = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

/**
 * EfficientNet-Lite0: inverted residuals with depthwise convolutions and ReLU6,
 * made for short integers.
 *
 * A block widens its channels by a 1x1 convolution, looks around in each channel by
 * itself, and narrows them again; where the shape stays, its input is added. Source:
 * Tan and Le, "EfficientNet", 2019; Lite: Google, 2020, without squeeze and excitation.
 *
 * @param options classes = 1000, inputShape = [224, 224, 3], batchNorm = true.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} classes out of range.
 *
 * @example
 * ```ts
 * import { describe, efficientNetLite0 } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(describe(efficientNetLite0()).parameters, 4652008);
 * ```
 */
export function efficientNetLite0(
  options: EfficientNetOptions = {},
): Architecture {
  const fn = "efficientNetLite0";
  const { classes, inputShape, batchNorm } = settle(fn, options, {
    classes: 1000,
    inputShape: [224, 224, 3],
    batchNorm: true,
  });
  scaled(fn, { classes, inputShape });
  checkFlag(fn, "batchNorm", batchNorm);
  const conv = (
    name: string,
    filters: number,
    { kernelSize = 1, strides = 1, groups = 1, linear = false } = {},
  ): Layer[] => [
    layers.conv2d({
      name,
      filters,
      kernelSize,
      strides,
      groups,
      padding: "same",
      useBias: !batchNorm,
    }),
    ...(batchNorm ? [layers.batchNorm({ name: `${name}-bn` })] : []),
    ...(linear ? [] : [layers.relu6()]),
  ];
  let channels = 32, number = 0;
  const blocks = STAGES.flatMap(([count, kernelSize, first, wider, filters]) =>
    Array.from({ length: count }, (_, i) => {
      const strides = i === 0 ? first : 1, wide = channels * wider;
      const same = strides === 1 && channels === filters;
      const inside = [
        ...(wider > 1 ? conv("expand", wide) : []),
        ...conv("depthwise", wide, { kernelSize, strides, groups: wide }),
        ...conv("project", filters, { linear: true }),
      ];
      channels = filters;
      return layers.sequence(
        same ? [layers.parallel([inside, []], { join: "add" })] : inside,
        { name: `block${number++}` },
      );
    })
  );
  return network("EfficientNet-Lite0", inputShape, [
    ...conv("stem", 32, { kernelSize: 3, strides: 2 }),
    ...blocks,
    ...conv("head", 1280),
    layers.globalAvgPool2d(),
    layers.dense({ name: "classifier", units: classes }),
  ]);
}
