/**
 * Every kind of layer as its definition reads, forward only: what the library is
 * compared with. It shares no arithmetic with it.
 */
import type { Plan, PlannedSingle } from "../../lib/networks/plan.ts";
import type { Axes, LayerValue } from "../../lib/layers/define.ts";
import type { Random } from "../../lib/base/random.ts";
import { sizeOf } from "../../lib/base/shape.ts";
import type { Tensor } from "../../lib/base/tensor.ts";

/** What a pass needs besides its input. */
export interface Pass {
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly training: boolean;
  /** Where dropout draws from, value by value. */
  readonly dropout: Random;
}

/** The output of a part of a network, in float64. */
export function naive(part: Plan, x: Tensor, pass: Pass): Tensor {
  if (part.type === "single") return single(part, x, pass);
  if (part.type === "sequence") {
    return part.steps.reduce((value, step) => naive(step, value, pass), x);
  }
  const parts = part.branches.map((branch) => naive(branch, x, pass));
  if (part.join === "add") {
    return make(
      parts[0].shape,
      (i) => parts.reduce((s, p) => s + p.data[i], 0),
    );
  }
  const channels = parts.map(({ shape }) => shape.at(-1)!);
  const all = channels.reduce((a, b) => a + b);
  return make([...parts[0].shape.slice(0, -1), all], (i) => {
    let c = i % all, k = 0;
    while (c >= channels[k]) c -= channels[k++];
    return parts[k].data[Math.floor(i / all) * channels[k] + c];
  });
}

function make(shape: readonly number[], value: (i: number) => number): Tensor {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => value(i));
  return { shape, data };
}

const pair = (value: Axes): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

function single(part: PlannedSingle, x: Tensor, pass: Pass): Tensor {
  const { layer, name } = part;
  const weight = (role: string) => pass.weights.get(`${name}/${role}`);
  const shape = [x.shape[0], ...part.outputShape];
  switch (layer.kind) {
    case "relu":
      return make(shape, (i) => x.data[i] < 0 ? 0 : x.data[i]);
    case "gelu":
      return make(shape, (i) => x.data[i] * normalBelow(x.data[i]));
    case "relu6":
      return make(shape, (i) => {
        const value = x.data[i];
        return value < 0 ? 0 : value > 6 ? 6 : value;
      });
    case "l2Normalize": {
      const size = shape.at(-1)!;
      return make(shape, (i) => {
        const row = rowAt(x, i, size);
        const square = row.reduce((sum, value) => sum + value ** 2, 0);
        return x.data[i] / Math.max(Math.sqrt(square), 1e-12);
      });
    }
    case "layerNorm": {
      const size = shape.at(-1)!;
      const gamma = weight("gamma")!.data, beta = weight("beta")!.data;
      return make(shape, (i) => {
        const row = rowAt(x, i, size);
        const mean = row.reduce((a, b) => a + b) / size;
        const spread = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / size;
        const z = (x.data[i] - mean) /
          Math.sqrt(spread + (layer.epsilon ?? 1e-3));
        return z * gamma[i % size] + beta[i % size];
      });
    }
    case "patchify": {
      const { size } = layer, [, , width, channels] = x.shape;
      const across = width / size, [, count, long] = shape;
      return make(shape, (i) => {
        const n = Math.floor(i / (count * long));
        const patch = Math.floor(i / long) % count, inside = i % long;
        const pixel = Math.floor(inside / channels);
        const row = Math.floor(patch / across) * size +
          Math.floor(pixel / size);
        const column = (patch % across) * size + pixel % size;
        return at(x, n, row, column, inside % channels)!;
      });
    }
    case "position": {
      const table = weight("table")!.data;
      return make(shape, (i) => x.data[i] + table[i % table.length]);
    }
    case "classToken": {
      const [, count, size] = shape, token = weight("token")!.data;
      return make(shape, (i) => {
        const n = Math.floor(i / (count * size)), inside = i % (count * size);
        const before = n * (count - 1) * size + inside - size;
        return inside < size ? token[inside] : x.data[before];
      });
    }
    case "firstToken": {
      const [, count, size] = x.shape;
      return make(
        shape,
        (i) => x.data[Math.floor(i / size) * count * size + i % size],
      );
    }
    case "tokenMean": {
      const [, count, size] = x.shape;
      return make(shape, (i) => {
        let sum = 0;
        for (let t = 0; t < count; t++) {
          sum += x.data[(Math.floor(i / size) * count + t) * size + i % size];
        }
        return sum / count;
      });
    }
    case "attention": {
      const [, count, size] = shape, head = size / (layer.heads ?? 1);
      const through =
        (role: string, value: (n: number, t: number, c: number) => number) =>
        (n: number, t: number, unit: number) => {
          let sum = weight(`${role}Bias`)!.data[unit];
          for (let c = 0; c < size; c++) {
            sum += value(n, t, c) *
              weight(`${role}Kernel`)!.data[c * size + unit];
          }
          return sum;
        };
      const input = (n: number, t: number, c: number) =>
        x.data[(n * count + t) * size + c];
      const [q, k, v] = ["query", "key", "value"]
        .map((role) => through(role, input));
      const mixed = (n: number, t: number, c: number) => {
        const first = c - c % head;
        const scores = Array.from({ length: count }, (_, other) => {
          let sum = 0;
          for (let h = first; h < first + head; h++) {
            sum += q(n, t, h) * k(n, other, h);
          }
          return sum / Math.sqrt(head);
        });
        const most = Math.max(...scores);
        const powers = scores.map((score) => Math.exp(score - most));
        const all = powers.reduce((a, b) => a + b);
        return powers.reduce(
          (sum, p, other) => sum + p / all * v(n, other, c),
          0,
        );
      };
      const out = through("output", mixed);
      return make(shape, (i) =>
        out(
          Math.floor(i / (count * size)),
          Math.floor(i / size) % count,
          i % size,
        ));
    }
    case "maxout":
      return make(shape, (i) => {
        const group = Array.from({ length: layer.pieces }, (_, k) => k);
        return Math.max(...group.map((k) => x.data[i * layer.pieces + k]));
      });
    case "flatten":
      return make(shape, (i) => x.data[i]);
    case "softmax": {
      const n = shape[1];
      return make(shape, (i) => {
        const from = Math.floor(i / n) * n;
        const row = Array.from({ length: n }, (_, k) => x.data[from + k]);
        const most = Math.max(...row);
        const sum = row.reduce((s, v) => s + Math.exp(v - most), 0);
        return Math.exp(x.data[i] - most) / sum;
      });
    }
    case "dropout":
      if (!pass.training) return x;
      return make(
        shape,
        (i) =>
          pass.dropout.uniform() < layer.rate
            ? 0 * x.data[i]
            : x.data[i] / (1 - layer.rate),
      );
    case "dense": {
      const kernel = weight("kernel")!, bias = weight("bias");
      const [inside, units] = kernel.shape;
      return make(shape, (i) => { // a token is a row as well
        const row = Math.floor(i / units), unit = i % units;
        let sum = bias ? bias.data[unit] : 0;
        for (let k = 0; k < inside; k++) {
          sum += x.data[row * inside + k] * kernel.data[k * units + unit];
        }
        return sum;
      });
    }
    case "globalAvgPool2d": {
      const [n, h, w, c] = x.shape;
      return make([n, c], (i) => {
        let sum = 0;
        for (let p = 0; p < h * w; p++) {
          sum += x.data[(Math.floor(i / c) * h * w + p) * c + i % c];
        }
        return sum / (h * w);
      });
    }
    case "batchNorm": {
      const c = x.shape.at(-1)!, rows = x.data.length / c;
      const { epsilon = 1e-3 } = layer;
      const mean = (value: (i: number) => number, channel: number) => {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += value(r * c + channel);
        return sum / rows;
      };
      const centres = make(
        [c],
        (k) =>
          pass.training
            ? mean((i) => x.data[i], k)
            : weight("movingMean")!.data[k],
      );
      const spreads = make(
        [c],
        (k) =>
          pass.training
            ? mean((i) => (x.data[i] - centres.data[k]) ** 2, k)
            : weight("movingVariance")!.data[k],
      );
      return make(
        shape,
        (i) =>
          (x.data[i] - centres.data[i % c]) /
            Math.sqrt(spreads.data[i % c] + epsilon) *
            weight("gamma")!.data[i % c] + weight("beta")!.data[i % c],
      );
    }
    case "padShortcut": {
      const [sh, sw] = pair(layer.strides ?? 1);
      return eachPixel(
        shape,
        (n, i, j, c) => c < x.shape[3] ? at(x, n, i * sh, j * sw, c)! : 0,
      );
    }
    case "maxPool2d":
    case "avgPool2d": {
      const size = pair(layer.poolSize ?? 2);
      const window = {
        size,
        strides: pair(layer.strides ?? size),
        dilations: [1, 1] as const,
      };
      const taps = places(x.shape, shape, window, layer.padding);
      return eachPixel(shape, (n, i, j, c) => {
        const seen = taps(i, j).map(([row, column]) => at(x, n, row, column, c))
          .filter((value) => value !== undefined);
        return layer.kind === "maxPool2d"
          ? Math.max(...seen)
          : seen.reduce((a, b) => a + b, 0) / seen.length;
      });
    }
    case "conv2d": {
      const kernel = weight("kernel")!, bias = weight("bias");
      const [, kw, depth, filters] = kernel.shape;
      const taps = places(x.shape, shape, {
        size: pair(layer.kernelSize),
        strides: pair(layer.strides ?? 1),
        dilations: pair(layer.dilations ?? 1),
      }, layer.padding);
      return eachPixel(shape, (n, i, j, f) => {
        const first = Math.floor(f / (filters / (layer.groups ?? 1))) * depth;
        let sum = bias ? bias.data[f] : 0;
        for (const [row, column, a, b] of taps(i, j)) {
          for (let c = 0; c < depth; c++) {
            const value = at(x, n, row, column, first + c);
            if (value === undefined) continue; // padding: a zero
            sum += value *
              kernel.data[((a * kw + b) * depth + c) * filters + f];
          }
        }
        return sum;
      });
    }
    default:
      throw new Error(
        `no naive ${(layer as LayerValue).kind} yet: write it here`,
      );
  }
}

/** The row of `size` numbers that the i-th lies in. */
const rowAt = (x: Tensor, i: number, size: number): number[] =>
  Array.from({ length: size }, (_, c) => x.data[i - i % size + c]);

/** Share of a normal distribution below x: its density, summed by Simpson's rule. */
function normalBelow(x: number): number {
  if (Math.abs(x) > 40) return x < 0 ? 0 : 1;
  const parts = 2000, step = x / parts;
  let sum = 0;
  for (let i = 0; i <= parts; i++) {
    const weight = i === 0 || i === parts ? 1 : i % 2 === 0 ? 2 : 4;
    sum += weight * Math.exp(-((i * step) ** 2) / 2);
  }
  return 0.5 + sum * step / 3 / Math.sqrt(2 * Math.PI);
}

/** A value of images, undefined outside. */
function at(
  x: Tensor,
  n: number,
  i: number,
  j: number,
  c: number,
): number | undefined {
  const [, h, w, channels] = x.shape;
  const inside = i >= 0 && i < h && j >= 0 && j < w;
  return inside ? x.data[((n * h + i) * w + j) * channels + c] : undefined;
}

/** Images made value by value. */
function eachPixel(
  shape: readonly number[],
  value: (n: number, i: number, j: number, c: number) => number,
): Tensor {
  const [, h, w, c] = shape;
  return make(shape, (k) => {
    const pixel = Math.floor(k / c);
    const row = Math.floor(pixel / w);
    return value(Math.floor(row / h), row % h, pixel % w, k % c);
  });
}

/** Where the window of an output pixel looks: [row, column, tap row, tap column]. */
function places(
  from: readonly number[],
  to: readonly number[],
  { size, strides, dilations }: Record<
    "size" | "strides" | "dilations",
    readonly [number, number]
  >,
  padding: "same" | "valid" = "valid",
): (i: number, j: number) => [number, number, number, number][] {
  const before = [0, 1].map((axis) => {
    const span = (size[axis] - 1) * dilations[axis] + 1;
    const needed = (to[axis + 1] - 1) * strides[axis] + span - from[axis + 1];
    return padding === "same" ? Math.floor(Math.max(0, needed) / 2) : 0;
  });
  return (i, j) => {
    const found: [number, number, number, number][] = [];
    for (let a = 0; a < size[0]; a++) {
      for (let b = 0; b < size[1]; b++) {
        found.push([
          i * strides[0] - before[0] + a * dilations[0],
          j * strides[1] - before[1] + b * dilations[1],
          a,
          b,
        ]);
      }
    }
    return found;
  };
}
