/** Faults of stock TensorFlow.js that stand behind useBackend(), put right. */
import { assert, assertEquals } from "@std/assert";
import { randomNormal, type Tf, toTf, useBackend } from "cnn";
import type { Tensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import { assertClose } from "./compare.ts";

const ENGINES = ["wasm", "cpu"] as const;

type Pair = [number, number];

/** A test on both engines, whose tensors are disposed. */
function onBoth(name: string, test: (tf: Tf) => void): void {
  for (const engine of ENGINES) {
    Deno.test(`${name}, on ${engine}`, async () => {
      const { tf } = await useBackend(engine);
      const before = tf.memory().numTensors;
      tf.tidy(() => test(tf));
      assertEquals(tf.memory().numTensors, before, "tensors leak");
    });
  }
}

const values = (x: Tensor) => [...x.dataSync()];

/** Numbers whose sum is the loss, one of a kind for each output. */
const weighed = (tf: Tf, y: Tensor): Tensor =>
  tf.sum(tf.mul(y, toTf(randomNormal(y.shape, 77))));

/** Compares tf.grad() with the slope of `f`, which must be linear in x. */
function assertSlope(tf: Tf, f: (x: Tensor) => Tensor, x: Tensor): void {
  const loss = (x: Tensor) => weighed(tf, f(x));
  const found = values(tf.grad(loss)(x));
  const here = values(loss(x))[0];
  const expected = found.map((_, at) => {
    const unit = tf.oneHot(tf.tensor1d([at], "int32"), x.size).toFloat()
      .reshape(x.shape);
    return values(loss(x.add(unit)))[0] - here;
  });
  assertClose(found, expected, `${f}`, 1e-3);
}

onBoth(
  "avgPool() with padding shares a gradient by the pixels on the image",
  (tf) => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const gradient = tf.grad((x) =>
      tf.avgPool(x as Tensor4D, 3, 2, "same").mul(8)
    )(x);
    // One window over four pixels: 8 / 4 for each.
    assertEquals(values(gradient).map((v) => +v.toFixed(5)), [2, 2, 2, 2]);
    for (const size of [2, 3, [3, 2]] as [number, number][]) {
      for (const strides of [1, 2, [1, 3]] as [number, number][]) {
        for (const pad of ["same", "valid", 1] as const) {
          assertSlope(
            tf,
            (x) => tf.avgPool(x as Tensor4D, size, strides, pad),
            toTf(randomNormal([2, 5, 4, 2], 1)),
          );
        }
      }
    }
  },
);

onBoth("averagePooling layers train with their padding", (tf) => {
  const two = tf.layers.averagePooling2d({
    poolSize: 3,
    strides: 2,
    padding: "same",
  });
  const one = tf.layers.averagePooling1d({
    poolSize: 3,
    strides: 2,
    padding: "same",
  });
  assertSlope(
    tf,
    (x) => two.apply(x) as Tensor,
    toTf(randomNormal([1, 4, 5, 1], 1)),
  );
  assertSlope(
    tf,
    (x) => one.apply(x) as Tensor,
    toTf(randomNormal([1, 6, 2], 1)),
  );
});

onBoth(
  "avgPool3d() with padding shares a gradient by the voxels inside",
  (tf) => {
    assertSlope(
      tf,
      (x) => tf.avgPool3d(x as never, 2, 1, "same"),
      toTf(randomNormal([1, 2, 3, 2, 1], 1)),
    );
  },
);

onBoth(
  "upsampling sends each picture of a batch its own gradient back",
  (tf) => {
    const dy = tf.tensor4d([1, 2, 3, 4, 10, 20, 30, 40], [2, 2, 2, 1]);
    const gradient = tf.grad((x) =>
      tf.mul(tf.image.resizeNearestNeighbor(x as Tensor4D, [2, 2]), dy)
    )(tf.zeros([2, 1, 1, 1]));
    assertEquals(values(gradient), [10, 100]);
    for (
      const [size, corners] of [[[4, 6], false], [[5, 7], false], [
        [5, 3],
        true,
      ], [[2, 2], false]] as const
    ) {
      for (
        const resize of [
          tf.image.resizeNearestNeighbor,
          tf.image.resizeBilinear,
        ]
      ) {
        assertSlope(
          tf,
          (x) => resize(x as Tensor4D, [...size], corners),
          toTf(randomNormal([3, 2, 3, 2], 1)),
        );
      }
    }
  },
);

onBoth(
  "conv3d() sends the right gradient to its input and its kernel",
  (tf) => {
    const x = toTf(randomNormal([2, 4, 4, 3, 2], 1));
    const kernel = toTf(randomNormal([2, 2, 2, 2, 3], 2));
    for (const [strides, pad] of [[1, "valid"], [2, "same"]] as const) {
      const f = (x: Tensor, kernel: Tensor) =>
        tf.conv3d(x as never, kernel as never, strides, pad);
      assertSlope(tf, (x) => f(x, kernel), x);
      assertSlope(tf, (kernel) => f(x, kernel), kernel);
    }
  },
);

onBoth("toBool() is 1 for every number but 0", (tf) => {
  assertEquals(values(tf.tensor1d([-1.5, 0.3, 2.7, 0, NaN]).toBool()), [
    1,
    1,
    1,
    0,
    1,
  ]);
  assertEquals(values(tf.tensor1d([-1, 0, 256, 2], "int32").toBool()), [
    1,
    0,
    1,
    1,
  ]);
  assertEquals(values(tf.tensor1d([true, false], "bool").toBool()), [1, 0]);
});

onBoth(
  "padding by a number counts each axis by its own window and stride",
  (tf) => {
    const sum = tf.conv2d(
      tf.ones([1, 7, 9, 1]) as Tensor4D,
      tf.ones([2, 2, 1, 1]) as Tensor4D,
      [1, 4],
      2,
    );
    assertEquals(sum.shape, [1, 10, 3, 1]);
    // Places -2..12 in steps of 4: both columns lie outside, inside, half outside.
    assertEquals(values(sum).slice(6, 9), [0, 4, 4]);
    const x = toTf(randomNormal([2, 5, 6, 2], 1));
    for (const strides of [[1, 1], [1, 3], [2, 1]] as [number, number][]) {
      for (const size of [[2, 2], [3, 1], [1, 3]] as [number, number][]) {
        const kernel = toTf(randomNormal([...size, 2, 3], 2));
        const pads = [[0, 0], [1, 1], [1, 1], [0, 0]] as [
          [number, number],
          [number, number],
          [number, number],
          [number, number],
        ];
        const ops: [string, (pad: 1 | typeof pads) => Tensor][] = [
          [
            "conv2d",
            (pad) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, strides, pad),
          ],
          ["depthwise", (pad) =>
            tf.depthwiseConv2d(
              x as Tensor4D,
              kernel as Tensor4D,
              strides,
              pad,
            )],
        ];
        for (const [name, op] of ops) {
          assertEquals(op(1).shape, op(pads).shape, name);
          assertClose(values(op(1)), values(op(pads)), name);
        }
        assertSlope(
          tf,
          (x) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, strides, 1),
          x,
        );
        assertSlope(
          tf,
          (k) => tf.conv2d(x as Tensor4D, k as Tensor4D, strides, 1),
          kernel,
        );
        const out = (axis: 0 | 1) =>
          Math.floor((x.shape[axis + 1] + 2 - size[axis]) / strides[axis]) + 1;
        if (Math.min(...size) > 1) {
          const pooled = tf.maxPool(x as Tensor4D, size, strides, 1);
          assertEquals(pooled.shape, [2, out(0), out(1), 2]);
          assertEquals(
            tf.grad((x) => tf.maxPool(x as Tensor4D, size, strides, 1))(x)
              .shape,
            x.shape,
          );
        }
      }
    }
  },
);

/** x with NaN in the places where a mask is 1. */
const NUMBERS = [NaN, -1, 2, NaN, 7, -3, 0, 1, NaN];

onBoth(
  "NaN stays NaN under ReLU and its kin, in every place of a vector",
  (tf) => {
    for (let size = 1; size <= NUMBERS.length; size++) {
      for (let first = 0; first < 4; first++) {
        const given = [...NUMBERS.slice(first), ...NUMBERS].slice(0, size);
        const x = tf.tensor1d(given), zeros = tf.zeros([size]);
        const results: Record<string, Tensor> = {
          relu: tf.relu(x),
          relu6: tf.relu6(x),
          elu: tf.elu(x),
          selu: tf.selu(x),
          leakyRelu: tf.leakyRelu(x),
          prelu: tf.prelu(x, tf.tensor1d([0.1])),
          sigmoid: tf.sigmoid(x),
          tanh: tf.tanh(x),
          clip: tf.clipByValue(x, -2, 3),
          maximum: tf.maximum(x, 0),
          "maximum, swapped": tf.maximum(0, x),
          "maximum of two": tf.maximum(zeros, x),
          minimum: tf.minimum(x, 0),
          "minimum, swapped": tf.minimum(0, x),
          "minimum of two": tf.minimum(zeros, x),
          "maximum, broadcast": tf.maximum(
            tf.zeros([3, 1]),
            x.reshape([1, size]),
          ).slice([1, 0], [1, size]),
        };
        for (const [name, y] of Object.entries(results)) {
          assertEquals(
            values(y).map(isNaN),
            given.map(isNaN),
            `${name} of ${given}: ${values(y)}`,
          );
        }
        assertEquals(values(results.relu), given.map((v) => v <= 0 ? 0 : v));
        assertEquals(
          values(results.relu6),
          given.map((v) => v <= 0 ? 0 : v > 6 ? 6 : v),
        );
        const gradient = values(tf.grad((x) => tf.relu(x))(x));
        given.forEach((v, i) =>
          assert(isNaN(v) ? gradient[i] !== 0 : gradient[i] === (v > 0 ? 1 : 0))
        );
      }
    }
  },
);

onBoth(
  "NaN wins in max, min, argMax, argMin and softmax, wherever it stands",
  (tf) => {
    for (const place of [0, 1, 3, 4]) {
      const given = [5, -2, 9, 1, 9].with(place, NaN);
      const x = tf.tensor2d([1, 2, 3, 4, 5, ...given], [2, 5]);
      assertEquals(values(tf.max(x, 1)), [5, NaN]);
      assertEquals(values(tf.min(x, 1)), [1, NaN]);
      assertEquals(values(tf.argMax(x, 1)), [4, place]);
      assertEquals(values(tf.argMin(x, 1)), [0, place]);
      assertEquals(values(tf.argMax(x.transpose(), 0)), [4, place]);
      assertEquals(values(tf.max(x)), [NaN]);
      assertEquals(
        values(tf.softmax(x)).map(isNaN),
        [..."0000011111"].map((v) => v === "1"),
      );
      const gradient = values(tf.grad((x) => tf.max(x, 1))(x));
      assertEquals(gradient, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0].with(5 + place, 1));
    }
    assertEquals(values(tf.max(tf.tensor2d([[1, 2, 3], [4, 0, 6]]), 1)), [
      3,
      6,
    ]);
  },
);

onBoth(
  "NaN stays NaN under pooling, and its gradient goes where it stands",
  (tf) => {
    // 1 to 3 channels fill no vector, 4 fill one, 6 one and a half.
    for (const channels of [1, 3, 4, 6, 9]) {
      for (const strides of [2, 1]) {
        for (const place of [0, 1, 2, 3]) {
          const data = Array.from({ length: 4 * channels }, (_, i) => i + 1);
          const channel = channels - 1;
          data[place * channels + channel] = NaN;
          const x = tf.tensor4d(data, [1, 2, 2, channels]);
          for (const pad of ["valid", "same"] as const) {
            const y = values(tf.maxPool(x, 2, strides, pad));
            assert(
              isNaN(y[channel]),
              `max ${channels} ${strides} ${place}: ${y}`,
            );
            const mean = values(tf.avgPool(x, 2, strides, pad));
            assert(isNaN(mean[channel]), `mean ${channels}: ${mean}`);
            if (channel > 0) assertEquals(y[0], 3 * channels + 1);
          }
          const gradient = values(
            tf.grad((x) => tf.maxPool(x as Tensor4D, 2, strides, "valid"))(x),
          );
          const expected = data.map((_, i) => {
            const own = i % channels;
            const winner = own === channel ? place : 3;
            return Math.floor(i / channels) === winner ? 1 : 0;
          });
          assertEquals(
            gradient,
            expected,
            `${channels} channels, NaN at ${place}`,
          );
        }
      }
    }
    const all = tf.fill([1, 2, 2, 5], NaN) as Tensor4D;
    assert(values(tf.maxPool(all, 2, 2, "valid")).every(isNaN));
  },
);

onBoth("NaN stays NaN in convolutions, fused with any activation", (tf) => {
  const x = tf.tensor4d([1, NaN, 2, -3], [1, 2, 2, 1]);
  const filter = tf.ones([1, 1, 1, 1]) as Tensor4D;
  const settings = { x, filter, strides: 1, pad: "same" } as const;
  for (
    const activation of [
      "linear",
      "relu",
      "relu6",
      "elu",
      "sigmoid",
      "leakyrelu",
    ] as const
  ) {
    for (const op of [tf.fused.conv2d, tf.fused.depthwiseConv2d]) {
      const y = values(op({ ...settings, activation, leakyreluAlpha: 0.2 }));
      assertEquals(y.map(isNaN), [false, true, false, false], activation);
    }
    const product = tf.fused.matMul({
      a: x.reshape([4, 1]),
      b: tf.ones([1, 1]),
      activation,
      leakyreluAlpha: 0.2,
    });
    assertEquals(
      values(product).map(isNaN),
      [false, true, false, false],
      activation,
    );
  }
  for (const multiplier of [1, 2]) {
    const y = tf.depthwiseConv2d(
      x,
      tf.ones([2, 2, 1, multiplier]) as Tensor4D,
      1,
      "same",
    );
    assertEquals(
      values(y).map(isNaN),
      [1, 1, 0, 0].flatMap((lost) => Array(multiplier).fill(lost === 1)),
    );
  }
});

onBoth(
  "fused operations compute what their parts do, also where a stride outruns the kernel",
  (tf) => {
    const alpha = toTf(randomNormal([6], 5));
    const functions = {
      linear: (y: Tensor) => y,
      relu: tf.relu,
      relu6: tf.relu6,
      elu: tf.elu,
      sigmoid: tf.sigmoid,
      leakyrelu: (y: Tensor) => tf.leakyRelu(y, 0.3),
      prelu: (y: Tensor) => tf.prelu(y, alpha),
    };
    for (
      const [height, kernel, strides] of [[4, [1, 2], 2], [6, [2, 2], 3], [5, [
        3,
        3,
      ], 1], [7, [2, 1], 4]] as const
    ) {
      const x = toTf(randomNormal([2, height, height, 3], 1)) as Tensor4D;
      const full = toTf(randomNormal([...kernel, 3, 6], 2)) as Tensor4D;
      const flat = toTf(randomNormal([...kernel, 3, 2], 3)) as Tensor4D;
      const bias = toTf(randomNormal([6], 4));
      for (const [activation, apply] of Object.entries(functions)) {
        for (const pad of ["same", "valid"] as const) {
          const shared = {
            ...{ x, strides, pad, bias, activation: activation as "relu" },
            ...{ leakyreluAlpha: 0.3, preluActivationWeights: alpha },
          };
          const name = `${activation} ${height} ${kernel} ${strides} ${pad}`;
          assertClose(
            values(tf.fused.conv2d({ ...shared, filter: full })),
            values(apply(tf.conv2d(x, full, strides, pad).add(bias))),
            name,
          );
          assertClose(
            values(tf.fused.depthwiseConv2d({ ...shared, filter: flat })),
            values(apply(tf.depthwiseConv2d(x, flat, strides, pad).add(bias))),
            `depthwise ${name}`,
          );
        }
      }
    }
  },
);

onBoth(
  "a depthwise convolution is no zeros where a stride outruns the kernel",
  (tf) => {
    const x = tf.tensor4d(Array.from({ length: 16 }, (_, i) => i + 1), [
      1,
      4,
      2,
      2,
    ]);
    const ones = tf.ones([1, 2, 2, 1]) as Tensor4D;
    // 1 + 3, 2 + 4, and two rows on 9 + 11, 10 + 12
    assertEquals(values(tf.depthwiseConv2d(x, ones, 2, "same")), [
      4,
      6,
      20,
      22,
    ]);
    const layer = tf.layers.depthwiseConv2d({
      ...{ kernelSize: [1, 2], strides: 2, padding: "same" },
      ...{ depthwiseInitializer: "ones", useBias: false },
    });
    assertEquals(values(layer.apply(x) as Tensor), [4, 6, 20, 22]);
    layer.dispose();
  },
);

onBoth(
  "a depthwise layer keeps its dilations, in its shape and its numbers",
  (tf) => {
    const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 1, 4, 2]);
    for (
      const [padding, expected] of [["valid", [4, 40, 6, 60]], ["same", [
        2,
        20,
        4,
        40,
        6,
        60,
        3,
        30,
      ]]] as const
    ) {
      for (const dilationRate of [2, [1, 2]] as [number, number][]) {
        const layer = tf.layers.depthwiseConv2d({
          ...{ kernelSize: [1, 2], dilationRate, padding, useBias: false },
          ...{ depthwiseInitializer: "ones", inputShape: [1, 4, 2] },
        });
        const model = tf.sequential({ layers: [layer] });
        // 1 + 3 and 2 + 4, and ten times that
        assertEquals(values(model.predict(x) as Tensor), [...expected]);
        assertEquals(model.outputShape, [null, 1, expected.length / 2, 2]);
        model.dispose();
      }
    }
  },
);

onBoth("dilated convolutions train: as operations and as layers", (tf) => {
  const x = toTf(randomNormal([2, 7, 6, 2], 1));
  for (const pad of ["same", "valid"] as const) {
    for (const dilations of [2, [2, 1], [1, 3]] as [number, number][]) {
      const kernel = toTf(randomNormal([3, 2, 2, 3], 2));
      const plain = (x: Tensor, k: Tensor) =>
        tf.conv2d(x as Tensor4D, k as Tensor4D, 1, pad, "NHWC", dilations);
      const depthwise = (x: Tensor, k: Tensor) =>
        tf.depthwiseConv2d(
          x as Tensor4D,
          k as Tensor4D,
          1,
          pad,
          "NHWC",
          dilations,
        );
      for (const f of [plain, depthwise]) {
        assertSlope(tf, (x) => f(x, kernel), x);
        assertSlope(tf, (k) => f(x, k), kernel);
      }
    }
  }
  const { layers } = tf;
  const shared = { kernelSize: 2, dilationRate: 2, inputShape: [7, 6, 2] };
  const made = [
    layers.conv2d({ ...shared, filters: 3 }),
    layers.depthwiseConv2d({ ...shared, depthMultiplier: 2 }),
    layers.separableConv2d({ ...shared, filters: 3 }),
  ];
  for (const layer of made) {
    assertSlope(tf, (x) => layer.apply(x, { training: true }) as Tensor, x);
    layer.dispose();
  }
  const one = layers.conv1d({ filters: 2, kernelSize: 2, dilationRate: 2 });
  assertSlope(
    tf,
    (x) => one.apply(x) as Tensor,
    toTf(randomNormal([2, 6, 3], 1)),
  );
  one.dispose();
});

onBoth(
  "a gradient of a gradient keeps what goes through a kept output",
  (tf) => {
    const second = (f: (x: Tensor) => Tensor, x: number) =>
      values(
        tf.grad((x) => tf.sum(tf.grad((x) => tf.sum(f(x)))(x)))(
          tf.tensor1d([x]),
        ),
      )[0];
    const tanh = Math.tanh(0.5), sigmoid = 1 / (1 + Math.exp(-0.5));
    const cases: [(x: Tensor) => Tensor, number][] = [
      [(x) => tf.tanh(x), -2 * tanh * (1 - tanh ** 2)],
      [(x) => tf.sigmoid(x), sigmoid * (1 - sigmoid) * (1 - 2 * sigmoid)],
      [(x) => tf.exp(x), Math.exp(0.5)],
      [(x) => tf.square(tf.exp(x)), 4 * Math.exp(1)],
      [(x) => tf.sqrt(x), -0.25 * 0.5 ** -1.5],
      [(x) => tf.square(tf.relu(x)), 2],
      [
        (x) => tf.mul(x, tf.tanh(x)),
        2 * (1 - tanh ** 2) - 0.5 * 2 * tanh * (1 - tanh ** 2),
      ],
    ];
    for (const [f, expected] of cases) {
      assertClose([second(f, 0.5)], [expected], `${f}`, 1e-4);
    }
  },
);

onBoth("the length of a gradient trains the kernels of a dilated net", (tf) => {
  for (
    const [padding, dilationRate] of [["same", 2], ["valid", 2], [
      "same",
      1,
    ]] as const
  ) {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({
          ...{ inputShape: [5, 5, 2], filters: 2, kernelSize: 2 },
          ...{ padding, dilationRate },
        }),
        tf.layers.activation({ activation: "tanh" }),
        tf.layers.conv2d({
          ...{ filters: 2, kernelSize: 2, padding, dilationRate },
          ...{ useBias: false },
        }),
      ],
    });
    model.setWeights(
      model.getWeights().map((w, i) => toTf(randomNormal(w.shape, i + 1))),
    );
    const x = toTf(randomNormal([1, 5, 5, 2], 9));
    const length = () =>
      tf.sum(
        tf.square(tf.grad((x) => weighed(tf, model.apply(x) as Tensor))(x)),
      );
    const kernel = model.trainableWeights[0].read() as Variable;
    const { grads } = tf.variableGrads(() => length() as never, [kernel]);
    const found = values(grads[kernel.name]);
    const start = kernel.clone(), step = 1e-2;
    const slope = found.map((_, at) => {
      const unit = tf.oneHot(tf.tensor1d([at], "int32"), start.size).toFloat()
        .reshape(start.shape).mul(step);
      kernel.assign(start.add(unit));
      const above = values(length())[0];
      kernel.assign(start.sub(unit));
      return (above - values(length())[0]) / (2 * step);
    });
    assertClose(found, slope, `${padding} ${dilationRate}`, 1e-2);
    model.dispose();
  }
});

Deno.test("a gradient of a gradient goes through batch normalisation, on wasm as on cpu", async () => {
  const found: number[][] = [];
  for (const engine of ENGINES) {
    const { tf } = await useBackend(engine);
    found.push(tf.tidy(() => {
      const model = tf.sequential({
        layers: [
          tf.layers.batchNormalization({ inputShape: [2, 2, 3] }),
          tf.layers.activation({ activation: "tanh" }),
          tf.layers.batchNormalization(),
          tf.layers.activation({ activation: "tanh" }),
        ],
      });
      const f = (x: Tensor) =>
        weighed(tf, model.apply(x, { training: true }) as Tensor);
      const length = (x: Tensor) => tf.sum(tf.square(tf.grad(f)(x)));
      const x = toTf(randomNormal([3, 2, 2, 3], 1));
      const gradient = values(tf.grad(length)(x));
      // The slope of the squared length along each number, by a step to both sides.
      const step = 1e-2;
      const slope = gradient.map((_, at) => {
        const unit = tf.oneHot(tf.tensor1d([at], "int32"), x.size).toFloat()
          .reshape(x.shape).mul(step);
        return (values(length(x.add(unit)))[0] -
          values(length(x.sub(unit)))[0]) / (2 * step);
      });
      assertClose(gradient, slope, `${engine}: slope`, 2e-2);
      const weights = tf.variableGrads(() => length(x) as never).grads;
      return [...gradient, ...Object.values(weights).flatMap(values)];
    }));
    tf.disposeVariables();
  }
  assertClose(found[0], found[1], "wasm", 2e-3);
});

onBoth(
  "a gradient of a gradient goes through convolutions, by image and by kernel",
  (tf) => {
    const kinds: [Pair, Pair, "same" | "valid"][] = [
      [[2, 1], [1, 1], "same"],
      [[1, 1], [1, 2], "valid"],
    ];
    for (const [strides, dilations, pad] of kinds) {
      for (const convolve of [tf.conv2d, tf.depthwiseConv2d]) {
        const x = toTf(randomNormal([2, 6, 5, 2], 1)) as Tensor4D;
        const kernel = toTf(randomNormal([2, 2, 2, 3], 2)) as Tensor4D;
        const f = (x: Tensor, kernel: Tensor) =>
          weighed(
            tf,
            convolve(
              ...[x as Tensor4D, kernel as Tensor4D, strides, pad] as const,
              ...["NHWC", dilations] as const,
            ),
          );
        // The loss is linear in each, so either gradient is linear in the other.
        assertSlope(tf, (kernel) => tf.grad((x) => f(x, kernel))(x), kernel);
        assertSlope(tf, (x) => tf.grad((kernel) => f(x, kernel))(kernel), x);
      }
    }
  },
);
