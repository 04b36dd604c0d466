/**
 * Putting functions of ours before those of TensorFlow.js, and what such
 * functions ask of it.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";

export { sizeOf } from "../base/shape.ts";

export type Tensor = tf.Tensor;
export type Info = tf.TensorInfo;

/** Settings of an operation by their names in tfjs. */
// deno-lint-ignore no-explicit-any
export type Attributes = any;

/** What a kernel is called with, and what it gives back. */
export type KernelCall = Parameters<tf.KernelFunc>[0];
export type Result = ReturnType<tf.KernelFunc>;

/** Puts a function around an engine's kernel; nothing where it has none. */
export function wrapKernel(
  kernelName: string,
  backendName: string,
  around: (call: KernelCall, stock: tf.KernelFunc) => Result,
): void {
  const stock = tf.getKernel(kernelName, backendName);
  if (stock === undefined) return;
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...stock,
    kernelFunc: (call) => around(call, stock.kernelFunc),
  });
}

type Gradients = ReturnType<tf.GradFunc>;

/** Puts a gradient before an operation's own; undefined leaves it to that one. */
export function wrapGradient(
  kernelName: string,
  gradient: (
    dy: Tensor,
    saved: Tensor[],
    attrs: Attributes,
    stock: tf.GradFunc,
  ) => Gradients | undefined,
): void {
  const stock = tf.getGradient(kernelName);
  tf.registerGradient({
    ...stock,
    gradFunc: (dy, saved, attrs) =>
      gradient(dy as Tensor, saved, attrs, stock.gradFunc) ??
        stock.gradFunc(dy, saved, attrs),
  });
}

/** What we use of tfjs's layers. */
export interface Layer {
  call(inputs: Tensor | Tensor[], kwargs: Attributes): Tensor | Tensor[];
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: Attributes): void;
  computeOutputShape(shape: tf.Shape): tf.Shape;
  kernel: tf.LayerVariable;
  depthwiseKernel: tf.LayerVariable;
  bias?: tf.LayerVariable;
  activation?: { getClassName(): string; apply(x: Tensor): Tensor };
  kernelSize: number[];
  strides: [number, number];
  padding: "same" | "valid";
  dilationRate: number | number[];
  dataFormat?: string;
  axis: number;
  epsilon: number;
  momentum: number;
  gamma?: tf.LayerVariable;
  beta?: tf.LayerVariable;
  movingMean: tf.LayerVariable;
  movingVariance: tf.LayerVariable;
}

/** Puts `call` before the call of a layer's class; undefined leaves it to that one. */
export function wrapLayer(
  example: tf.layers.Layer,
  call: (layer: Layer, x: Tensor, kwargs: Attributes) => Tensor | undefined,
): void {
  const prototype = Object.getPrototypeOf(example) as Layer;
  const stock = prototype.call;
  prototype.call = function (this: Layer, inputs, kwargs) {
    const [x, more] = Array.isArray(inputs) ? inputs : [inputs];
    return (more === undefined ? call(this, x, kwargs ?? {}) : undefined) ??
      stock.call(this, inputs, kwargs);
  };
}

/** Runs a kernel of the engine at work. */
export const runKernel = (
  name: string,
  inputs: Record<string, Info>,
  attrs: Attributes = {},
): Tensor =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs) as Tensor;

/** Does tfjs record what is computed now, to differentiate it? */
export const differentiating = (): boolean =>
  (tf.engine() as unknown as { state: { gradientDepth: number } })
    .state.gradientDepth > 0;

/** Are all of these float32? (tfjs allows undefined for an optional input.) */
export const allFloat = (...inputs: (Info | undefined | null)[]): boolean =>
  inputs.every((x) => (x ?? { dtype: "float32" }).dtype === "float32");

/** Does wasm compute, and are all of these float32? */
export const onWasm = (...inputs: Info[]): boolean =>
  tf.getBackend() === "wasm" && allFloat(...inputs);

/** A number for both axes, or one for each; 1 unless told. */
export const pair = (value?: number | readonly number[] | null) =>
  typeof value === "object" && value !== null
    ? [value[0], value[1]] as [number, number]
    : [value ?? 1, value ?? 1] as [number, number];

type Shape4 = [number, number, number, number];

/** tfjs's description of a convolution. */
export const convInfo = (
  x: readonly number[],
  filter: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
  depthwise = false,
): tf.backend_util.Conv2DInfo =>
  tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    pair(dilations),
    pad,
    dimRoundingMode,
    depthwise,
  );

/** tfjs's description of a pooling. */
export const poolInfo = (
  x: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes,
): tf.backend_util.Conv2DInfo =>
  tf.backend_util.computePool2DInfo(
    x as Shape4,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
