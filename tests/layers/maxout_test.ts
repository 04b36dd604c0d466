import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkGradient,
  describe,
  layers,
  maxout,
  maxoutBackward,
  maxPool2d,
  network,
  randomNormal,
  toLayersModel,
  transpose,
  useBackend,
} from "cnn";
import { tensor } from "../../lib/base/tensor.ts";

Deno.test("maxout() takes the largest of neighbouring channels, place by place", () => {
  const x = tensor([1, 5, 2, -3, -4, -2, 0, 0], [1, 1, 2, 4]);
  assertEquals(maxout(x, { pieces: 2 }), {
    shape: [1, 1, 2, 2],
    data: Float32Array.of(5, 2, -2, 0),
  });
  assertEquals([...maxout(x, { pieces: 4 }).data], [5, 0]);
  assertEquals(maxout(x, { pieces: 1 }), x);
});

Deno.test("maxout() is max pooling along the axis of channels", () => {
  const x = randomNormal([3, 4, 5, 6], 1);
  // channels as width: [N, H, C, W], where a window of [1, 3] runs along them
  const turned = transpose(x, [0, 1, 3, 2]);
  const pooled = maxPool2d(turned, { poolSize: [1, 3] }); // [N, H, C / 3, W]
  assertEquals(maxout(x, { pieces: 3 }), transpose(pooled, [0, 1, 3, 2]));
});

Deno.test("maxout() lets NaN through", () => {
  const x = tensor([NaN, 1, 1, NaN, 2, 3]);
  assertEquals([...maxout(x, { pieces: 2 }).data], [NaN, NaN, 3]);
});

Deno.test("maxoutBackward() is the numeric gradient, and the first of equals gets all", () => {
  const x = randomNormal([2, 3, 6], 1, { dtype: "float64" });
  const dy = randomNormal([2, 3, 2], 2, { dtype: "float64" });
  const analytic = maxoutBackward(x, dy, { pieces: 3 });
  const forward = (x: typeof dy) => maxout(x, { pieces: 3 });
  assert(checkGradient(forward, x, { analytic, dy, tolerance: 1e-7 }) < 1e-7);
  const equal = maxoutBackward(tensor([2, 4, 4]), tensor([9]), { pieces: 3 });
  assertEquals([...equal.data], [0, 9, 0]);
});

Deno.test("maxout() refuses pieces that do not divide the channels", () => {
  const x = randomNormal([1, 2, 2, 6], 1);
  const refused = (pieces: number, message: string) =>
    assertThrows(() => maxout(x, { pieces }), RangeError, message);
  refused(4, "maxout() expects pieces that divide the 6 channels but found 4");
  refused(0, "maxout() expects pieces of 1 or more, a whole number, but found");
  assertThrows(
    () => describe(network("wrong", [4, 4, 6], [layers.maxout({ pieces: 4 })])),
    RangeError,
    "expects pieces that divide the 6 channels but found 4",
  );
});

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`layers.maxout() has the gradient on ${backend} that it has from scratch, ties included`, async () => {
    const { tf } = await useBackend(backend);
    const net = network("one", [2, 3, 4], [layers.maxout({ pieces: 2 })]);
    const model = toLayersModel(net);
    const x = randomNormal([2, 2, 3, 4], 3), dy = randomNormal([2, 2, 3, 2], 4);
    x.data.forEach((v, i) => x.data[i] = Math.round(v));
    const found = tf.tidy(() => {
      const gradient = tf.grad((x) => model.apply(x) as typeof x);
      return gradient(
        tf.tensor(x.data as Float32Array, [2, 2, 3, 4]),
        tf.tensor(dy.data as Float32Array, [2, 2, 3, 2]),
      ).dataSync();
    });
    assertEquals([...found], [...maxoutBackward(x, dy, { pieces: 2 }).data]);
    model.dispose();
  });
}
