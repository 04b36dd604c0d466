import { checkCount } from "../../base/check.ts";
import { checkFlag, checkOptions, settle, shown } from "../../base/options.ts";
import { layers } from "../makers.ts";
import type { Layer, ParallelLayer } from "../types.ts";

/** Filters of the four branches of an Inception module. */
export interface InceptionFilters {
  /** The 1x1 branch. */
  readonly one: number;
  /** Bottleneck and 3x3 convolution. */
  readonly three: readonly [number, number];
  /** Bottleneck and 5x5 convolution. */
  readonly five: readonly [number, number];
  /** 1x1 convolution after the 3x3 max pooling. */
  readonly pool: number;
}

/**
 * An Inception module (Szegedy et al., 2014): 1x1, 3x3 and 5x5 convolutions and
 * a max pooling look at the same input, and their channels are put side by side.
 *
 * The 1x1 convolutions before the larger ones are the bottleneck: they shrink
 * the channels first. `bottleneck: false` is the paper's naive version.
 *
 * @param filters Filters of the four branches.
 * @param settings name; bottleneck = true; batchNorm = false.
 * @throws {TypeError} A branch without its filters; an unknown branch or setting.
 * @throws {RangeError} Filters that are not whole and 1 or more.
 *
 * @example
 * ```ts
 * import { describe, inception, network } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const filters = { one: 64, three: [96, 128], five: [16, 32], pool: 32 } as const;
 * const { rows } = describe(network("3a", [28, 28, 192], [inception(filters)]));
 * assertEquals(rows.at(-1)!.outputShape, [28, 28, 256]);
 * ```
 */
export function inception(
  filters: InceptionFilters,
  settings: { name?: string; bottleneck?: boolean; batchNorm?: boolean } = {},
): ParallelLayer {
  const { name, bottleneck, batchNorm } = settle("inception", settings, {
    name: undefined,
    bottleneck: true,
    batchNorm: false,
  });
  checkFlag("inception", "bottleneck", bottleneck);
  checkFlag("inception", "batchNorm", batchNorm);
  checkFilters(filters);
  const conv = (name: string, kernelSize: number, filters: number): Layer[] => [
    layers.conv2d({ name, filters, kernelSize, padding: "same" }),
    ...(batchNorm ? [layers.batchNorm({ name: `${name}_bn` })] : []),
    layers.relu({ name: `${name}_relu` }),
  ];
  const reduce = (name: string, filters: number) =>
    bottleneck ? conv(name, 1, filters) : [];
  return layers.parallel([
    conv("1x1", 1, filters.one),
    [
      ...reduce("3x3_reduce", filters.three[0]),
      ...conv("3x3", 3, filters.three[1]),
    ],
    [
      ...reduce("5x5_reduce", filters.five[0]),
      ...conv("5x5", 5, filters.five[1]),
    ],
    [
      layers.maxPool2d({
        name: "pool",
        poolSize: 3,
        strides: 1,
        padding: "same",
      }),
      ...(bottleneck ? conv("pool_proj", 1, filters.pool) : []),
    ],
  ], { join: "concat", name });
}

/** Throws unless each branch has its filters. */
function checkFilters(filters: InceptionFilters): void {
  checkOptions("inception", filters, ["one", "three", "five", "pool"]);
  checkCount("inception", "one", filters.one);
  checkCount("inception", "pool", filters.pool);
  for (const branch of ["three", "five"] as const) {
    const pair: unknown = filters[branch];
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError(
        `inception() expects ${branch} as [bottleneck, filters] but found ${
          shown(pair)
        }: write [96, 128]`,
      );
    }
    for (const count of pair) checkCount("inception", branch, count);
  }
}
