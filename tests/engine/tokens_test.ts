import { assert, assertEquals } from "@std/assert";
import {
  attention,
  attentionBackward,
  buildNetwork,
  checkGradient,
  fromTf,
  layerNorm,
  layerNormBackward,
  layers,
  network,
  randomNormal,
  readWeights,
  scratchTrainer,
  type Tensor,
  type Tf,
  tfTrainer,
  toLayersModel,
  toTf,
  useBackend,
} from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";
import { assertClose } from "./compare.ts";

type T = tensorflow.Tensor;

/** A kernel of ours, and the gradients of sum(y * dy) by each of its inputs. */
async function runKernel(
  tf: Tf,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: tensorflow.NamedAttrMap,
  dy: Tensor,
): Promise<Tensor[]> {
  const before = tf.memory().numTensors;
  const names = Object.keys(inputs);
  const run = (...values: T[]) => {
    const given = Object.fromEntries(names.map((one, i) => [one, values[i]]));
    const y = tf.engine().runKernel(name, given, attrs);
    return (Array.isArray(y) ? y[0] : y) as T;
  };
  const found = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads(run)(
      Object.values(inputs).map((x) => toTf(x)),
      toTf(dy),
    );
    return [value, ...grads];
  });
  const read = await Promise.all(found.map((one) => fromTf(one)));
  tf.dispose(found);
  assertEquals(tf.memory().numTensors, before, `${name} leaks tensors`);
  return read;
}

/** The same numbers in double precision. */
const exactly = ({ shape, data }: Tensor): Tensor => ({
  shape,
  data: Float64Array.from(data),
});

/** Images, tokens, numbers of a token, heads: odd ones, single ones, many. */
const SIZES = [
  [2, 16, 32, 1],
  [3, 16, 32, 4],
  [1, 5, 6, 2],
  [2, 1, 4, 2],
  [4, 3, 1, 1],
  [2, 7, 9, 3],
  [1, 50, 20, 4],
  [9, 17, 24, 2],
];

Deno.test("the attention kernel and its gradients are the library's, which are exact", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  for (const [images, tokens, width, heads] of SIZES) {
    const name = `${images} x ${tokens} x ${width}, ${heads} heads`;
    const [q, k, v, dy] = [1, 2, 3, 4]
      .map((seed) => randomNormal([images, tokens, width], seed));
    const [y, ...gradients] = await runKernel(
      ...[tf, "Attention", { q, k, v }, { heads }, dy] as const,
    );
    const [eq, ek, ev, edy] = [q, k, v, dy].map(exactly);
    const exact = attention(eq, ek, ev, { heads });
    assertClose(y.data, exact.data, name, 1e-6);
    const { dq, dk, dv } = attentionBackward(eq, ek, ev, edy, { heads });
    [dq, dk, dv].forEach((one, i) =>
      assertClose(gradients[i].data, one.data, `${name}, gradient ${i}`, 3e-6)
    );
  }
});

Deno.test("attention keeps large scores, and a NaN stays in its row", async () => {
  const { tf } = await useBackend("wasm", { threads: 1 });
  const shape = [1, 5, 2];
  const [k, v, dy] = [1, 2, 3].map((seed) => randomNormal(shape, seed));
  for (const size of [1e3, 1e20]) {
    const q = randomNormal(shape, 9, { deviation: size });
    const [y, dq] = await runKernel(
      ...[tf, "Attention", { q, k, v }, { heads: 1 }, dy] as const,
    );
    assertClose(y.data, attention(exactly(q), k, v).data, `${size}`, 1e-5);
    assert(dq.data.every(Number.isFinite));
  }
  const q = randomNormal(shape, 9);
  q.data[2] = NaN; // of the second token
  const [y] = await runKernel(
    ...[tf, "Attention", { q, k, v }, { heads: 1 }, dy] as const,
  );
  assertEquals([...y.data].map(Number.isNaN).indexOf(true), 2);
  assertEquals([...y.data].filter(Number.isNaN).length, 2);
});

Deno.test("numeric gradients of the attention kernel", async () => {
  const { tf } = await useBackend("wasm", { threads: 1 });
  const [q, k, v, dy] = [1, 2, 3, 4].map((seed) =>
    randomNormal([2, 6, 8], seed)
  );
  const heads = 2;
  const found = await runKernel(
    ...[tf, "Attention", { q, k, v }, { heads }, dy] as const,
  );
  const at = (name: "q" | "k" | "v") => (x: Tensor) => {
    const given: Record<string, Tensor> = { q, k, v, [name]: x };
    return attention(
      ...[given.q, given.k, given.v].map(exactly) as [Tensor, Tensor, Tensor],
      {
        heads,
      },
    );
  };
  for (const [i, name] of (["q", "k", "v"] as const).entries()) {
    const x = exactly({ q, k, v }[name]);
    checkGradient(at(name), x, {
      analytic: exactly(found[i + 1]),
      dy: exactly(dy),
      samples: 40,
      tolerance: 1e-4,
    });
  }
});

Deno.test("the layerNorm kernel and its gradients are the library's, which are exact", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const shapes = [[4, 16, 32], [3, 5], [7, 1], [2, 9, 6], [700, 40], [1, 33]];
  for (const shape of shapes) {
    const size = shape.at(-1)!;
    const x = randomNormal(shape, 1), dy = randomNormal(shape, 2);
    x.data.forEach((value, i) => x.data[i] = 3 * value + 10);
    const gamma = randomNormal([size], 3), beta = randomNormal([size], 4);
    for (const epsilon of [1e-6, 1e-3]) {
      const name = `${shape}, epsilon ${epsilon}`;
      const [y, ...gradients] = await runKernel(
        ...[tf, "RowNorm", { x, gamma, beta }, { epsilon }, dy] as const,
      );
      const exact = { gamma: exactly(gamma), beta: exactly(beta), epsilon };
      const expected = layerNorm(exactly(x), exact);
      assertClose(y.data, expected.data, name, 1e-5);
      const { dx, dGamma, dBeta } = layerNormBackward(
        ...[exactly(x), exactly(dy), exact] as const,
      );
      if (size === 1) { // no slope at all: what is left is rounding
        assert(gradients[0].data.every((value) => Math.abs(value) < 1e-2));
      } else assertClose(gradients[0].data, dx.data, `${name}: dx`, 2e-5);
      assertClose(gradients[1].data, dGamma.data, `${name}: dGamma`, 2e-5);
      assertClose(gradients[2].data, dBeta.data, `${name}: dBeta`, 1e-5);
    }
  }
});

/** Attention and layer normalisation as layers of one network. */
const tokens = network("tokens", [4, 4, 2], [
  layers.patchify({ size: 2 }),
  layers.dense({ units: 6 }),
  layers.position(),
  layers.layerNorm({ name: "norm" }),
  layers.attention({ name: "attention", heads: 3 }),
  layers.tokenMean(),
  layers.dense({ units: 3 }),
]);

/** A model with weights that are all drawn, so that nothing is 0. */
function drawn() {
  const model = toLayersModel(tokens, { seed: 1 });
  model.setWeights(
    model.getWeights().map((weight, seed) =>
      toTf(randomNormal(weight.shape, seed + 1, { deviation: 0.5 }))
    ),
  );
  return model;
}

Deno.test("networks of tokens have the gradients of cpu, and of the library's own layers", async () => {
  const images = randomNormal([5, 4, 4, 2], 8), labels = [0, 1, 2, 0, 1];
  const found: ReadonlyMap<string, Tensor>[] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    await useBackend(backend);
    const model = drawn(), trainer = tfTrainer(model);
    found.push(await trainer.gradients(images, labels));
    const weights = await readWeights(model, tokens);
    const own = scratchTrainer(buildNetwork(tokens, { weights }));
    found.push(await own.gradients(images, labels));
    trainer.dispose();
    model.dispose();
  }
  assertEquals(found[2].size, found[1].size);
  for (const [name, { data }] of found[2]) {
    // A bias of the keys moves all scores of a row alike: its gradient is rounding.
    if (name === "attention/keyBias") {
      assert(data.every((value) => Math.abs(value) < 1e-7));
      continue;
    }
    for (const i of [0, 1]) {
      assertClose(data, found[i].get(name)!.data, `${name}, ${i}`, 3e-5);
    }
  }
});

Deno.test("a gradient of a gradient goes through attention and layerNorm, on wasm as on cpu", async () => {
  const found: number[][] = [];
  for (const backend of ["cpu", "wasm"] as const) {
    const { tf } = await useBackend(backend);
    const model = drawn();
    found.push(tf.tidy(() => {
      const f = (x: T) =>
        tf.sum(tf.square(model.apply(x, { training: true }) as T));
      const length = (x: T) => tf.sum(tf.square(tf.grad(f)(x)));
      const x = toTf(randomNormal([2, 4, 4, 2], 3));
      return [...tf.grad(length)(x).dataSync()];
    }));
    model.dispose();
  }
  assert(found[0].some((value) => Math.abs(value) > 1e-3));
  assertClose(found[1], found[0], "second gradient", 1e-3);
});

Deno.test("attention's kernels have the same bits on 1, 2 and 4 threads, for one image and many", async () => {
  for (const shape of [[1, 50, 48], [40, 16, 32]]) {
    const all: string[] = [];
    for (const threads of [1, 2, 4]) {
      const { tf } = await useBackend("wasm", { threads });
      const [q, k, v, dy] = [1, 2, 3, 4]
        .map((seed) => randomNormal(shape, seed));
      const found = await runKernel(
        ...[tf, "Attention", { q, k, v }, { heads: 4 }, dy] as const,
      );
      all.push(found.map(({ data }) => [...data].join()).join());
    }
    assert(all[1] === all[0] && all[2] === all[0], `${shape}`);
  }
});
