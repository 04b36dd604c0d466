import type * as tensorflow from "@tensorflow/tfjs";
import { checkCount, checkShape } from "../base/check.ts";
import { settle } from "../base/options.ts";
import { allocate, type Tensor, zerosLike } from "../base/tensor.ts";
import { define, flow, type Kind } from "./define.ts";
import { dense, denseBackward } from "./dense.ts";
import { count } from "./setting.ts";
import { softmaxRows } from "./softmax.ts";
import type { Tf } from "./tfjs/class.ts";
import { fused } from "./tfjs/fused.ts";
import { checkTokens, tokenShape } from "./tokens.ts";

/** Options of attention(). */
export interface AttentionOptions {
  /** Heads that look apart, each at its own d / heads columns; 1 unless told. */
  heads?: number;
}

/**
 * Each token collects from all tokens, by how well its query fits their keys:
 * y = softmax(q * transpose(k) / sqrt(d)) * v.
 *
 * With several heads each does so on its own columns of q, k and v, and d is
 * their number. Source: Vaswani et al., "Attention Is All You Need", 2017,
 * section 3.2.
 *
 * @param q Queries [N, T, d].
 * @param k Keys [N, T, d].
 * @param v Values [N, T, d].
 * @param options `heads` 1; it divides d.
 * @returns [N, T, d] in the precision of q.
 * @throws {TypeError} Shapes that differ; an unknown option.
 * @throws {RangeError} A number of heads that does not divide d.
 *
 * @example
 * ```ts
 * import { attention, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * // The first query fits both keys alike; the second only the second key.
 * const q = tensor([[[0], [1000]]]), k = tensor([[[0], [1]]]);
 * const y = attention(q, k, tensor([[[2], [4]]]));
 * assertEquals([...y.data], [3, 4]);
 * ```
 */
export function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const size = prepare("attention", { q, k, v }, options);
  const y = zerosLike(q);
  eachHead(q.shape, size, (at) => {
    const weights = weightsOf(q, k, at);
    for (let i = 0; i < at.count; i++) {
      for (let c = 0; c < size; c++) {
        let sum = 0;
        for (let j = 0; j < at.count; j++) {
          sum += weights[i * at.count + j] * v.data[at.start + j * at.step + c];
        }
        y.data[at.start + i * at.step + c] = sum;
      }
    }
  });
  return y; // [N, T, d]
}

/**
 * How much each token looks at each: softmax(q * transpose(k) / sqrt(d)).
 *
 * @param q Queries [N, T, d].
 * @param k Keys [N, T, d].
 * @param options As those of attention().
 * @returns [N, heads, T, T]: a row for each query, which sums to 1.
 * @throws {TypeError} Shapes that differ; an unknown option.
 * @throws {RangeError} A number of heads that does not divide d.
 *
 * @example
 * ```ts
 * import { attentionWeights, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const q = tensor([[[0], [1000]]]), k = tensor([[[0], [1]]]);
 * assertEquals([...attentionWeights(q, k).data], [0.5, 0.5, 0, 1]);
 * ```
 */
export function attentionWeights(
  q: Tensor,
  k: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const size = prepare("attentionWeights", { q, k }, options);
  const [batch, tokens, width] = q.shape;
  const shape = [batch, width / size, tokens, tokens];
  const y = allocate(batch * width / size * tokens ** 2, q.data);
  let to = 0;
  eachHead(q.shape, size, (at) => {
    y.set(weightsOf(q, k, at), to);
    to += tokens ** 2;
  });
  return { shape, data: y };
}

/**
 * Gradients of {@linkcode attention}.
 *
 * With the weights w, dv = transpose(w) * dy, and dw = dy * transpose(v) goes back
 * through the softmax, ds = w * (dw - sum of dw * w), to dq = ds * k / sqrt(d) and
 * dk = transpose(ds) * q / sqrt(d).
 *
 * @param q What attention() got [N, T, d].
 * @param k What it got [N, T, d].
 * @param v What it got [N, T, d].
 * @param dy Gradient of the loss for its output [N, T, d].
 * @param options The options that it had.
 * @returns `dq`, `dk` and `dv`, each [N, T, d].
 * @throws {TypeError} Shapes that differ; an unknown option.
 * @throws {RangeError} A number of heads that does not divide d.
 *
 * @example
 * ```ts
 * import { attentionBackward, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[[0], [0]]]); // every weight is one half
 * const { dv } = attentionBackward(x, x, x, tensor([[[2], [4]]]));
 * assertEquals([...dv.data], [3, 3]);
 * ```
 */
export function attentionBackward(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  dy: Tensor,
  options: AttentionOptions = {},
): { dq: Tensor; dk: Tensor; dv: Tensor } {
  const size = prepare("attentionBackward", { q, k, v, dy }, options);
  const dq = new Float64Array(q.data.length);
  const dk = new Float64Array(dq.length), dv = new Float64Array(dq.length);
  eachHead(q.shape, size, (at) => {
    const { start, step, count } = at;
    const weights = weightsOf(q, k, at);
    const slopes = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const row = start + i * step;
      let mean = 0;
      for (let j = 0; j < count; j++) {
        const weight = weights[i * count + j], other = start + j * step;
        slopes[j] = 0;
        for (let c = 0; c < size; c++) {
          dv[other + c] += weight * dy.data[row + c];
          slopes[j] += dy.data[row + c] * v.data[other + c];
        }
        mean += weight * slopes[j];
      }
      for (let j = 0; j < count; j++) {
        const slope = weights[i * count + j] * (slopes[j] - mean) /
          Math.sqrt(size);
        const other = start + j * step;
        for (let c = 0; c < size; c++) {
          dq[row + c] += slope * k.data[other + c];
          dk[other + c] += slope * q.data[row + c];
        }
      }
    }
  });
  const like = (data: Float64Array): Tensor => ({
    shape: [...q.shape],
    data: q.data instanceof Float64Array ? data : new Float32Array(data),
  });
  return { dq: like(dq), dk: like(dk), dv: like(dv) };
}

/** Checks that all have one shape; the columns of a head. */
function prepare(
  fn: string,
  all: Readonly<Record<string, Tensor>>,
  options: AttentionOptions,
): number {
  const { heads } = settle(fn, options, { heads: 1 });
  checkTokens(fn, "q", all.q);
  const { shape } = all.q;
  for (const [name, one] of Object.entries(all)) {
    checkShape(fn, name, one, shape, "all have the shape of q");
  }
  checkCount(fn, "heads", heads);
  if (shape[2] % heads === 0) return shape[2] / heads;
  throw new RangeError(
    `${fn}() expects heads that divide the ${
      shape[2]
    } columns but found ${heads}: each head has its own columns`,
  );
}

/** One head of one picture: where its first number lies, and its next token. */
interface Head {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly size: number;
}

/** Visits the heads of each picture. */
function eachHead(
  [batch, count, step]: readonly number[],
  size: number,
  visit: (head: Head) => void,
): void {
  for (let n = 0; n < batch; n++) {
    for (let column = 0; column < step; column += size) {
      visit({ start: n * count * step + column, step, count, size });
    }
  }
}

/** softmax(q * transpose(k) / sqrt(d)) of one head, [T, T]. */
function weightsOf(
  q: Tensor,
  k: Tensor,
  { start, step, count, size }: Head,
): Float64Array {
  const scores = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let c = 0; c < size; c++) {
        sum += q.data[start + i * step + c] * k.data[start + j * step + c];
      }
      scores[i * count + j] = sum / Math.sqrt(size);
    }
  }
  return softmaxRows(scores, count);
}

/** Self-attention: queries, keys, values and output each have a dense layer. */
export interface AttentionLayer {
  readonly kind: "attention";
  readonly name?: string;
  /** false: training leaves the weights as they are; true unless told. */
  readonly trainable?: boolean;
  /** Heads that look apart; 1 unless told. */
  readonly heads?: number;
}

const ROLES = ["query", "key", "value", "output"] as const;

/** Self-attention in a network. */
export const attentionLayer: Kind<AttentionLayer> = define({
  kind: "attention",
  settings: { heads: count(1) },
  shape(input, { heads }) {
    const [count, size] = tokenShape(input);
    if (size % heads === 0) return [count, size];
    throw new RangeError(
      `expects heads that divide the ${size} numbers of a token but found ${heads}: each head has its own`,
    );
  },
  weights(input) {
    const [, size] = tokenShape(input);
    return Object.fromEntries(ROLES.flatMap((role) => [
      [`${role}Kernel`, { shape: [size, size], start: "drawn" as const }],
      [`${role}Bias`, { shape: [size], start: 0 }],
    ]));
  },
  run(x, own, { heads }) {
    const through = (role: string, x: Tensor) =>
      dense(x, own[`${role}Kernel`], { bias: own[`${role}Bias`] });
    const [q, k, v] = ROLES.slice(0, 3).map((role) => through(role, x));
    const mixed = attention(q, k, v, { heads });
    return [through("output", mixed), (dy) => {
      const gradients: Record<string, Tensor> = {};
      const back = (role: string, x: Tensor, dy: Tensor) => {
        const found = denseBackward(x, own[`${role}Kernel`], dy);
        gradients[`${role}Kernel`] = found.dKernel;
        gradients[`${role}Bias`] = found.dBias;
        return found.dx;
      };
      const dMixed = back("output", mixed, dy);
      const { dq, dk, dv } = attentionBackward(q, k, v, dMixed, { heads });
      const dx = zerosLike(x);
      for (
        const [role, d] of Object.entries({ query: dq, key: dk, value: dv })
      ) {
        back(role, x, d).data.forEach((value, i) => dx.data[i] += value);
      }
      return flow(dx, gradients);
    }];
  },
  // four dense layers, then scores and sums of all pairs
  multiplyAdds: ([tokens, size]) =>
    4 * tokens * size ** 2 + 2 * tokens ** 2 * size,
  // queries, keys, values, and what the heads make of them
  inside: ([tokens, size]) => 4 * tokens * size,
  window: () => "all",
  label: ({ heads }) => `attention, ${heads} head${heads === 1 ? "" : "s"}`,
  family: "dense",
  tfjs: {
    className: "SelfAttention",
    compute(tf, x, own, { heads }) {
      const through = (role: string, x: tensorflow.Tensor) => {
        const kernel = own[`${role}Kernel`], bias = own[`${role}Bias`];
        return fused(tf, "BiasedMatMul", { a: x, b: kernel, bias }, {}) ??
          tf.matMul(x.reshape([-1, kernel.shape[0]]), kernel).add(bias)
            .reshape(x.shape);
      };
      const [q, k, v] = ROLES.slice(0, 3).map((role) => through(role, x));
      const mixed = fused(tf, "Attention", { q, k, v }, { heads }) ??
        plainly(tf, [q, k, v], heads);
      return through("output", mixed);
    },
  },
});

/** Attention by tfjs's operations, head by head. */
function plainly(
  tf: Tf,
  all: readonly tensorflow.Tensor[],
  heads: number,
): tensorflow.Tensor {
  // tfjs 4.22.0 has no gradient for a split into one part.
  const parts = all.map((x) => heads === 1 ? [x] : tf.split(x, heads, 2));
  const scale = Math.sqrt(heads / all[0].shape[2]!);
  const mixed = parts[0].map((q, h) => {
    const scores = tf.matMul(q, parts[1][h], false, true);
    return tf.matMul(tf.softmax(scores.mul(scale)), parts[2][h]);
  });
  return tf.concat(mixed, 2);
}
