/** The layers of tokens by hand, and what must not change them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  attention,
  attentionBackward,
  attentionWeights,
  checkGradient,
  classToken,
  infoNce,
  l2Normalize,
  layerNorm,
  maxDifference,
  patchify,
  patchifyBackward,
  randomNormal,
  type Tensor,
  tensor,
  tokenMean,
  zeros,
} from "cnn";
import { assertClose } from "./close.ts";

const f64 = (shape: number[], seed: number) =>
  randomNormal(shape, seed, { dtype: "float64" });

/** x [N, T, d] with its tokens in another order. */
const ordered = (x: Tensor, order: number[]): Tensor => ({
  shape: x.shape,
  data: x.data.map((_, i) => {
    const d = x.shape[2], token = Math.floor(i / d) % order.length;
    return x.data[i + (order[token] - token) * d];
  }),
});

Deno.test("attention() on three tokens gives what pencil and paper give", () => {
  // scores of the query [ln 2, 0] with keys [0, 0], [sqrt 2, 0], [2 sqrt 2, 0]:
  // 0, ln 2 and 2 ln 2 after the division by sqrt 2, so weights 1/7, 2/7, 4/7
  const root = Math.SQRT2;
  const at = { dtype: "float64" } as const;
  const q = tensor([[[Math.LN2, 0], [0, 0], [0, 1]]], undefined, at);
  const k = tensor([[[0, 0], [root, 0], [2 * root, 0]]], undefined, at);
  const v = tensor([[[7, 0], [0, 7], [7, 7]]], undefined, at);
  const y = attention(q, k, v);
  const third = 14 / 3;
  assertClose(y, {
    shape: [1, 3, 2],
    data: [5, 6, third, third, third, third],
  }, { tolerance: 1e-12 });
});

Deno.test("attention() does not know an order: tokens that change places take their answers along", () => {
  const [q, k, v] = [1, 2, 3].map((seed) => f64([2, 5, 4], seed));
  const order = [3, 1, 4, 0, 2];
  const moved = attention(
    ordered(q, order),
    ordered(k, order),
    ordered(v, order),
    { heads: 2 },
  );
  const y = ordered(attention(q, k, v, { heads: 2 }), order);
  assert(maxDifference(moved, y) < 1e-14);
});

Deno.test("attentionWeights() has rows that sum to 1, and attention() is their mean of values", () => {
  const [q, k, v] = [1, 2, 3].map((seed) => f64([1, 4, 3], seed));
  const weights = attentionWeights(q, k);
  assertEquals(weights.shape, [1, 1, 4, 4]);
  const y = attention(q, k, v);
  for (let i = 0; i < 4; i++) {
    const row = [...weights.data].slice(4 * i, 4 * i + 4);
    assert(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-12);
    let sum = 0;
    row.forEach((weight, j) => sum += weight * v.data[3 * j]);
    assert(Math.abs(sum - y.data[3 * i]) < 1e-12);
  }
});

Deno.test("attention() survives scores of a million", () => {
  const q = tensor([[[1e3], [-1e3]]]), k = tensor([[[1e3], [0]]]);
  const y = attention(q, k, tensor([[[1], [2]]]));
  assertEquals([...y.data], [1, 2]);
});

Deno.test("attentionBackward() is the numeric gradient for queries, keys and values", () => {
  const [q, k, v, dy] = [1, 2, 3, 4].map((seed) => f64([2, 4, 6], seed));
  const options = { heads: 3 };
  const { dq, dk, dv } = attentionBackward(q, k, v, dy, options);
  const of = { dy, tolerance: 1e-6 };
  checkGradient((q) => attention(q, k, v, options), q, { ...of, analytic: dq });
  checkGradient((k) => attention(q, k, v, options), k, { ...of, analytic: dk });
  checkGradient((v) => attention(q, k, v, options), v, { ...of, analytic: dv });
});

Deno.test("attention() names what does not fit", () => {
  const x = zeros([1, 3, 4]);
  assertThrows(
    () => attention(x, zeros([1, 2, 4]), x),
    TypeError,
    "attention() expects k [1, 3, 4] but found [1, 2, 4]",
  );
  assertThrows(
    () => attention(x, x, x, { heads: 3 }),
    RangeError,
    "attention() expects heads that divide the 4 columns but found 3",
  );
});

Deno.test("layerNorm() gives each row mean 0 and variance 1, whatever the other rows are", () => {
  const x = f64([3, 8], 5);
  const gamma = tensor(Array(8).fill(1)), beta = zeros([8]);
  const y = layerNorm(x, { gamma, beta, epsilon: 0 });
  for (let row = 0; row < 3; row++) {
    const part = [...y.data.subarray(8 * row, 8 * row + 8)];
    const mean = part.reduce((a, b) => a + b) / 8;
    const square = part.reduce((sum, v) => sum + v * v, 0) / 8;
    assert(Math.abs(mean) < 1e-12 && Math.abs(square - 1) < 1e-12);
  }
  const alone = { shape: [1, 8], data: x.data.slice(8, 16) };
  const again = layerNorm(alone, { gamma, beta, epsilon: 0 });
  assertEquals([...again.data], [...y.data.slice(8, 16)]);
  assertThrows(
    () => layerNorm(x, { gamma: zeros([3]), beta }),
    TypeError,
    "layerNorm() expects gamma [8] but found [3]",
  );
});

Deno.test("patchify() loses nothing: its gradient puts the image together again", () => {
  const x = f64([2, 6, 9, 2], 6);
  assertEquals(patchifyBackward(x, patchify(x, 3), 3), x);
  assertThrows(
    () => patchify(x, 4),
    RangeError,
    "patchify() expects an image that patches of 4 x 4 cover but found [6, 9]",
  );
});

Deno.test("tokenMean() behind classToken() counts the token in", () => {
  const y = tokenMean(classToken(tensor([[[1], [2]]]), tensor([6])));
  assertEquals([...y.data], [3]);
});

Deno.test("l2Normalize() leaves a row of zeros as it is", () => {
  assertEquals([...l2Normalize(tensor([[0, 0], [0, -2]])).data], [0, 0, 0, -1]);
});

Deno.test("infoNce() has the numeric gradient, and log N where nothing tells the pairs apart", () => {
  const a = f64([5, 3], 7), b = f64([5, 3], 8);
  const temperature = 0.3;
  const { dA, dB } = infoNce(a, b, { temperature });
  const of = { tolerance: 1e-6 };
  const loss = (a: Tensor, b: Tensor) => infoNce(a, b, { temperature }).loss;
  checkGradient((a) => loss(a, b), a, { ...of, analytic: dA });
  checkGradient((b) => loss(a, b), b, { ...of, analytic: dB });
  const same = tensor(Array(5).fill([1, 2, 3]));
  assert(Math.abs(infoNce(same, same).loss - Math.log(5)) < 1e-6);
  assert(infoNce(a, a, { temperature: 0.001 }).loss < 1e-9);
  assertThrows(
    () => infoNce(a, b, { temperature: 0 }),
    RangeError,
    "infoNce() expects a temperature above 0 but found 0",
  );
});
