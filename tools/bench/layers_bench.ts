/**
 * `deno task bench:layers`: single layers, from scratch, on stock tfjs cpu and
 * on our wasm. The sizes are those of the small nets, batch 32.
 */
import {
  conv2d,
  conv2dBackward,
  dense,
  denseBackward,
  maxPool2d,
  maxPool2dBackward,
  randomNormal,
  type Tensor,
  toTf,
  useBackend,
} from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";

type T4 = tensorflow.Tensor4D;
type T2 = tensorflow.Tensor2D;

/** What a layer does on plain tensors, and on those of tfjs. */
interface Work {
  readonly inputs: readonly Tensor[];
  scratch(...inputs: Tensor[]): unknown;
  tfjs(...inputs: tensorflow.Tensor[]): tensorflow.Tensor;
}

const { tf } = await useBackend("wasm");
await useBackend("cpu");

const padding = "same" as const;
const x = randomNormal([32, 14, 14, 16], 1);
const kernel = randomNormal([3, 3, 16, 16], 2);
const pooled = randomNormal([32, 7, 7, 16], 3);
const row = randomNormal([32, 784], 4);
const matrix = randomNormal([784, 120], 5);
const dRow = randomNormal([32, 120], 6);

const conv = (x: tensorflow.Tensor, kernel: tensorflow.Tensor) =>
  tf.conv2d(x as T4, kernel as T4, 1, padding);
const pool = (x: tensorflow.Tensor) => tf.maxPool(x as T4, 2, 2, "valid");
const product = (x: tensorflow.Tensor, matrix: tensorflow.Tensor) =>
  tf.matMul(x as T2, matrix as T2);

/** Gradients of all inputs but the last, which is the gradient from above. */
const gradients =
  (layer: (...inputs: tensorflow.Tensor[]) => tensorflow.Tensor) =>
  (...inputs: tensorflow.Tensor[]) =>
    tf.grads(layer)(inputs.slice(0, -1), inputs.at(-1))[0];

const works: Readonly<Record<string, Work>> = {
  "conv2d 3x3, 14x14x16 to 16": {
    inputs: [x, kernel],
    scratch: (x, kernel) => conv2d(x, kernel, { padding }),
    tfjs: conv,
  },
  "conv2d 3x3, forward and gradients": {
    inputs: [x, kernel, x],
    scratch(x, kernel, dy) {
      conv2d(x, kernel, { padding });
      conv2dBackward(x, kernel, dy, { padding });
    },
    tfjs: gradients(conv),
  },
  "maxPool2d 2x2, 14x14x16": {
    inputs: [x],
    scratch: (x) => maxPool2d(x),
    tfjs: pool,
  },
  "maxPool2d 2x2, forward and gradient": {
    inputs: [x, pooled],
    scratch(x, dy) {
      maxPool2d(x);
      maxPool2dBackward(x, dy);
    },
    tfjs: gradients(pool),
  },
  "dense 784 to 120": {
    inputs: [row, matrix],
    scratch: (x, matrix) => dense(x, matrix),
    tfjs: product,
  },
  "dense, forward and gradients": {
    inputs: [row, matrix, dRow],
    scratch(x, matrix, dy) {
      dense(x, matrix);
      denseBackward(x, matrix, dy);
    },
    tfjs: gradients(product),
  },
};

for (const [group, { inputs, scratch, tfjs }] of Object.entries(works)) {
  Deno.bench(`${group}: from scratch`, { group }, () => {
    scratch(...inputs);
  });
  for (const backend of ["cpu", "wasm"] as const) {
    const name = backend === "cpu" ? "stock tfjs cpu" : "our wasm";
    const baseline = backend === "cpu";
    let there: tensorflow.Tensor[] | undefined;
    Deno.bench(`${group}: ${name}`, { group, baseline }, async (b) => {
      await tf.setBackend(backend);
      there ??= inputs.map(toTf);
      b.start();
      const y = tf.tidy(() => tfjs(...there!));
      b.end();
      y.dispose();
    });
  }
}
