import { type Conv2dOptions, random, randomNormal, type Tensor } from "cnn";

/** A random convolution that is valid: shapes and options decided by `seed`. */
export function randomConv(seed: number): {
  x: Tensor;
  kernel: Tensor;
  options: Conv2dOptions;
  describe: Record<string, unknown>;
} {
  const stream = random(seed);
  const from = (low: number, high: number) =>
    low + stream.integer(high - low + 1);
  const groups = [1, 1, 2, 3, 4][stream.integer(5)];
  const depth = groups > 2 && stream.uniform() < 0.6 ? 1 : from(1, 3);
  const cin = groups * depth;
  const cout = groups * (depth === 1 ? from(1, 2) : from(1, 5));
  const [kh, kw] = [from(1, 5), from(1, 5)];
  const dilations = [from(1, 2), from(1, 2)] as const;
  const strides = [from(1, 3), from(1, 3)] as const;
  const padding = stream.uniform() < 0.5 ? "same" : "valid";
  const room = padding === "valid";
  const height = from(room ? (kh - 1) * dilations[0] + 1 : 1, 11);
  const width = from(room ? (kw - 1) * dilations[1] + 1 : 1, 11);
  const xShape = [from(1, 3), height, width, cin];
  const kernelShape = [kh, kw, depth, cout];
  return {
    x: randomNormal(xShape, stream, { dtype: "float64" }),
    kernel: randomNormal(kernelShape, stream, { dtype: "float64" }),
    options: { strides, dilations, padding, groups },
    describe: { xShape, kernelShape, strides, dilations, padding, groups },
  };
}
