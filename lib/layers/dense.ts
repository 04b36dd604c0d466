import { checkRank, checkShape, checkTensor } from "../base/check.ts";
import { settle } from "../base/options.ts";
import { room, sizeOf } from "../base/shape.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { define, flow, type Kind } from "./define.ts";
import {
  addColumns,
  addTransposed,
  multiply,
  narrow,
  packStrips,
  upTo4,
  widen,
} from "./fast/product.ts";
import { count, flag } from "./setting.ts";

/** Shape of a dense layer's output, [N, out] or, of tokens, [N, T, out]. */
export function denseShape(
  xShape: readonly number[],
  kernelShape: readonly number[],
  fn = "denseShape",
): number[] {
  const tokens = xShape?.length === 3;
  checkRank(fn, "x", xShape, tokens ? "[N, T, in]" : "[N, in]");
  checkRank(fn, "a kernel", kernelShape, "[in, out]");
  const inputs = xShape[xShape.length - 1];
  if (kernelShape[0] !== inputs) {
    throw new TypeError(
      `${fn}() expects a kernel [${inputs}, out] for an input ${
        shapeText(xShape)
      } but found ${
        shapeText(kernelShape)
      }: the first kernel axis is the number of inputs`,
    );
  }
  return [...xShape.slice(0, -1), kernelShape[1]];
}

/**
 * Every output is a weighted sum of all inputs, plus a bias: y = x * K + b.
 *
 * @param x Rows [N, in], or tokens [N, T, in], each of them a row.
 * @param kernel Weights [in, out].
 * @param options `bias` [out]; none unless told.
 * @returns [N, out] or [N, T, out] in the precision of x.
 * @throws {TypeError} Shapes that do not fit; an unknown option.
 *
 * @example
 * ```ts
 * import { dense, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2]]);
 * const kernel = tensor([[1, 10], [2, 20]]);
 * // 1*1 + 2*2 + 100 = 105, 1*10 + 2*20 + 200 = 250
 * const y = dense(x, kernel, { bias: tensor([100, 200]) });
 * assertEquals([...y.data], [105, 250]);
 * ```
 */
export function dense(
  x: Tensor,
  kernel: Tensor,
  options: { bias?: Tensor } = {},
): Tensor {
  const { bias } = settle("dense", options, { bias: undefined });
  checkTensor("dense", "x", x);
  checkTensor("dense", "a kernel", kernel);
  const shape = denseShape(x.shape, kernel.shape, "dense");
  const [inputs, units] = kernel.shape;
  const batch = sizeOf(x.shape.slice(0, -1)); // rows
  const start = new Float64Array(upTo4(units));
  if (bias !== undefined) {
    const remedy = "a bias has one number for each unit";
    checkShape("dense", "a bias", bias, [units], remedy);
    start.set(bias.data);
  }
  const strips = packStrips(widen(kernel.data), 0, inputs, units, units, 1);
  const rows = upTo4(batch);
  const a = { data: widen(x.data, rows * inputs), start: 0, step: inputs };
  const c = {
    data: room("dense", rows * units, "float64"),
    start: 0,
    step: units,
  };
  multiply(a, strips, c, batch, inputs, units, start);
  const y = narrow(c.data, x.data, batch * units);
  return { shape, data: y }; // [N, out]
}

/**
 * Gradients of {@linkcode dense}: dx = dy * transpose(K), dK = transpose(x) * dy,
 * and the bias collects the rows of dy.
 *
 * @param x Rows [N, in] or tokens [N, T, in].
 * @param kernel Weights [in, out].
 * @param dy Gradient of the loss for dense()'s output, [N, out] or [N, T, out].
 * @returns `dx` like x, `dKernel` [in, out], `dBias` [out].
 * @throws {TypeError} Shapes that do not fit.
 *
 * @example
 * ```ts
 * import { denseBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = tensor([[1, 10], [2, 20]]);
 * const { dx, dKernel } = denseBackward(
 *   tensor([[1, 2]]),
 *   kernel,
 *   tensor([[1, 1]]),
 * );
 * assertEquals([...dx.data], [11, 22]);
 * assertEquals([...dKernel.data], [1, 1, 2, 2]);
 * ```
 */
export function denseBackward(
  x: Tensor,
  kernel: Tensor,
  dy: Tensor,
): { dx: Tensor; dKernel: Tensor; dBias: Tensor } {
  const fn = "denseBackward";
  checkTensor(fn, "x", x);
  checkTensor(fn, "a kernel", kernel);
  const shape = denseShape(x.shape, kernel.shape, fn);
  const remedy = "dy has the shape of dense()'s output";
  checkShape(fn, "dy", dy, shape, remedy);
  const [inputs, units] = kernel.shape;
  const batch = sizeOf(x.shape.slice(0, -1)); // rows
  const rows = upTo4(batch);
  const given = widen(dy.data, rows * units + 3);
  const b = { data: given, start: 0, step: units };
  const strips = packStrips(widen(kernel.data), 0, units, inputs, 1, units);
  const back = {
    data: new Float64Array(rows * inputs),
    start: 0,
    step: inputs,
  };
  const none = new Float64Array(upTo4(inputs));
  multiply(b, strips, back, batch, units, inputs, none);
  const a = { data: widen(x.data, batch * inputs + 3), start: 0, step: inputs };
  const sums = new Float64Array(inputs * units);
  const c = { data: sums, start: 0, step: units };
  addTransposed(a, b, c, batch, inputs, units);
  const dBias = new Float64Array(units);
  addColumns(given, batch * units, dBias);
  const dx = narrow(back.data, x.data, batch * inputs);
  return {
    dx: { shape: [...x.shape], data: dx },
    dKernel: { shape: [inputs, units], data: narrow(sums, x.data) },
    dBias: { shape: [units], data: narrow(dBias, x.data) },
  };
}

/** Every input joined to each of `units` outputs. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly name?: string;
  /** false: training leaves the weights as they are; true unless told. */
  readonly trainable?: boolean;
  /** Number of outputs. */
  readonly units: number;
  /** true unless told. */
  readonly useBias?: boolean;
}

/** A dense layer in a network. */
export const denseLayer: Kind<DenseLayer> = define({
  kind: "dense",
  settings: { units: count(), useBias: flag(true) },
  shape(input, { units }) {
    if (input.length < 3) {
      return denseShape([1, ...input], [input.at(-1)!, units]).slice(1);
    }
    throw new TypeError(
      `expects a flat input [units] but found ${
        shapeText(input)
      }: put flatten or globalAvgPool2d before it`,
    );
  },
  weights: (input, { units, useBias }) => ({
    kernel: { shape: [input.at(-1)!, units], start: "drawn" },
    ...(useBias && { bias: { shape: [units], start: 0 } }),
  }),
  run: (x, { kernel, bias }) => [dense(x, kernel, { bias }), (dy) => {
    const { dx, dKernel, dBias } = denseBackward(x, kernel, dy);
    return flow(dx, { kernel: dKernel, bias: dBias });
  }],
  multiplyAdds: (input, output) => sizeOf(input) * output.at(-1)!,
  // A token sees itself alone.
  window: (_settings, input) => input.length === 1 ? "all" : undefined,
  label: ({ units }) => `dense ${units}`,
  family: "dense",
  tfjs: (tf, settings, { name }) =>
    tf.layers.dense({ ...settings, name, kernelInitializer: "zeros" }),
});
