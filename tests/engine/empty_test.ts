/** Empty tensors: no kernel of the wasm engine hands out memory that it did not write. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Tf, useBackend } from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";

type Tensor = tensorflow.Tensor;
type Images = tensorflow.Tensor4D;
type Op = (tf: Tf) => Tensor | Tensor[];

const gradients =
  (f: (tf: Tf, x: Images, filter: Images) => Tensor, ...shapes: number[][]) =>
  (tf: Tf) =>
    tf.grads((x, filter) => f(tf, x as Images, filter as Images).sum())(
      shapes.map((shape) => tf.ones(shape)),
    );
const convolved = (stride: number, pad: "same" | "valid") =>
(
  ...[tf, x, filter]: [Tf, Images, Images]
) => tf.conv2d(x, filter, stride, pad);
const depthwise = (pad: "same" | "valid") =>
(
  ...[tf, x, filter]: [Tf, Images, Images]
) => tf.depthwiseConv2d(x, filter, 1, pad);

/** What is made of nothing, by each kernel that can be asked for it. */
const operations: Record<string, Op> = {
  ...Object.fromEntries(
    (["sum", "mean", "max", "min", "prod"] as const).flatMap((name) =>
      ([[[0, 3], 0], [[3, 0], 1], [[0, 3]], [[2, 0, 3], 1], [[0, 3], 1]] as [
        number[],
        number?,
      ][]).flatMap(([shape, axis]) =>
        (["float32", "int32"] as const).map((dtype): [string, Op] => [
          `${name} of ${dtype} [${shape}] along ${axis}`,
          (tf) => tf[name](tf.zeros(shape, dtype), axis),
        ])
      )
    ),
  ),
  "all, any": (tf) =>
    [[0, 3], [3, 0]].flatMap((shape, axis) => [
      tf.all(tf.zeros(shape, "bool"), axis),
      tf.any(tf.zeros(shape, "bool"), axis),
    ]),
  "moments and logSumExp": (tf) => {
    const { mean, variance } = tf.moments(tf.zeros([0, 3]), 0);
    return [mean, variance, tf.logSumExp(tf.zeros([3, 0]), 1)];
  },
  "products with nothing inside": (tf) => [
    tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])),
    tf.matMul(tf.zeros([0, 2]), tf.zeros([0, 3]), true),
    tf.matMul(tf.zeros([2, 0]), tf.zeros([3, 0]), false, true),
    tf.matMul(tf.zeros([5, 3, 0]), tf.zeros([5, 0, 4])),
    tf.fused.matMul({
      ...{ a: tf.zeros([2, 0]), b: tf.zeros([0, 3]) },
      ...{ bias: tf.ones([3]), activation: "sigmoid" },
    }),
  ],
  "products without rows or columns": (tf) => [
    tf.matMul(tf.zeros([0, 2]), tf.ones([2, 3])),
    tf.matMul(tf.ones([3, 2]), tf.zeros([2, 0])),
  ],
  "gradients of a product": gradients(
    (tf, x, filter) => tf.matMul(x, filter),
    ...[[0, 2], [2, 3]],
  ),
  "of a convolution of no image": gradients(
    convolved(1, "same"),
    ...[[0, 4, 4, 2], [3, 3, 2, 1]],
  ),
  "of a strided one": gradients(
    convolved(2, "valid"),
    ...[[0, 8, 8, 3], [5, 5, 3, 4]],
  ),
  "of Winograd's": gradients(
    convolved(1, "same"),
    ...[[0, 8, 8, 8], [3, 3, 8, 8]],
  ),
  "of one without input channels": gradients(
    convolved(1, "same"),
    ...[[2, 4, 4, 0], [3, 3, 0, 2]],
  ),
  "of one without output channels": gradients(
    convolved(2, "same"),
    ...[[2, 4, 4, 2], [3, 3, 2, 0]],
  ),
  "of one without an output pixel": gradients(
    convolved(1, "valid"),
    ...[[2, 2, 2, 2], [3, 3, 2, 2]],
  ),
  "a bias alone": (tf) =>
    tf.fused.conv2d({
      x: tf.zeros([2, 4, 4, 0]) as Images,
      filter: tf.zeros([3, 3, 0, 2]),
      ...{ strides: 1, pad: "same", bias: tf.ones([2]) },
    }),
  "of a depthwise convolution": gradients(
    depthwise("same"),
    ...[[0, 4, 4, 4], [3, 3, 4, 2]],
  ),
  "of a depthwise one without channels": gradients(
    depthwise("same"),
    ...[[1, 4, 4, 0], [3, 3, 0, 1]],
  ),
  "a depthwise convolution without channels": (tf) =>
    ([[3, 3, 0, 1], [3, 3, 2, 0]] as Images["shape"][]).map((shape) =>
      tf.depthwiseConv2d(
        tf.zeros([1, 4, 4, shape[2]]) as Images,
        tf.zeros(shape),
        ...[1, "same"] as const,
      )
    ),
  "of a depthwise one without an output pixel": gradients(
    depthwise("valid"),
    ...[[2, 2, 2, 4], [3, 3, 4, 1]],
  ),
  "of pooling": (tf) =>
    [[0, 4, 4, 2], [2, 2, 2, 2]].flatMap((shape) =>
      [tf.maxPool, tf.avgPool].map((pool) =>
        tf.grad((x) => pool(x as Images, 3, 1, "valid"))(tf.ones(shape))
      )
    ),
  "of a mean": (tf) => [
    tf.grad((x) => tf.mean(x, 0))(tf.zeros([0, 3])),
    tf.grad((x) => tf.mean(x, 1))(tf.zeros([2, 0, 3])),
  ],
  "of a row that is added to no rows": (tf) =>
    tf.grads((x, row) => tf.add(x, row))([tf.zeros([0, 3]), tf.ones([3])]),
  "rows looked up and their gradient": (tf) => {
    const none = tf.tensor1d([], "int32");
    return [
      tf.gather(tf.ones([4, 3]), none),
      tf.grad((x) => tf.gather(x, none))(tf.ones([4, 3])),
      tf.gather(tf.zeros([4, 0]), tf.tensor1d([1], "int32")),
      tf.unsortedSegmentSum(tf.zeros([0, 3]), none, 4),
    ];
  },
  "batch normalisation": (tf) => {
    const layer = tf.layers.batchNormalization({ axis: -1 });
    const x = tf.zeros([0, 2, 2, 3]);
    const trained = layer.apply(x, { training: true }) as Tensor;
    const means = layer.getWeights().map((weight) => weight.clone());
    layer.dispose();
    return [
      ...[trained, ...means],
      tf.batchNorm(x as Images, tf.zeros([3]), tf.ones([3])),
    ];
  },
};

/** All results, on memory that is full of sevens. */
function results(tf: Tf): Record<string, string> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => {
      const sizes = [1, 2, 3, 4, 8, 18, 64, 144, 300, 600];
      const sevens = sizes.flatMap((size) =>
        Array.from({ length: 9 }, () => tf.fill([size], 7))
      );
      tf.dispose(sevens);
      const found = tf.tidy(() =>
        [operation(tf)].flat().map((y) =>
          `${y.dtype} [${y.shape}] ${[...y.dataSync()].join(" ")}`
        )
      );
      return [name, found.join("; ")];
    }),
  );
}

Deno.test("what is made of empty tensors is the same on wasm as on cpu", async () => {
  const { tf } = await useBackend("cpu");
  const expected = results(tf);
  assertEquals(expected["sum of float32 [0,3] along 0"], "float32 [3] 0 0 0");
  for (const threads of [1, 2]) {
    await useBackend("wasm", { threads });
    const before = tf.memory().numTensors;
    assertEquals(results(tf), expected, `${threads} threads`);
    assertEquals(tf.memory().numTensors, before, "tensors leak");
  }
});

Deno.test("looked up rows are the rows, on all threads, and a wrong number is named", async () => {
  for (const threads of [1, 4]) {
    const { tf } = await useBackend("wasm", { threads });
    tf.tidy(() => {
      for (const columns of [1, 3, 4, 7, 64]) {
        const x = tf.range(0, 50 * columns).reshape([50, columns]);
        const ids = Array.from({ length: 3000 }, (_, i) => i * 7 % 50);
        const y = tf.gather(x, tf.tensor(ids, [60, 50], "int32"));
        assertEquals(y.shape, [60, 50, columns]);
        const found = y.dataSync();
        assert(
          found.every((value, i) =>
            value === ids[Math.floor(i / columns)] * columns + i % columns
          ),
          `${columns} columns`,
        );
      }
      for (const wrong of [-1, 50]) {
        let message = "";
        try {
          tf.gather(tf.zeros([50, 3]), tf.tensor1d([0, wrong], "int32"));
        } catch (error) {
          message = (error as Error).message;
        }
        assertEquals(
          message,
          `GatherV2: the index value ${wrong} is not in [0, 49]`,
        );
      }
    });
  }
});

Deno.test("sums by segment that wasm cannot compute are refused with the reason", async () => {
  const { tf } = await useBackend("wasm");
  const ids = tf.tensor1d([0, 0], "int32"), x = tf.ones([2, 3], "int32");
  assertThrows(
    () => tf.unsortedSegmentSum(x, ids, 2),
    Error,
    "the wasm engine expects float32 numbers, images in NHWC, for UnsortedSegmentSum but found others",
  );
  tf.dispose([ids, x]);
});
